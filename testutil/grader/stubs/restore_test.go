package stubs

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const clock2 = "ex8.1/clock2"

// stub returns the text of a file of the stub of clock2.
func stub(t *testing.T, name string) string {
	t.Helper()
	stub, err := Files(clock2)
	if err != nil {
		t.Fatal(err)
	}
	return string(stub[name])
}

// folder returns a folder that holds the stub of clock2, but for those files that others
// say: "" is none.
func folder(t *testing.T, others map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", clock2))); err != nil {
		t.Fatal(err)
	}
	for name, text := range others {
		name = filepath.Join(dir, name)
		err := os.WriteFile(name, []byte(text), 0o666)
		if text == "" {
			err = os.Remove(name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// contents returns what the files of a folder hold.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			text = []byte(e.Type().String())
		}
		texts[e.Name()] = string(text)
	}
	return texts
}

// restore makes dir the stub of clock2, and returns the changes, "clock2.go>clock2.go.1".
func restore(t *testing.T, dir string) (done []string) {
	t.Helper()
	changes, err := Changes(dir, clock2)
	if err != nil {
		t.Fatal(err)
	}
	if err := Restore(dir, changes); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		done = append(done, c.Name+">"+c.Kept)
	}
	return done
}

func TestRestorePutsTheStubBackAndKeepsWhatWasThere(t *testing.T) {
	tests := []struct {
		name   string
		others map[string]string
		want   []string // the changes
		more   map[string]string
	}{
		{"nothing is to be done", nil, nil, nil},
		{
			"a file was edited",
			map[string]string{"clock2.go": "mine"},
			[]string{"clock2.go>clock2.go.1"},
			map[string]string{"clock2.go.1": "mine"},
		},
		{
			"a test was edited",
			map[string]string{"clock2_test.go": "mine"},
			[]string{"clock2_test.go>clock2_test.go.1"},
			map[string]string{"clock2_test.go.1": "mine"},
		},
		{
			"a file was removed",
			map[string]string{"clock2.go": ""},
			[]string{"clock2.go>"},
			nil,
		},
		{
			"files were added, some of which are not built",
			map[string]string{"my.go": "a", "my_test.go": "b", "go.mod": "c", "x.s": "d",
				"notes.txt": "e", ".#my.go": "f", "_old.go": "g", "clock2": "h", "my.go.orig": "i", "notes.7": "j"},
			[]string{"go.mod>go.mod.1", "my.go>my.go.1", "my_test.go>my_test.go.1", "x.s>x.s.1"},
			map[string]string{"my.go.1": "a", "my_test.go.1": "b", "go.mod.1": "c", "x.s.1": "d",
				"notes.txt": "e", ".#my.go": "f", "_old.go": "g", "clock2": "h", "my.go.orig": "i", "notes.7": "j"},
		},
		{
			"earlier attempts were kept",
			map[string]string{"clock2.go": "third", "clock2.go.1": "first", "my.go.9": "ninth"},
			[]string{"clock2.go>clock2.go.10"},
			map[string]string{"clock2.go.1": "first", "my.go.9": "ninth", "clock2.go.10": "third"},
		},
	}
	for _, tt := range tests {
		dir := folder(t, tt.others)
		if diff := cmp.Diff(tt.want, restore(t, dir)); diff != "" {
			t.Errorf("when %s: changes mismatch (-want +got):\n%s", tt.name, diff)
		}
		want := map[string]string{"clock2.go": stub(t, "clock2.go"), "clock2_test.go": stub(t, "clock2_test.go")}
		maps.Copy(want, tt.more)
		if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
			t.Errorf("when %s: files mismatch (-want +got):\n%s", tt.name, diff)
		}
		if again := restore(t, dir); len(again) > 0 {
			t.Errorf("when %s: a second time, there are the changes %q, want none", tt.name, again)
		}
	}
}

func TestRestoreMakesAFolderThatIsNotThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "exercises", "clock2")
	restore(t, dir)
	if got := contents(t, dir)["clock2.go"]; got != stub(t, "clock2.go") {
		t.Errorf("in a folder that was not there, clock2.go is %q, want the stub", got)
	}
}

// What stands in place of a file may be no file.
func TestRestoreKeepsFoldersAndLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there, not everybody may make links")
	}
	dir := folder(t, map[string]string{"clock2.go": "", "clock2_test.go": ""})
	if err := os.Mkdir(filepath.Join(dir, "clock2.go"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"clock2_test.go": "nowhere", "my.go": "../my.go"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"clock2.go>clock2.go.1", "clock2_test.go>clock2_test.go.1", "my.go>my.go.1"}
	if diff := cmp.Diff(want, restore(t, dir)); diff != "" {
		t.Errorf("changes mismatch (-want +got):\n%s", diff)
	}
	if target, err := os.Readlink(filepath.Join(dir, "my.go.1")); target != "../my.go" {
		t.Errorf("the link that was kept leads to %q, %v, want ../my.go", target, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "clock2.go.1")); err != nil || !info.IsDir() {
		t.Errorf("clock2.go.1 is %v, %v, want the folder that was clock2.go", info, err)
	}
}

func TestRestoreThatFailsChangesNothing(t *testing.T) {
	others := map[string]string{"clock2.go": "mine", "my.go": "added"}
	for name, spoil := range map[string]func([]Change) []Change{
		"a file cannot be written": func(changes []Change) []Change {
			return append(changes, Change{Name: "no/such.go", Text: []byte("x")})
		},
		"a file has been removed since": func(changes []Change) []Change {
			return append(changes, Change{Name: "gone.go", Kept: "gone.go.1", Added: true})
		},
		"a name has been taken since": func(changes []Change) []Change {
			return append(changes, Change{Name: "notes.txt", Kept: "clock2_test.go", Added: true})
		},
	} {
		dir := folder(t, others)
		changes, err := Changes(dir, clock2)
		if err != nil {
			t.Fatal(err)
		}
		want := contents(t, dir)
		if err := Restore(dir, spoil(changes)); err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("Restore when %s returns %v, want an error that names the file", name, err)
		}
		if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
			t.Errorf("after a Restore that failed, since %s, files mismatch (-want +got):\n%s", name, diff)
		}
	}
}

func TestChangesOfAProgramThatHasNoStubAreAnError(t *testing.T) {
	if _, err := Changes(t.TempDir(), "ex8.1/clock3"); err == nil || err.Error() != "there is no stub of ex8.1/clock3" {
		t.Errorf("Changes for ex8.1/clock3 returns the error %v", err)
	}
}
