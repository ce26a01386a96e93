package goroutine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

func TestExit(t *testing.T) {
	const clock2 = `package main

import "os"

func main() { os.Exit(serve()) }

func fail() { os.Exit(3) }
`
	const test = `package main

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestClock(t *testing.T) { syscall.Exit(3) }
`
	tests := []struct {
		name   string
		files  map[string]string
		output string
		status int
		want   string
	}{
		{"quotes_the_log", nil, "hello\n2026/11/22 18:38:57 TOP/ex8.1/clock2.go:30: cannot reach London\n", 1,
			"ex8.1/clock2.go:30 ends the program (log.Fatal: cannot reach London)"},
		{"quotes_the_last_line_of_the_log", nil, "clock: example.com/workbook/ex8.1/a.go:1: one\nclock: example.com/workbook/ex8.1/b.go:2: two: 2\n", 1,
			"ex8.1/b.go:2 ends the program (log.Fatal: two: 2)"},
		{"quotes_the_log_of_Windows", nil, "2026/11/22 18:38:57 C:/Users/ann/workbook/clock2.go:30: EOF\n", 1,
			"clock2.go:30 ends the program (log.Fatal: EOF)"},
		{"names_the_Fatal_of_another_logger", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "logger.Fatalf(\"%v\", err)", 1)}, "clock2: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (os.Exit or log.Fatal, status 1)"},
		{"quotes_only_a_Fatal", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "log.Print(err); os.Exit(1)", 1) + "\nfunc f() {\n\tlog.Print(1)\n}\n"}, "TOP/ex8.1/clock2.go:10: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (os.Exit or log.Fatal, status 1)"},
		{"quotes_a_Fatal", map[string]string{"clock2.go": strings.Replace(clock2, "os.Exit(3)", "log.Fatal(err)", 1)}, "TOP/ex8.1/clock2.go:7: EOF\n", 1,
			"ex8.1/clock2.go:7 ends the program (log.Fatal: EOF)"},
		{"takes_a_log_line_for_no_exit_with_another_status", map[string]string{"clock2.go": clock2}, "TOP/ex8.1/clock2.go:30: EOF\n", 3,
			"ex8.1/clock2.go:7 ends the program (os.Exit, status 3)"},
		{"names_the_program_before_its_tests", map[string]string{"clock2.go": clock2, "clock2_test.go": test}, "", 3,
			"ex8.1/clock2.go:7 ends the program (os.Exit, status 3)"},
		{"names_the_tests_if_only_they_exit", map[string]string{"clock2_test.go": test}, "", 3,
			"ex8.1/clock2_test.go:5 ends the program (os.Exit, status 3)"},
		{"names_all_that_could_be_it", map[string]string{"a.go": clock2, "b.go": clock2, "c.go": "no Go"}, "", 3,
			"ex8.1/a.go:7 or ex8.1/b.go:7 ends the program (os.Exit, status 3)"},
		{"knows_only_the_status", nil, "", 3,
			"the program ended in the middle of the test, with exit status 3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			workbook := filepath.Join(t.TempDir(), "Ann Lee")
			dir := filepath.Join(workbook, "ex8.1")
			if err := os.MkdirAll(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(workbook, "go.mod"), "module example.com/workbook\n")
			for name, text := range tt.files {
				write(t, filepath.Join(dir, name), text)
			}
			t.Chdir(dir)
			top, _ := program.Top()
			if got := Exit(strings.ReplaceAll(tt.output, "TOP", filepath.ToSlash(top)), tt.status); got != tt.want {
				t.Errorf("Exit(%q, %d) = %q, want %q", tt.output, tt.status, got, tt.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A submission is not in the workbook, but its programs are in folders of the same names.
func TestPlaceInASubmission(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "submission", "exercises", "ex8.1", "clock2")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "clock2.go"), "package main\n\nfunc serve() { os.Exit(3) }\n")
	t.Chdir(dir)
	const want = "exercises/ex8.1/clock2/clock2.go:3 ends the program (os.Exit, status 3)"
	if got := Exit("", 3); got != want {
		t.Errorf("Exit() = %q, want %q", got, want)
	}
}
