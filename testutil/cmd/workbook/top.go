package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"example.com/workbook/testutil/kit/program"
)

// top returns the folder of the workbook, which holds the working directory.
func top() (string, error) {
	dir, _ := program.Top()
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil || !bytes.HasPrefix(text, []byte("module example.com/workbook")) {
		return "", fmt.Errorf("%s is not in the workbook", dir)
	}
	return dir, nil
}
