package isolate

// AnswerTo has this process write its answers to another file.
func AnswerTo(file string) { answerFile = file }
