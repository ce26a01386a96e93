package testutil_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What stands at the top is what the README names, so that no built program gets in.
func TestTopHoldsNothingElse(t *testing.T) {
	list := exec.Command("git", "ls-files")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Skipf("git, which lists the files, fails: %v", err)
	}
	var got []string
	for name := range strings.Lines(string(out)) {
		top, _, _ := strings.Cut(strings.TrimSpace(name), "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(got, top) {
			got = append(got, top)
		}
	}
	slices.Sort(got)
	want := []string{"LICENSE", "Makefile", "README.md", "chapter60", "exercises", "findings", "go.mod", "go.sum", "solutions", "testutil"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what git has at the top mismatch (-want +got):\n%s", diff)
	}
}
