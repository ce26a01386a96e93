package isolate

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// limit is how long a case may take, in real time. No case comes near it,
// however busy the machine: it is the last resort against one that hangs in a
// way that nothing else notices.
const limit = time.Minute

// ask runs the tests that match a pattern in another process, and returns what it
// says of them and how it ended. Its temporary files, of which a process that is
// killed leaves some, are removed. If ctx ends, it ends the process. An error is about this
// machine, not the program.
func ask(ctx context.Context, pattern string, env []string) (lines []string, end ending, err error) {
	dir, err := os.MkdirTemp("", "case")
	if err != nil {
		return nil, ending{}, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "answer")
	err = errors.Join(
		os.WriteFile(file, nil, 0o666),
		os.Chmod(file, 0o666), // the process may be of another user
		os.Chmod(dir, 0o755),
	)
	if err != nil {
		return nil, ending{}, err
	}
	cmd := program.TestCommand("-test.run="+pattern, "-test.count=1", "-test.timeout=0", "-test.paniconexit0")
	cmd.Env = append(os.Environ(), "TMPDIR="+dir, "TMP="+dir, answerEnv+"="+file)
	cmd.Env = append(cmd.Env, env...)
	key := newKey()
	end, err = finish(ctx, cmd, key, func() int { return len(said(file, key)) })
	if err == nil {
		err = problemIn(end.stderr, key)
	}
	lines = said(file, key)
	end.began = len(lines) > 0
	noteStart(end)
	return lines, end, err
}

// pattern returns the pattern that only the test called name matches.
func pattern(name string) string {
	var elements []string
	for element := range strings.SplitSeq(name, "/") {
		elements = append(elements, "^"+regexp.QuoteMeta(element)+"$")
	}
	return strings.Join(elements, "/")
}

// An ending is how the process of a case ended.
type ending struct {
	output  string // standard output and standard error, in order of arrival
	stdout  string // without standard error
	stderr  string // in which no other text comes between two lines of a report
	status  int    // exit status
	flooded bool   // it printed too much
	began   bool   // it came as far as a case
	late    bool   // it took longer than limit
	stopped string // the signal that stopped it; "" if none did
	death   program.Death
}

// disturbed reports whether a signal that this process did not send has ended or stopped it.
func (end ending) disturbed() bool { return end.death != program.NotKilled || end.stopped != "" }

// maxSilent is how many times [program.Limit] a process may print without any progress. A
// loop that prints without end is there in an instant.
const maxSilent = 8

// finish runs cmd to its end, and brings that about if it goes on for too long or ctx ends. The
// process is told its key. It may print as much as it likes as long as it makes progress:
// steps returns how many lines it has said.
func finish(ctx context.Context, cmd *exec.Cmd, key string, steps func() int) (end ending, err error) {
	p, err := program.Start(cmd)
	if err != nil {
		return ending{}, err
	}
	defer p.Stop()
	p.Say(key) // if it ends before, its end tells more than this error
	late := time.NewTimer(limit)
	defer late.Stop()
	seen, silent := 0, 0
	for running := true; running; {
		select {
		case <-p.Done():
			running = false
		case <-ctx.Done():
			running = false
			p.Stop()
		case <-p.Stopped():
			running, end.stopped = false, p.StopSignal()
			p.Stop()
		case <-p.Flood():
			silent++
			if n := steps(); n > seen {
				seen, silent = n, 0
			}
			if silent < maxSilent {
				p.Allow()
				continue
			}
			running, end.flooded = false, true
			endWithWords(p)
		case <-late.C:
			running, end.late = false, true
			endWithWords(p)
		}
	}
	end.status, _ = p.Wait(context.Background())
	end.output, end.stdout, end.stderr = p.Output(), p.Stdout(), p.Stderr()
	end.death = p.Death()
	return end, nil
}

// endWithWords ends p, and lets it say first what it is doing.
func endWithWords(p *program.Process) {
	p.Dump()
	select {
	case <-p.Done():
	case <-time.After(5 * time.Second):
	}
	p.Stop()
}
