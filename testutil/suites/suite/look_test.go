package suite

import (
	"os"
	"testing"

	"example.com/workbook/testutil/kit/verdict"
)

func TestLookLeadsToThePlaceInTheProgram(t *testing.T) {
	t.Chdir(t.TempDir())
	const program = "package main\n\nfunc main() {}\n\nfunc (s *session) serve() {}\n"
	for name, text := range map[string]string{"clock2.go": program, "a_test.go": "package main\n\nfunc handle() {}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		v    verdict.Verdict
		want string
	}{
		{"of_a_crash", verdict.Verdict{Place: "exercises/ex8.1/clock2/clock2.go:3", Func: "serve"}, "\nclock2.go:3: begin here"},
		{"of_a_function", verdict.Verdict{Func: "serve"}, "\nclock2.go:5: begin at serve"},
		{"in_a_file_that_is_elsewhere", verdict.Verdict{Place: "testutil/kit/pipenet/pipenet.go:3", Func: "serve"}, "\nclock2.go:5: begin at serve"},
		{"of_a_function_of_the_tests", verdict.Verdict{Func: "handle"}, ""},
		{"of_no_function", verdict.Verdict{}, ""},
	} {
		if got := look(tt.v); got != tt.want {
			t.Errorf("look %s is %q, want %q", tt.name, got, tt.want)
		}
	}
}
