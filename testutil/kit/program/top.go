package program

import (
	"os"
	"path/filepath"
)

// Top returns the top of the workbook: the folder of go.mod, in or above the working directory.
// If there is none, ok is false, and dir the working directory.
func Top() (dir string, ok bool) {
	dir, err := os.Getwd()
	if err != nil {
		return ".", false
	}
	for top := dir; ; top = filepath.Dir(top) {
		if _, err := os.Stat(filepath.Join(top, "go.mod")); err == nil {
			return top, true
		}
		if top == filepath.Dir(top) {
			return dir, false
		}
	}
}
