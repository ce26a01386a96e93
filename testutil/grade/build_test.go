package grade

import "testing"

func TestAbout(t *testing.T) {
	const (
		undefined = "exercises/ex8.1/clock2/clock2.go:34:23: undefined: time.Seconds"
		empty     = "exercises/ex8.1/clockwall/clock.go:1:1: expected 'package', found 'EOF'"
		twoNames  = "found packages clock2 (clock2.go) and main (clock2_test.go) in /tmp/exercises/ex8.1/clock2"
	)
	const out = "# example.com/workbook/exercises/ex8.1/clock2\n" + undefined + "\n" +
		"# example.com/workbook/exercises/ex8.1/clockwall\n" + empty + "\n" +
		"FAIL\texample.com/workbook/exercises/ex8.1/clockwall [setup failed]\nFAIL\n"
	for _, tt := range []struct{ out, program, want string }{
		{out, "exercises/ex8.1/clock2", undefined},
		{out, "exercises/ex8.1/clockwall", empty},
		{"# example.com/workbook/exercises/ex8.1/clock2\n" + twoNames + "\nFAIL\n", "exercises/ex8.1/clock2", twoNames},
		{"go: no such tool\n", "exercises/ex8.1/clock2", "go: no such tool"},
	} {
		if got := about([]byte(tt.out), tt.program); got != tt.want {
			t.Errorf("about(%q, %s) = %q, want %q", tt.out, tt.program, got, tt.want)
		}
	}
}
