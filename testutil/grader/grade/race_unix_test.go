//go:build unix

package grade

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// A processor of 32 bits may have cgo and a C compiler, and has no race detector.
func TestRaceDetectorIsUsedWhereTheGoCommandHasIt(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		want         bool
	}{
		{"with cgo", `echo true`, true},
		{"without cgo", `echo "go: -race requires cgo; enable cgo by setting CGO_ENABLED=1" >&2; exit 2`, false},
		{"on macOS without cgo", `echo false`, false},
		{"with 32 bits", `[ "$1" = list ] || { echo 1; exit; }; echo "-race is not supported on linux/386" >&2; exit 2`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := program.WriteExecutable(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+tt.script+"\n")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			if got := RaceDetector(t.Context()); got != tt.want {
				t.Errorf("RaceDetector() = %t, want %t", got, tt.want)
			}
		})
	}
}
