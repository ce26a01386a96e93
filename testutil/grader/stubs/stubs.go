// Package stubs has a copy of each stub of the exercises, and restores the stubs for
// students who want to restart an exercise.
//
//	changes, err := stubs.Changes("exercises/ex8.1/clock2", "ex8.1/clock2")
//	if err != nil {
//		log.Fatal(err)
//	}
//	err = stubs.Restore("exercises/ex8.1/clock2", changes)
//
// The copies are in testdata, because students edit the files under exercises, and some
// have no git clone. After a change of a stub, update its copy:
//
//	go test ./testutil/grader/stubs -update
package stubs

import (
	"embed"
	"fmt"
	"path"
)

//go:embed testdata
var testdata embed.FS

// Files returns the text of each file of a program, "ex8.1/clock2", by name: of its
// stub and of the tests that grade it.
func Files(program string) (map[string][]byte, error) {
	dir := path.Join("testdata", program)
	entries, err := testdata.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("there is no stub of %s", program)
	}
	texts := make(map[string][]byte)
	for _, e := range entries {
		text, err := testdata.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts[e.Name()] = text
	}
	return texts, nil
}
