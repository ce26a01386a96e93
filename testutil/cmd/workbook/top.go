package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// top returns the folder of the workbook, which holds the working directory.
func top() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		text, err := os.ReadFile(filepath.Join(d, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module example.com/workbook") {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s is not in the workbook", dir)
		}
	}
}
