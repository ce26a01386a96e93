package grade_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/sandbox"
)

// A submission that is collected into a folder, as that of a class is, has the same sandbox
// as one that is in a folder.
func TestCollectedSubmissionIsRunInTheSameSandbox(t *testing.T) {
	from := filepath.Join("testdata", "hostile", "stops-itself")
	opts := grade.Options{Exercises: clock2, Only: "TestClock/writes_the_time_at_once", Tested: true}
	opts.Collect = func(folder string) error { return os.CopyFS(folder, os.DirFS(from)) }
	r := run(t, opts)
	gap := slices.ContainsFunc(r.Notes, func(note string) bool { return strings.Contains(note, "part of the sandbox") })
	if want := len(sandbox.Gaps(sandbox.Namespaces() == nil)) > 0; gap != want {
		t.Errorf("the report says that there is a part of the sandbox only: %t, want %t: %q", gap, want, r.Notes)
	}
}
