package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

func TestOwnGoroutines(t *testing.T) {
	const dump = `: quit
PC=0x48bf41 m=0 sigcode=0

goroutine 0 gp=0x97a2c0 m=0 mp=0x97b4a0 [idle]:
runtime.futex(0x97b5f8, 0x80)
	/usr/local/go/src/runtime/sys_linux_amd64.s:569 +0x21

goroutine 1 gp=0x231ab771e1e0 m=nil [IO wait]:
runtime.gopark(0x0?, 0x0?)
	/usr/local/go/src/runtime/proc.go:462 +0xce
internal/poll.(*FD).Accept(0x231ab786c200)
	/usr/local/go/src/internal/poll/fd_unix.go:613 +0x28c
main.main()
	/tmp/ftpd.go:67 +0x411
runtime.main()
	/usr/local/go/src/runtime/proc.go:290 +0x2d5

goroutine 146 gp=0x231ab77cd860 m=nil [GC worker (idle)]:
runtime.gopark(0x588438a53a6?, 0x231ab7b72800?)
	/usr/local/go/src/runtime/proc.go:462 +0xce
created by os.something in goroutine 94
	/usr/local/go/src/os/something.go:1695 +0x105

rax    0xca
`
	if own := ownGoroutines(dump); len(own) != 1 || !strings.HasPrefix(own[0], "goroutine 1 ") {
		t.Errorf("ownGoroutines() = %q, want goroutine 1 alone", own)
	}
}

func TestLevel(t *testing.T) {
	const mib = 1 << 20
	usage := func(memory int64, threads int) program.Usage {
		return program.Usage{Memory: memory * mib, Threads: threads}
	}
	for _, tt := range []struct {
		name  string
		rests []program.Usage
		want  string // in the error; "" for none
	}{
		{"one_rest", []program.Usage{usage(10, 5)}, ""},
		{"warming_up", []program.Usage{usage(10, 5), usage(100, 50)}, ""},
		{"level", []program.Usage{usage(10, 5), usage(30, 9), usage(28, 9), usage(40, 20)}, ""},
		{"more_memory", []program.Usage{usage(10, 5), usage(30, 9), usage(47, 9)}, "47 MiB"},
		{"more_threads", []program.Usage{usage(10, 5), usage(30, 9), usage(30, 26)}, "26 threads"},
		{"creeping", []program.Usage{usage(10, 5), usage(30, 9), usage(36, 9), usage(42, 9), usage(48, 9)}, "48 MiB"},
	} {
		err := level(tt.rests)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: level() = %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

// A short soak passes, and that of a server which leaks does not.
func TestSoak(t *testing.T) {
	if suite.Slow(t) == "" || runtime.GOOS != "linux" {
		t.Skip("takes many seconds; runs on Linux if the environment variable WORKBOOK_SLOW is set")
	}
	if _, err := exec.LookPath("git"); err != nil && os.Getenv("CI") == "" {
		t.Skipf("git, which applies the patches, is not installed: %v", err)
	}
	t.Setenv("GOGC", "off") // the collector would close some of the files that a server has lost
	for _, tt := range []struct {
		mistake string // "" for the solution
		want    string // in the error; "" for none
	}{
		{"", ""},
		{"ftpd-keeps-files-open", "files and connections open"},
		{"ftpd-listeners-pile-up", "files and connections open"},
		{"ftpd-one-buffer", "minute 1: "}, // some client is the first to notice
	} {
		t.Run(tt.mistake, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			err := soak(ctx, build(t, tt.mistake), 2, 2*time.Second)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("soak() of ftpd with the mistake %q = %v, want %q in it", tt.mistake, err, tt.want)
			}
		})
	}
}

// build builds ftpd, with a known mistake or without.
func build(t *testing.T, mistake string) (binary string) {
	t.Helper()
	const top, ftpd = "../../..", "solutions/ex8.2/ftpd"
	dir := t.TempDir()
	binary = filepath.Join(dir, "binary")
	replace := make(map[string]string)
	if mistake != "" {
		all, err := mistakes.Read(filepath.Join(top, "testutil", "grader", "mistakes", "testdata"))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(m mistakes.Mistake) bool { return m.Name == mistake })
		if i < 0 {
			t.Fatalf("there is no mistake %s", mistake)
		}
		for _, name := range all[i].Files() {
			file, err := filepath.Abs(filepath.Join(top, ftpd, name))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			replace[file] = filepath.Join(dir, name)
			if err := os.WriteFile(replace[file], text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		apply := exec.Command("git", "apply", "--recount", "-C1", "-")
		apply.Dir = dir
		apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		apply.Stdin = strings.NewReader(all[i].Patch)
		if out, err := apply.CombinedOutput(); err != nil {
			t.Fatalf("the patch of %s does not fit the program any more: %v\n%s", mistake, err, out)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-o", binary, "./"+ftpd)
	cmd.Dir = top
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}
