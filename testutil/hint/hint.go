// Package hint reads the hints that stand, folded, in the task of an exercise.
//
//	hints, err := hint.Read("exercises/ex8.1/README.md")
//	if err != nil {
//		log.Fatal(err)
//	}
//	for _, h := range hint.For(hints, "TestClock", "leaves_no_goroutine_behind") {
//		fmt.Println(h.Title)
//	}
//
// In the task they look like this:
//
//	<details><summary>Hint 4: a goroutine stays behind</summary>
//	<!-- for: TestClock/leaves_no_goroutine_behind TestClock/closes_* -->
//
//	How does your handler learn that its client has left? It never reads.
//	</details>
//
// The comment, which readers of the task do not see, lists the cases that the hint is
// for: the name of a test, a slash and the name of a case, with the patterns of
// [path.Match]. For a program that nobody has begun, say clock2, that is
// clock2/not_started. Hints are numbered from 1 in each section of a task, and those
// for one case stand in the order in which to show them, gentle ones first.
package hint

import (
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A Hint is one of a task.
type Hint struct {
	Title string   // "a goroutine stays behind"
	Text  string   // paragraphs of Markdown, with an empty line between them
	Cases []string // patterns: "TestClock/closes_*", "clock2/not_started"
}

// NotStarted is the name of a case that stands for a program, in the place of a test,
// that nobody has begun.
const NotStarted = "not_started"

// For returns those of hints that are for a case of a test, in the same order.
func For(hints []Hint, test, name string) []Hint {
	var found []Hint
	for _, h := range hints {
		if h.isFor(test + "/" + name) {
			found = append(found, h)
		}
	}
	return found
}

func (h Hint) isFor(name string) bool {
	for _, pattern := range h.Cases {
		if ok, _ := path.Match(pattern, name); ok { // Read has refused bad patterns
			return true
		}
	}
	return false
}

// Read reads the hints of the task in file. Errors name the file and the line.
func Read(file string) ([]Hint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var hints []Hint
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	number := 0
	for i := 0; i < len(lines); i++ {
		if !strings.Contains(lines[i], "<details>") {
			continue
		}
		start := i
		for i < len(lines) && lines[i] != "</details>" {
			i++
		}
		h, n, err := parse(lines[start:i])
		switch {
		case i == len(lines):
			err = errors.New("the hint has no line </details> after it")
		case err == nil && n != 1 && n != number+1:
			err = fmt.Errorf("it is hint %d, want 1 or %d", n, number+1)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, start+1, err)
		}
		number = n
		hints = append(hints, h)
	}
	return hints, nil
}

var (
	opening = regexp.MustCompile(`^<details><summary>Hint (\d+): (\S.*)</summary>$`)
	comment = regexp.MustCompile(`(?s)^<!-- for:(.*?)-->\n`)
)

// parse parses the lines of a hint but for the last.
func parse(lines []string) (h Hint, number int, err error) {
	head := opening.FindStringSubmatch(lines[0])
	if head == nil {
		return h, 0, errors.New("want <details><summary>Hint 1: its title</summary>")
	}
	number, err = strconv.Atoi(head[1])
	if err != nil {
		return h, 0, err
	}
	h.Title = head[2]
	body := strings.Join(lines[1:], "\n") + "\n"
	list := comment.FindStringSubmatch(body)
	if list == nil {
		return h, 0, errors.New("want a comment <!-- for: TestName/case --> in the next line")
	}
	h.Cases = strings.Fields(list[1])
	if len(h.Cases) == 0 {
		return h, 0, errors.New("the hint is for no case")
	}
	for _, pattern := range h.Cases {
		if _, err := path.Match(pattern, ""); err != nil {
			return h, 0, fmt.Errorf("%s: %w", pattern, err)
		}
	}
	h.Text = strings.TrimSpace(strings.TrimPrefix(body, list[0]))
	if h.Text == "" {
		return h, 0, errors.New("the hint says nothing")
	}
	return h, number, nil
}
