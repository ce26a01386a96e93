package program_test

import (
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

func TestProgramTellsHowItWasBuilt(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	if !program.IsGo(text) {
		t.Errorf("IsGo(%s) = false, want true", exe)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Skip("this test binary has no build information")
	}
	for _, value := range []string{"true", "false"} {
		want := slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: value})
		if got := program.WasBuilt(text, "-race="+value); got != want {
			t.Errorf("WasBuilt(%s, -race=%s) = %v, want %v", exe, value, got, want)
		}
	}
}

func TestOtherFileIsNoGoProgram(t *testing.T) {
	for _, text := range []string{"", "#!/bin/sh\n", "\x7fELF and more", "\nbuild\t-race=" + strings.ToLower("TRUE\n")} {
		if program.IsGo([]byte(text)) || program.WasBuilt([]byte(text), "-race=true") {
			t.Errorf("%q is taken for a Go program", text)
		}
	}
}
