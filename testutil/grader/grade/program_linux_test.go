package grade

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/program"
)

// A program of any shape is no more trusted than a submission. It may write in the folder that
// it serves, and reads what stands beside it.
func TestProgramIsRunInASandbox(t *testing.T) {
	if err := sandbox.Namespaces(); err != nil {
		t.Skip("this machine has no whole sandbox: ", err)
	}
	folder, err := os.MkdirTemp("", "program") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside")
	script := fmt.Sprintf("#!/bin/sh\nexec 2>/dev/null\necho x >%s\nread line <beside && echo ran beside\necho x >hello.txt && echo wrote\n", outside)
	script = strings.Replace(script, "<beside", "<"+filepath.Join(folder, "beside"), 1)
	for name, text := range map[string]string{"ftpd": script, "beside": "a line\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	exercise := Exercises[1]
	r, err := Run(t.Context(), Options{
		Top: filepath.Join("..", "..", ".."), Exercises: []Exercise{exercise}, Only: "TestLogin/greets",
		Program: &program.Target{Program: filepath.Join(folder, "ftpd")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Programs[0].Parts[0].Cases[0].Verdict.Message
	for _, want := range []string{"ran beside", "wrote"} {
		if !strings.Contains(got, want) {
			t.Errorf("a program that writes into its folder: %s, want it to have printed %q", got, want)
		}
	}
	if _, err := os.Stat(outside); err == nil {
		t.Errorf("the program has written %s", outside)
	}
}
