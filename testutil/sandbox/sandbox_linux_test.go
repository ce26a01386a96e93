package sandbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.Main()
	os.Exit(m.Run())
}

// confined returns the command of a shell that is confined, and its scratch folder.
func confined(t *testing.T, script string) (cmd *exec.Cmd, scratch string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sandbox") // t.TempDir is in a folder that only this user can enter
	if err != nil {
		t.Fatal(err)
	}
	scratch = filepath.Join(dir, "scratch")
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Mkdir(scratch, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command("/bin/sh", "-c", script)
	sandbox.Confine(scratch, nil)(cmd)
	cmd.Env = append(cmd.Env, "WORKBOOK_CONFINED="+scratch)
	t.Cleanup(func() { os.Unsetenv("WORKBOOK_CONFINED") })
	return cmd, scratch
}

func TestConfinedProgramSeesOnlyTheListedEnvironment(t *testing.T) {
	cmd, scratch := confined(t, "env")
	cmd.Env = append(cmd.Env, "PATH=/usr/bin:/bin", "HOME=/home/gopher", "GOPROXY=https://gopher:secret@localhost", "SSH_AUTH_SOCK=/run/x",
		"LANG=C", "TZ=UTC", "GOMAXPROCS=2", "GORACE=x", "WORKBOOK_CASE=TestClock")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	got = slices.DeleteFunc(got, func(e string) bool { // the shell's own
		return strings.HasPrefix(e, "PWD=") || strings.HasPrefix(e, "OLDPWD=") || strings.HasPrefix(e, "_=") || strings.HasPrefix(e, "SHLVL=")
	})
	want := []string{"GOMAXPROCS=2", "GORACE=x", "HOME=" + scratch, "PATH=/usr/bin:/bin", "TMPDIR=" + scratch, "TZ=UTC", "WORKBOOK_CASE=TestClock"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the environment of a confined program mismatch (-want +got):\n%s", diff)
	}
}

func TestConfinedProgramInheritsNoOpenFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Open(secret, syscall.O_RDONLY, 0) // and not O_CLOEXEC, as a shell does
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	const list = "for f in /proc/self/fd/*; do readlink $f; done; true"
	if out, err := exec.Command("/bin/sh", "-c", list).CombinedOutput(); !strings.Contains(string(out), secret) {
		t.Fatalf("a program that is not confined has open, %v:\n%s\nwant %s among them, or this test cannot fail", err, out, secret)
	}
	cmd, _ := confined(t, list)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), secret) {
		t.Errorf("a confined program has open, %v:\n%s\nwant no %s", err, out, secret)
	}
}
