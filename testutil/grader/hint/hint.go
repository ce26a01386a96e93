// Package hint reads the hints of an exercise, which are in a file beside its task.
//
//	hints, err := hint.Read("exercises/ex8.1/" + hint.File)
//	if err != nil {
//		log.Fatal(err)
//	}
//	for _, h := range hint.For(hints, "TestClock", "leaks_no_goroutine") {
//		fmt.Println(h.Title)
//	}
//
// In the file they look like this:
//
//	### a goroutine leaks
//	<!-- for: TestClock/leaks_no_goroutine TestClock/closes_* -->
//
//	How does your handler learn that its client has left? It never reads.
//
// The comment lists the cases of the hint. Each has the name of a test, a slash and the name
// of a case, with the patterns of [path.Match]. For the program clock2 that is not started,
// it is clock2/not_started. The hints for one case are in the order in which to show them:
// each says more than the one before.
package hint

import (
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// File is the name of the file with the hints, in the folder of the exercise.
const File = "hints.md"

// A Hint is one of an exercise.
type Hint struct {
	Title string   // "a goroutine leaks"
	Text  string   // paragraphs of Markdown, with an empty line between them
	Cases []string // patterns: "TestClock/closes_*", "clock2/not_started"
}

// NotStarted is the name of the case of a program that is not started. The name of the
// program is that of its test.
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

// Read reads the hints in a file. Errors name the file and the line.
func Read(file string) ([]Hint, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var hints []Hint
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	for i, line := range lines {
		title, ok := strings.CutPrefix(line, "### ")
		if !ok {
			continue
		}
		body := lines[i+1:]
		if end := slices.IndexFunc(body, isHeading); end >= 0 {
			body = body[:end]
		}
		h, err := parse(title, strings.Join(body, "\n")+"\n")
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		hints = append(hints, h)
	}
	return hints, nil
}

func isHeading(line string) bool { return strings.HasPrefix(line, "#") }

var comment = regexp.MustCompile(`(?s)^<!-- for:(.*?)-->\n`)

// parse parses the title of a hint and the lines below it.
func parse(title, body string) (Hint, error) {
	h := Hint{Title: strings.TrimSpace(title)}
	if h.Title == "" {
		return Hint{}, errors.New("the hint has no title")
	}
	list := comment.FindStringSubmatch(body)
	if list == nil {
		return Hint{}, errors.New("want a comment <!-- for: TestName/case --> in the next line")
	}
	h.Cases = strings.Fields(list[1])
	if len(h.Cases) == 0 {
		return Hint{}, errors.New("the hint is for no case")
	}
	for _, pattern := range h.Cases {
		if _, err := path.Match(pattern, ""); err != nil {
			return Hint{}, fmt.Errorf("%s: %w", pattern, err)
		}
	}
	h.Text = strings.TrimSpace(strings.TrimPrefix(body, list[0]))
	if h.Text == "" {
		return Hint{}, errors.New("the hint says nothing")
	}
	return h, nil
}
