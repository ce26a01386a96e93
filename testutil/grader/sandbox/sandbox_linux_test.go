package sandbox_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/sandbox"
)

func TestMain(m *testing.M) {
	sandbox.TakeRole()
	if scratch := os.Getenv("SANDBOX_PARENT"); scratch != "" {
		parent(scratch) // does not return
	}
	if scratch := os.Getenv("SANDBOX_JUDGE"); scratch != "" {
		judge(scratch, os.Args[1:]...) // does not return
	}
	if filepath.Base(os.Args[0]) == "attempt" {
		attempt(os.Args[1]) // does not return
	}
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
	sandbox.Confine(scratch, nil, sandbox.User())(cmd)
	cmd.Env = append(cmd.Env, "WORKBOOK_CONFINED="+scratch)
	t.Cleanup(func() {
		for _, name := range []string{"WORKBOOK_CONFINED", "WORKBOOK_USER", "WORKBOOK_HOME"} {
			os.Unsetenv(name)
		}
	})
	return cmd, scratch
}

func TestConfinedProgramSeesOnlyTheListedEnvironment(t *testing.T) {
	cmd, scratch := confined(t, "env")
	cmd.Env = append(cmd.Env, "PATH=/usr/bin:/bin", "HOME=/home/gopher", "GOPROXY=https://gopher:secret@localhost", "SSH_AUTH_SOCK=/run/x",
		"LANG=C", "TZ=UTC", "GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0", "WORKBOOK_CASE=TestClock")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	got = slices.DeleteFunc(got, func(e string) bool { // the shell's own
		return strings.HasPrefix(e, "PWD=") || strings.HasPrefix(e, "OLDPWD=") || strings.HasPrefix(e, "_=") || strings.HasPrefix(e, "SHLVL=")
	})
	want := []string{"GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0", "HOME=" + scratch, "PATH=/usr/bin:/bin", "TMPDIR=" + scratch, "TZ=UTC", "WORKBOOK_CASE=TestClock"}
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

// parent starts a program that leaves others behind, and ends them all.
func parent(scratch string) {
	check := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	check(sandbox.Adopt())
	user := sandbox.User()
	cmd := exec.Command("/bin/sh", "-c", "for i in 1 2 3; do setsid >/dev/null 2>&1 sh -c 'sleep 86396 & sleep 86396' & done; setsid sleep 86396 >/dev/null 2>&1 & echo started")
	sandbox.Confine(scratch, nil, user)(cmd)
	cmd.SysProcAttr.Setsid = true
	cmd.Env = append(cmd.Env, os.Environ()...)
	out, err := cmd.Output()
	check(err)
	fmt.Printf("%s", out)
	if os.Getenv("SANDBOX_HASTE") != "" {
		restore := sandbox.LosePatience()
		fmt.Println(sandbox.EndStrays(user))
		restore()
	}
	check(sandbox.EndStrays(user))
	os.Exit(0)
}

// Without namespaces, what a program leaves behind is ended by its parent.
func TestStraysAreEnded(t *testing.T) {
	_, scratch := confined(t, "")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	os.Unsetenv("WORKBOOK_CONFINED")
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "SANDBOX_PARENT="+scratch)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "started") {
		t.Errorf("the parent printed %q, %v", out, err)
	}
	names, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && string(text) == "sleep\x0086396\x00" {
			t.Errorf("%s: what the program has left behind still runs", name)
		}
	}
}

// A process that does not end is named.
func TestEndStraysNamesWhatItCannotEnd(t *testing.T) {
	_, scratch := confined(t, "")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	os.Unsetenv("WORKBOOK_CONFINED")
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "SANDBOX_PARENT="+scratch, "SANDBOX_HASTE=1")
	out, err := cmd.Output()
	want := regexp.MustCompile(`^started\nprocesses cannot be ended: \[\d+ \((sleep|sh|setsid)\)`)
	if err != nil || !want.Match(out) {
		t.Errorf("the parent printed %q, %v, want a match for %q", out, err, want)
	}
}

// judge runs a command as a judge in namespaces of its own does.
func judge(scratch string, command ...string) {
	cmd := exec.Command(command[0], command[1:]...)
	sandbox.Confine(scratch, nil, sandbox.User())(cmd)
	cmd.Dir = filepath.Dir(scratch)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr.Setsid = true
	cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(scratch)) // as that of an FTP server is
	if err := cmd.Run(); err != nil {
		fmt.Println(err)
	}
	os.Exit(0)
}

func TestConfinedProgramSeesNoFilesOfUsers(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	_, scratch := confined(t, "")
	os.Unsetenv("WORKBOOK_CONFINED")
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	for _, file := range []string{filepath.Join(filepath.Dir(scratch), "source.go"), filepath.Join(home, "key")} {
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere, err := os.MkdirTemp("/var/cache", "elsewhere") // a folder that is not hidden
	if err != nil {
		elsewhere = filepath.Join(home, "elsewhere")
	} else {
		defer os.RemoveAll(elsewhere)
	}
	if err := errors.Join(os.MkdirAll(elsewhere, 0o777), os.WriteFile(filepath.Join(elsewhere, "key"), nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	landlock := "true"
	if sandbox.Landlock() == nil {
		landlock = fmt.Sprintf("(cat %[1]s/key && echo the key of another folder) || (echo >%[1]s/key) && echo it is written", elsewhere)
	}
	for _, dir := range []string{scratch, home, elsewhere} {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	ln, err := net.Listen("unix", filepath.Join(home, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, tt := range []struct {
		name     string
		enclosed bool
		lacks    error
		hides    string // what only this sandbox hides
	}{
		{"with namespaces", true, sandbox.Namespaces(), "test -S HOME/s && echo the socket"},
		{"without", false, sandbox.Landlock(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.lacks != nil {
				t.Skip(tt.lacks)
			}
			script := tt.hides + "\n" + landlock + `
ls "$TMPDIR/.."
cat HOME/key && echo the key
for d in /run /tmp /home /root /dev/pts; do ls -A $d | grep -v '^sandbox'; done
echo >"$TMPDIR/x" && cat source.go "$TMPDIR/x" && rm "$TMPDIR/x" && mkdir "$TMPDIR/y" && mv "$TMPDIR/y" "$TMPDIR/z" && rmdir "$TMPDIR/z"
(echo >source.go) && echo a file is written
(echo >HOME/x) && echo a file of the home is written
cat /proc/$PPID/environ && echo the environment of the grader
echo end
`
			cmd := exec.Command(exe, "/bin/sh", "-c", strings.ReplaceAll(script, "HOME", home))
			cmd.Env = append(os.Environ(), "SANDBOX_JUDGE="+scratch, "HOME="+home)
			if tt.enclosed {
				sandbox.Enclose(cmd)
			}
			got, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			const want = "scratch\nsource.go\n\nend\n"
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("a confined program sees (-want +got):\n%s", diff)
			}
		})
	}
}

// A workbook may be in a folder that the sandbox hides, such as home or /tmp.
func TestNamespacesDoNotDependOnTheCurrentFolder(t *testing.T) {
	t.Chdir("/")
	want := sandbox.Namespaces()
	t.Chdir(t.TempDir())
	if got := sandbox.Namespaces(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Namespaces() in a temporary folder = %v, want %v, as in /", got, want)
	}
}
