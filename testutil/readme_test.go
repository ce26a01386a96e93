package testutil_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readTop returns the text of a file at the top of the workbook.
func readTop(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// equivalent is a row of the table "Without make" of the README at the top.
var equivalent = regexp.MustCompile("(?m)^\\| `make ?([^`]*)` \\| `?([^`\n]+)`?(?: \\(for each fuzz test\\))? \\|$")

func TestREADMENamesEachTargetOfTheMakefile(t *testing.T) {
	var want, got []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z0-9. -]+):.*## `).FindAllStringSubmatch(readTop(t, "Makefile"), -1) {
		// Of hint-8.1 and hint-8.2, the first will do; but grading is what this is about.
		targets := strings.Fields(m[1])
		if targets[0] != "ex8.1" {
			targets = targets[:1]
		}
		want = append(want, targets...)
	}
	want = slices.DeleteFunc(want, func(target string) bool { return target == "help" })
	for _, m := range equivalent.FindAllStringSubmatch(readTop(t, "README.md"), -1) {
		if target, _, _ := strings.Cut(m[1], " "); target != "" && !slices.Contains(got, target) {
			got = append(got, target)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md: targets in the table of those without make mismatch (-want +got):\n%s", diff)
	}
}

// The equivalent of a target is the command that make would run.
func TestEquivalentsDoWhatMakeDoes(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	different := []string{
		"",                                 // help
		"test",                             // sets the environment
		"fuzz FUZZTIME=20s",                // finds the fuzz tests first
		"wall", "wall DIR=exercises/ex8.1", // end well on Ctrl-C
		"compare-8.1 SPOIL=1", // passes it on in the environment
	}
	for _, m := range equivalent.FindAllStringSubmatch(readTop(t, "README.md"), -1) {
		if slices.Contains(different, m[1]) {
			continue
		}
		cmd := exec.Command("make", append([]string{"-n", "--no-print-directory", "RACE=-race"}, strings.Fields(m[1])...)...)
		cmd.Dir = ".."
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("make -n %s: %v", m[1], err)
		}
		lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(out), "'", `"`)), "\n")
		if got := lines[len(lines)-1]; !same(got, m[2]) {
			t.Errorf("make %s runs\n\t%s\nREADME.md says\n\t%s", m[1], got, m[2])
		}
	}
}

// same reports whether two commands have the same words, in whatever order.
func same(a, b string) bool {
	words := func(s string) []string { return slices.Sorted(slices.Values(strings.Fields(s))) }
	return slices.Equal(words(a), words(b))
}
