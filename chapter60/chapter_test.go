// Package chapter60_test checks that what README.md shows is what the programs
// are and do.
//
// After a change of the programs or their tests, make README.md follow:
//
//	go test ./chapter60 -update
package chapter60_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/timeline"
)

var update = flag.Bool("update", false, "rewrite the listings and pictures of README.md")

// programs are the sources of the chapter.
var programs = []string{"clock1/clock1.go", "clock2/clock2.go", "netcat1/netcat1.go"}

var (
	// copied matches a block whose text is that of a source:
	//
	//	<!-- listing: clock1/clock1.go serve -->
	//	```go
	//	...
	//	```
	copied = regexp.MustCompile("(?ms)^<!-- (\\w+): ([^\n]+) -->\n```\\w*\n(.*?)^```$")

	// transcript matches a block of commands and what they print.
	transcript = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

	// span matches code in a sentence.
	span = regexp.MustCompile("`([^`\n]+)`")

	// link matches a link to a file.
	link = regexp.MustCompile(`\]\(([^)#:]+)\)`)
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// prose returns readme without its blocks.
func prose(readme string) string {
	return transcript.ReplaceAllString(copied.ReplaceAllString(readme, ""), "")
}

func TestBlocksEqualTheirSources(t *testing.T) {
	const least = 16 // the blocks that the chapter cannot do without
	readme := read(t, "README.md")
	if n := len(copied.FindAllString(readme, -1)); n < least {
		t.Errorf("README.md has %d listings, diffs and pictures, want %d or more", n, least)
	}
	updated := copied.ReplaceAllStringFunc(readme, func(got string) string {
		m := copied.FindStringSubmatch(got)
		want, err := block(m[1], m[2])
		if err != nil {
			t.Errorf("README.md: %s: %s: %v", m[1], m[2], err)
			return got
		}
		if diff := cmp.Diff(want, got); diff != "" && !*update {
			t.Errorf("README.md: %s: %s mismatch (-want +got):\n%s", m[1], m[2], diff)
		}
		return want
	})
	if *update && !t.Failed() {
		if err := os.WriteFile("README.md", []byte(updated), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// block returns the block of a kind as it should stand in README.md.
func block(kind, source string) (string, error) {
	var language, text string
	var err error
	switch args := strings.Fields(source); {
	case kind == "listing" && len(args) == 2:
		language = "go"
		text, err = region(args[0], args[1])
	case kind == "diff" && len(args) == 2:
		language = "diff"
		text, err = diff(args[0], args[1])
	case kind == "sketch" && len(args) == 2:
		language = "go"
		text, err = sketch(args[0], args[1])
	case kind == "row" && len(args) == 2:
		language = "go"
		text, err = row(args[0], args[1])
	case kind == "change" && len(args) == 1:
		language = "diff"
		text, err = changes[args[0]].diff()
	case kind == "failure" && len(args) == 1:
		language = "text"
		text, err = changes[args[0]].failure()
	case kind == "picture" && len(args) == 2:
		language = "text"
		text, err = picture(args[0], args[1])
	default:
		err = errors.New("unknown form")
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("<!-- %s: %s -->\n```%s\n%s```", kind, source, language, text), nil
}

// region returns the text of one region of a source.
func region(file, name string) (string, error) {
	all, err := regions(file)
	if err != nil {
		return "", err
	}
	text, ok := all[name]
	if !ok {
		return "", fmt.Errorf("%s has no region %s", file, name)
	}
	return text, nil
}

// enclosed matches a region of a source, with the lines around it.
var enclosed = regexp.MustCompile(`(?ms)^//!\+(\w+)\n(.*?)^//!-(\w+)$`)

// regions returns the regions of a source by name.
func regions(file string) (map[string]string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	found := enclosed.FindAllSubmatch(source, -1)
	all := make(map[string]string)
	for _, m := range found {
		if string(m[1]) != string(m[3]) {
			return nil, fmt.Errorf("%s: region %s ends as %s", file, m[1], m[3])
		}
		all[string(m[1])] = strings.Trim(string(m[2]), "\n") + "\n"
	}
	if marks := strings.Count(string(source), "//!"); marks == 0 || marks != 2*len(all) {
		return nil, fmt.Errorf("%s has %d marks //! around %d regions, want two around each", file, marks, len(all))
	}
	return all, nil
}

// handling matches what a function does with an error.
var handling = regexp.MustCompile(`(?m)(^\t+if [^\n]*err[^\n]*\{\n(?:\t\t\t[^\n]*\n)+\t\t\}\n)+`)

// sketch returns a region without what it does with errors, and without its comment.
func sketch(file, name string) (string, error) {
	text, err := region(file, name)
	if err != nil {
		return "", err
	}
	text = text[strings.Index(text, "func "):]
	short := handling.ReplaceAllString(text, "\t\t// … and if there is an error? See below.\n")
	if short == text {
		return "", fmt.Errorf("region %s of %s handles no error", name, file)
	}
	return short, nil
}

// row returns the row of that name in the table of a test.
func row(file, name string) (string, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	text := regexp.MustCompile("(?m)^\t\t{\"" + regexp.QuoteMeta(name) + "\", .*`\n[^`]+`},\n").Find(source)
	if text == nil {
		return "", fmt.Errorf("%s has no row %s", file, name)
	}
	return strings.TrimLeft(string(text), "\t"), nil
}

// picture returns what a row of a test wants clients to see.
func picture(file, name string) (string, error) {
	text, err := row(file, name)
	if err != nil {
		return "", err
	}
	_, text, _ = strings.Cut(text, "`\n")
	text, _, _ = strings.Cut(text, "`")
	return text + timeline.Unicode.Legend() + "\n", nil
}

// diff returns the lines of code in which a program differs from another of
// the same length. What stands before the package clause is not code.
func diff(from, to string) (string, error) {
	var lines [2][]string
	for i, file := range []string{from, to} {
		source, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		_, code, _ := strings.Cut(string(source), "\npackage main\n")
		lines[i] = strings.Split(code, "\n")
	}
	if len(lines[0]) != len(lines[1]) {
		return "", fmt.Errorf("%s has %d lines of code and %s has %d, want as many", from, len(lines[0]), to, len(lines[1]))
	}
	var b strings.Builder
	for i, old := range lines[0] {
		if now := lines[1][i]; now != old {
			fmt.Fprintf(&b, "-%s\n+%s\n", old, now)
		}
	}
	return b.String(), nil
}

// A region that equals another, such as main of clock1 and of clock2, need be
// shown once. A sketch shows what matters of a region.
func TestEveryRegionIsShown(t *testing.T) {
	shown := make(map[string]bool)
	for _, m := range copied.FindAllStringSubmatch(read(t, "README.md"), -1) {
		shown[m[3]] = true
		if args := strings.Fields(m[2]); m[1] == "sketch" {
			text, err := region(args[0], args[1])
			if err != nil {
				t.Error(err)
			}
			shown[text] = true
		}
	}
	for _, file := range programs {
		all, err := regions(file)
		if err != nil {
			t.Error(err)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if !shown[all[name]] {
				t.Errorf("README.md does not show region %s of %s", name, file)
			}
		}
	}
}

func TestOnlyOneLineIsChanged(t *testing.T) {
	got, err := diff("clock1/clock1.go", "clock2/clock2.go")
	if err != nil {
		t.Fatal(err)
	}
	want := "-\t\thandleConn(conn)\n+\t\tgo handleConn(conn)\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("change from clock1 to clock2 mismatch (-want +got):\n%s", diff)
	}
}

func TestNoBlockIsUnchecked(t *testing.T) {
	for line := range strings.Lines(prose(read(t, "README.md"))) {
		if strings.HasPrefix(line, "```") || strings.Contains(line, "<!--") {
			t.Errorf("README.md: the block at %q is of no form that is checked", line)
		}
	}
}

// A span that goes on in the next line would hide a command from the test below.
func TestCodeEndsOnItsLine(t *testing.T) {
	for line := range strings.Lines(prose(read(t, "README.md"))) {
		if strings.Count(line, "`")%2 != 0 {
			t.Errorf("README.md: code in the line %q does not end, want an even number of `", line)
		}
	}
}

// commands returns the commands that readme tells the reader to use: all in
// transcripts, and in sentences those of make and go.
func commands(readme string) []string {
	var all []string
	for _, m := range transcript.FindAllStringSubmatch(readme, -1) {
		for line := range strings.Lines(m[1]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				all = append(all, strings.TrimSpace(command))
			}
		}
	}
	for _, m := range span.FindAllStringSubmatch(prose(readme), -1) {
		if regexp.MustCompile(`^(make|go run|go test|go tool) `).MatchString(m[1]) {
			all = append(all, m[1])
		}
	}
	return all
}

func TestCommandsExist(t *testing.T) {
	makefile := read(t, "../Makefile")
	all := commands(read(t, "README.md"))
	for _, command := range all {
		if err := exists(command, makefile); err != nil {
			t.Errorf("README.md: command %q: %v", command, err)
		}
	}
	for _, want := range []string{
		"make clock1", "go run ./chapter60/clock1",
		"make clock2", "go run ./chapter60/clock2",
		"make netcat1", "go run ./chapter60/netcat1",
		"make ex8.1", "go tool workbook grade ex8.1",
		"nc localhost 8000",
	} {
		if !slices.Contains(all, want) {
			t.Errorf("README.md has the commands %q, want %q among them", all, want)
		}
	}
}

// exists returns an error if the target of a make command, or a package of a
// go command, is not there.
func exists(command, makefile string) error {
	args := strings.Fields(command)
	switch {
	case command == "nc localhost 8000":
		return nil
	case args[0] == "make" && len(args) == 2:
		for line := range strings.Lines(makefile) {
			targets, _, _ := strings.Cut(line, ":")
			if slices.Contains(strings.Fields(targets), args[1]) {
				return nil
			}
		}
		return fmt.Errorf("the Makefile has no target %s", args[1])
	case command == "go tool workbook grade ex8.1":
		return nil
	case args[0] == "go" && len(args) > 2:
		dir := strings.TrimSuffix(args[len(args)-1], "/...")
		if !strings.HasPrefix(dir, "./") {
			return fmt.Errorf("got package %s, want it to begin with ./", dir)
		}
		_, err := os.Stat(filepath.Join("..", filepath.FromSlash(dir)))
		return err
	}
	return errors.New("unknown form, want make target or go command package")
}

// The programs' own tests see that they print such lines.
func TestTranscriptsCountSeconds(t *testing.T) {
	found := transcript.FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(found) == 0 {
		t.Error("README.md has no transcript, want one")
	}
	for _, m := range found {
		var last time.Time
		for line := range strings.Lines(m[1]) {
			line = strings.TrimSuffix(line, "\n")
			if strings.HasPrefix(line, "$ ") || line == "^C" {
				last = time.Time{}
				continue
			}
			now, err := time.Parse("15:04:05", line)
			if err != nil {
				t.Errorf("README.md: transcript has the line %q, want a command, a time or ^C", line)
			} else if !last.IsZero() && now.Sub(last) != time.Second {
				t.Errorf("README.md: transcript has %q %v after the line before, want 1s", line, now.Sub(last))
			}
			last = now
		}
	}
}

func TestLinksLeadToFiles(t *testing.T) {
	found := link.FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(found) == 0 {
		t.Error("README.md has no link to a file, want one")
	}
	for _, m := range found {
		if _, err := os.Stat(filepath.FromSlash(m[1])); err != nil {
			t.Errorf("README.md: link (%s): %v", m[1], err)
		}
	}
}
