package isolate

// Limit is how long a case may take.
const Limit = limit

// AnswerTo has this process write its answers to another file.
func AnswerTo(file string) { answerFile = file }
