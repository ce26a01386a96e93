package isolate_test

import (
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// It is not the fault of a case whose process cannot have killed itself.
func TestCaseThatIsKilledFromOutsideIsAGraderProblem(t *testing.T) {
	program.Sealed = true
	defer func() { program.Sealed = false }()
	want(t, killed(t), verdict.GraderProblem, `its process was killed from outside, 3 times`)
}
