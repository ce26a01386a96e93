package program_test

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/program"
)

// With os.WriteFile, some of these scripts are busy.
func TestExecutableCanBeStartedWhileOthersAreWritten(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no scripts like these")
	}
	dir := t.TempDir()
	var writers errgroup.Group
	for i := range 8 {
		writers.Go(func() error {
			for k := range 25 {
				name := filepath.Join(dir, strconv.Itoa(25*i+k))
				if err := program.WriteExecutable(name, []byte("#!/bin/sh\n")); err != nil {
					return err
				}
				if err := exec.Command(name).Run(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := writers.Wait(); err != nil {
		t.Error(err)
	}
}
