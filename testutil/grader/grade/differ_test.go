package grade_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A program that is right only under the name of a test binary earns its points, and is
// found out when it is run by itself.
func TestProgramThatIsRightOnlyWhenGradedIsTold(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	right, err := os.ReadFile(filepath.Join(top, "solutions", "ex8.1", "clock2", "clock2.go"))
	if err != nil {
		t.Fatal(err)
	}
	const format = `"15:04:05"`
	wrong := strings.Replace(string(right), "Format("+format+")", "Format(map[bool]string{true: "+format+`, false: "3:04"}[strings.HasSuffix(os.Args[0], ".te"+"st")])`, 1)
	if wrong == string(right) {
		t.Fatalf("the solution has no %s to replace", format)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"a right program", string(right), ""},
		{"one that looks at its name", wrong, "clock2: TestClock/writes_a_line_every_second passes when it is graded, and not when the program is run by itself: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "exercises", "ex8.1", "clock2", "clock2.go")
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			var got []string
			r := run(t, grade.Options{
				Submission: folder, Exercises: clock2, Only: "TestClock/^writes_a_line_every_second$", Tested: true,
				Differs: func(sentence string) { got = append(got, sentence) },
			})
			if v := r.Programs[0].Parts[0].Cases[1].Verdict; v.Kind != verdict.Passed {
				t.Errorf("when it is graded: %v, want a pass", v)
			}
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tt.want)) {
				t.Errorf("it is told %q, want one sentence that begins with %q", got, tt.want)
			}
		})
	}
}
