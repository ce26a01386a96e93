package isolate

import (
	"encoding/json"
	"errors"
	"io"
	"slices"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/verdict"
)

// An answer is what a case that has come to its end says of itself.
type answer struct {
	Final   bool // the process has come to its end too
	Lost    bool // the program has closed a connection: its process may be about to die
	Verdict verdict.Verdict
	Dump    string // the goroutines that it has left behind
	Races   int    // how many data races the process has found
}

func answerOf(err error) answer {
	var ans answer
	if leak, ok := errors.AsType[*goroutine.LeakError](err); ok {
		ans.Dump = leak.Dump
		err = leak.Err
	}
	ans.Verdict = verdict.Of(err)
	ans.Lost = errors.Is(err, io.EOF)
	if errors.Is(err, exercises.ErrNotStarted) {
		ans.Verdict.Kind = verdict.NotStarted
	}
	return ans
}

// give writes the answer down.
func (ans answer) give() error {
	ans.Races = races()
	line, err := json.Marshal(ans)
	if err != nil {
		return err
	}
	return say(line)
}

// answerIn returns the last answer in what a process has said.
func answerIn(lines []string) (ans answer, answered bool) {
	for _, line := range slices.Backward(lines) {
		if line != progress {
			err := json.Unmarshal([]byte(line), &ans)
			return ans, err == nil
		}
	}
	return answer{}, false
}

// progress is what a process says when it makes progress.
const progress = "progress"
