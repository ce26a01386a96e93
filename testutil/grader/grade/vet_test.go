package grade

import (
	"os"
	"path/filepath"
	"runtime"
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

func TestVetIsThatOfTheGoCommand(t *testing.T) {
	own := runtime.GOOS + "_" + runtime.GOARCH
	for _, tt := range []struct {
		name  string
		tools []string
		want  string
	}{
		{"one of this processor", []string{own + "/vet"}, own + "/vet"},
		{"one of Windows", []string{own + "/vet.exe"}, own + "/vet.exe"},
		{"one of another processor", []string{"linux_other/vet"}, "linux_other/vet"},
		{"both", []string{"a_a/vet", own + "/vet", "z_z/vet"}, own + "/vet"},
		{"none", nil, own + "/vet"},
	} {
		root := t.TempDir()
		for _, tool := range tt.tools {
			file := filepath.Join(root, "pkg", "tool", tool)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := vetTool(root), filepath.Join(root, "pkg", "tool", tt.want); got != want {
			t.Errorf("%s: vetTool returns %s, want %s", tt.name, got, want)
		}
	}
}
