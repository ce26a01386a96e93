package grade

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemarksOfGoVetAreKeptWithTheBinary(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir()) // for other systems
	const program = "exercises/ex9.1/bell"
	g := &grading{Options: Options{Top: t.TempDir()}, temp: t.TempDir()}
	build := func(text string) {
		t.Helper()
		binary := testBinary(g.temp, program)
		os.Remove(binary)
		if err := os.WriteFile(binary, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		g.keep(program, binary)
	}
	want := func(when string, remarks []string, known bool) {
		t.Helper()
		if got, ok := g.keptRemarks(program); ok != known || !cmp.Equal(got, remarks) {
			t.Errorf("%s: the remarks that are kept are %q, %t, want %q, %t", when, got, ok, remarks, known)
		}
	}
	want("before anything is built", nil, false)
	build("first")
	want("before go vet", nil, false)
	remarks := []string{"bell.go:3:1: rings by value"}
	g.keepRemarks(program, remarks)
	want("after go vet", remarks, true)
	build("second")
	want("after a change", nil, false)
	g.keepRemarks(program, nil)
	want("after go vet has nothing to say", nil, true)
	build("first")
	want("after the change was taken back", nil, false)
}
