package grade

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A program that does not compile must not be graded by the binary of a version of it
// that did.
func TestBuildTakesNoOldBinaryForANewOne(t *testing.T) {
	if os.Getenv("GOCACHE") == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Skipf("there is no cache to keep binaries in: %v", err)
		}
		t.Setenv("GOCACHE", filepath.Join(dir, "go-build"))
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	const program = "exercises/ex9.1/bell"
	const right, wrong = "package main\n\nfunc main() {}\n", "package main\n\nfunc main() { ring() }\n"
	top := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		file := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/workbook\n\ngo 1.26.5\n")
	write(program+"/bell_test.go", "package main\n")
	for i, step := range []struct{ text, want string }{
		{right, ""},
		{right, ""}, // with a binary that is kept
		{wrong, "undefined: ring"},
		{right, ""},
	} {
		write(program+"/bell.go", step.text)
		g := &grading{Options: Options{Top: top}, temp: t.TempDir(), buildTime: minBuildTime}
		errs, err := g.build(t.Context(), g.temp, []string{program})
		if err != nil {
			t.Fatal(err)
		}
		if got := errs[program]; (step.want == "") != (got == "") || !strings.Contains(got, step.want) {
			t.Errorf("build %d says %q, want %q", i+1, got, step.want)
		}
		if _, err := os.Stat(testBinary(g.temp, program)); (step.want == "") != (err == nil) {
			t.Errorf("after build %d, the binary: %v", i+1, err)
		}
		if _, err := os.Stat(g.kept(program)); err != nil {
			t.Errorf("after build %d, no binary is kept: %v", i+1, err)
		}
	}
}
