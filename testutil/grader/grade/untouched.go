package grade

import (
	"fmt"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/stubs"
	"example.com/workbook/testutil/kit/verdict"
)

// untouched reports whether the files of a program in dir are those of its stub. Then
// it is not started, and there is nothing to build.
func untouched(p report.Program, dir string) (bool, error) {
	name, ok := strings.CutPrefix(p.Dir, "exercises/")
	if !ok {
		return false, nil // a program of the chapter has no stub
	}
	changes, err := stubs.Changes(dir, name)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if !strings.HasSuffix(c.Name, "_test.go") {
			return false, nil
		}
	}
	return true, nil
}

// notStarted returns the verdict on a program whose stub is untouched.
func notStarted(p report.Program) verdict.Verdict {
	return verdict.Verdict{Kind: verdict.NotStarted, Message: fmt.Sprintf("open %s/%s.go", p.Dir, p.Name)}
}
