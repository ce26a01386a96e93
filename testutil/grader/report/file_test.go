package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWriteFile(t *testing.T) {
	for _, tt := range []struct {
		name string
		size int
	}{{"nothing", 0}, {"a_line", 10}, {"megabytes", 10 << 20}} {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "results.json")
			want := strings.Repeat("x", tt.size)
			for range 2 { // a new file, and one that is there
				if err := WriteFile(name, writing(want)); err != nil {
					t.Fatal(err)
				}
				holds(t, name, want)
			}
			only(t, name)
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != 0o644 {
				t.Errorf("the file has the permissions %v, want %v", got, os.FileMode(0o644))
			}
		})
	}
}

func TestWriteFileKeepsWhatIsThereIfItFails(t *testing.T) {
	broken := errors.New("no more ink")
	for _, tt := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"at_once", func(io.Writer) error { return broken }},
		{"in_the_middle", func(w io.Writer) error {
			if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
				return err
			}
			return broken
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "results.json")
			if err := WriteFile(name, writing("old")); err != nil {
				t.Fatal(err)
			}
			err := WriteFile(name, tt.write)
			if want := "write " + name + ": no more ink"; !errors.Is(err, broken) || err.Error() != want {
				t.Errorf("WriteFile() = %v, want %s", err, want)
			}
			holds(t, name, "old")
			only(t, name)
		})
	}
}

func TestWriteFileLeavesNothingBehindInAPanic(t *testing.T) {
	dir := t.TempDir()
	func() {
		defer func() { recover() }()
		WriteFile(filepath.Join(dir, "results.json"), func(io.Writer) error { panic("a mistake") })
	}()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("the folder holds %v, %v, want nothing", entries, err)
	}
}

func TestWriteFileNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, want string }{
		{"no_folder", filepath.Join(dir, "missing", "results.json"), "no such file"},
		{"a_file_for_a_folder", filepath.Join(dir, "file", "results.json"), "not a directory"},
		{"a_folder", dir, "it is not a regular file"},
		{"a_device", os.DevNull, "it is not a regular file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := WriteFile(tt.file, writing("new"))
			if err == nil || !strings.HasPrefix(err.Error(), "write "+tt.file+": ") {
				t.Fatalf("WriteFile(%q) = %v, want an error that names the file", tt.file, err)
			}
			if runtime.GOOS != "windows" && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("WriteFile(%q) = %v, want an error with %q", tt.file, err, tt.want)
			}
		})
	}
	only(t, filepath.Join(dir, "file"))
}

func TestWriteFileReplacesALink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("precious"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := WriteFile(link, writing("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, link, "new")
	holds(t, target, "precious")
}

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// holds checks what is in a file.
func holds(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %d bytes, want %d", name, len(got), len(want))
	}
}

// only checks that there is no other file in the folder of one.
func only(t *testing.T, name string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(name) {
		t.Errorf("the folder holds %v, want only %s", entries, filepath.Base(name))
	}
}
