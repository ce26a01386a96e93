package isolate

import (
	"context"
	"strings"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// rowLimit is how long a test that a student has written may take, in real time.
const rowLimit = 10 * time.Second

// Row runs one test, or one row of its table, "TestServe/leaves_at_once", of the program
// under test in a process of its own, and returns what became of it. Unlike a case, such a
// test is an ordinary one: what it says is read from the output of package testing. An
// error is about this machine, not the test.
func Row(name string) (verdict.Verdict, error) {
	cmd := program.TestCommand("-test.run="+pattern(name), "-test.v=test2json", "-test.count=1", "-test.timeout="+rowLimit.String(), "-test.paniconexit0")
	end, err := finish(context.Background(), cmd, "", func() int { return 0 })
	if err != nil {
		return verdict.Verdict{}, err
	}
	end.began = end.stdout != "" // package testing says which test it runs
	return rowVerdict(name, end), nil
}

// rowVerdict returns the verdict on a test of that name, whose process ended in the way of
// end. What the test has logged follows the first line of the message.
func rowVerdict(name string, end ending) verdict.Verdict {
	said := rowSaid(name, end.stdout)
	v := verdict.Verdict{Kind: verdict.Wrong, Message: said}
	kind, sentence := explainRow(end)
	switch {
	case sentence != "":
		v.Kind, v.Message, v.Place = kind, strings.TrimSpace(sentence+"\n"+said), goroutine.Place(sentence)
	case strings.Contains(end.stdout, "--- FAIL: "+name+" ("):
	case strings.Contains(end.stdout, "--- SKIP: "+name+" ("):
		v.Kind = verdict.NotRun
	case strings.Contains(end.stdout, "--- PASS: "+name+" ("):
		v.Kind, v.Message = verdict.Passed, ""
	case end.status == 0: // go test would say no more
		v = verdict.Verdict{Kind: verdict.NotRun, Message: "go test finds no row of that name"}
	default:
		kind, sentence := explain(end)
		v = verdict.Verdict{Kind: kind, Message: sentence, Place: goroutine.Place(sentence)}
	}
	return v
}

// tooLate is what package testing says when it ends the process of a test.
const tooLate = "panic: test timed out after "

// explainRow returns what has ended the process of a test, or made it fail, in a sentence;
// "" if the test has come to its end and had no data race.
func explainRow(end ending) (verdict.Kind, string) {
	if _, dump, ok := strings.Cut(end.stderr, tooLate); ok {
		return goroutine.Stuck(dump)
	}
	if kind, sentence := goroutine.Synctest(end.stderr); sentence != "" {
		return kind, sentence
	}
	if race := goroutine.Race(end.stderr, 0); race != "" {
		return verdict.Race, race
	}
	if end.flooded || end.late || end.stopped != "" {
		return explain(end)
	}
	if _, sentence := goroutine.Crash(end.stderr); sentence != "" {
		return explain(end)
	}
	return "", ""
}

// rowSaid returns what a test of that name has logged, without the margin of package
// testing, and what was printed on standard output at the same time.
func rowSaid(name, stdout string) string {
	const mark = "\x16" // opens what package testing says for programs to read
	_, said, _ := strings.Cut(stdout, mark+"=== RUN   "+name+"\n")
	said, _, _ = strings.Cut(said, mark+"--- ")
	var b strings.Builder
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, mark) {
			b.WriteString(strings.TrimPrefix(line, "    "))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
