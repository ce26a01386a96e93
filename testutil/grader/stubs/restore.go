package stubs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/workbook/testutil/grader/report"
)

// A Change is what is to be done with one file, for a program to be its stub.
type Change struct {
	Name string // "clock2.go"
	Kept string // the new name of what is there now, "clock2.go.1"; "" if nothing is

	Text  []byte // of the stub's file of that name
	Added bool   // there is no such file in the stub
}

// Changes returns what is to be done for the folder dir to hold the stub of a program,
// "ex8.1/clock2": nothing if it does. Besides the files of the stub these are all others
// that the go command would build with them. What is there now is kept, under names with
// a number that no file in the folder has yet, and that the go command does not build.
func Changes(dir, program string) ([]Change, error) {
	stub, err := Files(program)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	attempt := "." + strconv.Itoa(attempts(entries)+1)
	var changes []Change
	for _, e := range entries {
		name := e.Name()
		text, ok := stub[name]
		delete(stub, name)
		switch {
		case ok && e.Type().IsRegular() && same(filepath.Join(dir, name), text):
		case ok:
			changes = append(changes, Change{Name: name, Kept: name + attempt, Text: text})
		case !e.IsDir() && built(name):
			changes = append(changes, Change{Name: name, Kept: name + attempt, Added: true})
		}
	}
	for name, text := range stub { // is not there
		changes = append(changes, Change{Name: name, Text: text})
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return changes, nil
}

func same(name string, text []byte) bool {
	is, err := os.ReadFile(name)
	return err == nil && bytes.Equal(is, text)
}

// kept matches the names of files that were kept, "clock2.go.1".
var kept = regexp.MustCompile(`^(.+)\.([1-9][0-9]{0,8})$`)

// attempts returns the largest number of a file that was kept.
func attempts(entries []fs.DirEntry) int {
	most := 0
	for _, e := range entries {
		if m := kept.FindStringSubmatch(e.Name()); m != nil && built(m[1]) {
			n, _ := strconv.Atoi(m[2])
			most = max(most, n)
		}
	}
	return most
}

// built reports whether the go command would build a file with the others in its folder,
// or for it take the folder out of the workbook.
func built(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return false
	}
	sources := []string{
		".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx",
		".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx", ".syso",
	}
	return name == "go.mod" || slices.Contains(sources, filepath.Ext(name))
}

// Restore makes changes in the folder dir: all of them, or in the case of an error none.
func Restore(dir string, changes []Change) (err error) {
	var undo []func() error
	defer func() {
		if err == nil {
			return
		}
		for _, f := range slices.Backward(undo) {
			err = errors.Join(err, f())
		}
	}()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, c := range changes {
		name := filepath.Join(dir, c.Name)
		if c.Kept != "" {
			kept := filepath.Join(dir, c.Kept)
			if _, err := os.Lstat(kept); err == nil {
				return fmt.Errorf("keep %s as %s: %w", name, c.Kept, fs.ErrExist)
			}
			if err := os.Rename(name, kept); err != nil {
				return err
			}
			undo = append(undo, func() error { return os.Rename(kept, name) })
		}
		if c.Added {
			continue
		}
		err := report.WriteFile(name, func(w io.Writer) error {
			_, err := w.Write(c.Text)
			return err
		})
		if err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Remove(name) })
	}
	return nil
}
