package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// docker are the capabilities that a process in a container of Docker does not have, nor
// can get. Gradescope's containers are of this kind.
var docker = []string{"setpriv", "--inh-caps=-sys_admin,-sys_resource", "--bounding-set=-sys_admin,-sys_resource"}

// A machine is a way to start the grader. On each, a right program has full marks, or the
// grader says what is wrong with the machine.
type machine struct {
	name   string
	before []string // the command before the grader's: what it starts has other rights
	limits string   // commands of a shell
	env    []string
	tmpfs  string // options of the file system that TMPDIR is on
	want   string // in the problem that keeps it from grading; "" for full marks
	root   bool   // whether only root can set it up
	race   bool   // whether it is about the race detector
}

var machines = []machine{
	{name: "as it is"},
	{name: "the capabilities of Docker", before: docker, root: true},
	{name: "the capabilities of Docker and umask 077", before: docker, limits: "umask 077", root: true},
	{name: "umask 027", limits: "umask 027"},
	{name: "umask 077", limits: "umask 077"},
	{name: "1024 open files", limits: "ulimit -n 1024"},
	{name: "1000 processes", limits: "ulimit -u 1000"},
	{name: "files of 195 MiB", limits: "ulimit -f 200000"},
	{name: "data of 1.7 GiB", limits: "ulimit -d 1800000"},
	{name: "256 open files", limits: "ulimit -n 256", want: "the limit of open files (ulimit -n) is 256"},
	{name: "too little address space", limits: "ulimit -v 800000", want: "the limit of the address space"},
	{name: "a zone of POSIX", env: []string{"TZ=JST-9"}},
	{name: "a zone of POSIX with rules", env: []string{"TZ=CET-1CEST,M3.5.0,M10.5.0/3"}},
	{name: "a zone of half an hour", env: []string{"TZ=Asia/Kolkata"}},
	{name: "another runtime", env: []string{"GODEBUG=" + oldTimers() + "gctrace=1,schedtrace=100", "GOTRACEBACK=none", "GOMAXPROCS=1", "GOGC=5", "GOMEMLIMIT=1MiB"}},
	{name: "another race detector", env: []string{"GORACE=report_bugs=0 halt_on_error=1 suppressions=/dev/null"}},
	{name: "another system to build for", env: []string{"GOOS=windows", "GOARCH=arm64", "GOFLAGS=-mod=mod -tags=x", "GOWORK=/nowhere/go.work"}},
	{name: "another language", env: []string{"LC_ALL=de_DE", "LANG=C", "TERM=dumb", "COLUMNS=10"}},
	{name: "a proxy", env: []string{"HTTP_PROXY=http://localhost:1", "https_proxy=http://localhost:1", "ftp_proxy=http://localhost:1"}},
	{name: "no programs in TMPDIR", tmpfs: "noexec", root: true},
	{name: "no space in TMPDIR", tmpfs: "size=1m", root: true},
	{name: "no TMPDIR", env: []string{"TMPDIR=/nowhere"}},
	{name: "no C compiler", env: []string{"CC=/nowhere/cc"}, want: "install a C compiler such as gcc", race: true},
	{name: "no modules and no network", env: []string{"GOPROXY=off", "GOMODCACHE=EMPTY"}, want: "run go mod download"},
}

// oldTimers returns the setting of GODEBUG for the timers of Go 1.22. With it, no program of Go 1.27
// starts.
func oldTimers() string {
	if version.Compare(runtime.Version(), "go1.27") >= 0 {
		return ""
	}
	return "asynctimerchan=1,"
}

func TestRightProgramHasFullMarksOnEachMachine(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("grades a program many times; runs if the environment variable WORKBOOK_SLOW is set")
	}
	folder := copies(t, map[string]string{clock2File: solution(t, "ex8.1/clock2/clock2.go")})
	for _, m := range machines {
		t.Run(m.name, func(t *testing.T) {
			if m.root && os.Getuid() != 0 {
				t.Skip("only root can set it up")
			}
			if m.race && !grade.RaceDetector(t.Context()) {
				t.Skip("there is no race detector")
			}
			if strings.Contains(m.limits, "-v") && builtWithRace() {
				t.Skip("this test binary has the race detector, and does not even start")
			}
			if !strings.Contains(m.limits, "-u") { // it counts what runs beside it
				t.Parallel()
			}
			m.env = slices.Clone(m.env)
			for i, e := range m.env {
				if name, ok := strings.CutSuffix(e, "EMPTY"); ok {
					m.env[i] = name + t.TempDir()
				}
			}
			m.grade(t, folder, clock2Points(t.Context()))
		})
	}
}

// builtWithRace reports whether this test binary was built with the race detector.
func builtWithRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// clock2Points returns what the report on exercise 8.1 says of a submission that has full
// marks for clock2 and nothing else.
//
// Without the race detector, the case about data races is not checked.
func clock2Points(ctx context.Context) string {
	r := grade.Unfinished(grade.Exercises[:1])
	p := r.Programs[0]
	robustness := p.Score(suite.Robustness).Max
	if !grade.RaceDetector(ctx) {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if c.Name == "has_no_data_race" {
					robustness -= c.Points
				}
			}
		}
	}
	return fmt.Sprintf("Core %d of %d, robustness %d of %d points", p.Score(suite.Core).Max, r.Score(suite.Core).Max,
		robustness, r.Score(suite.Robustness).Max)
}

// grade grades a submission, and wants either those points, or the problem that m is
// known to have.
func (m machine) grade(t *testing.T, folder, points string) {
	t.Helper()
	if m.tmpfs != "" {
		dir := t.TempDir()
		flags, options := uintptr(syscall.MS_NOSUID), m.tmpfs
		if options == "noexec" { // which is not an option of the file system itself
			flags, options = flags|syscall.MS_NOEXEC, ""
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
			t.Skipf("mount: %v", err)
		}
		t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
		m.env = append(m.env, "TMPDIR="+dir)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	limits := m.limits
	if limits == "" {
		limits = ":"
	}
	args := append(m.before, "bash", "-c", limits+` && exec "$@"`, "bash", exe, "grade", "-submission", folder, "ex8.1")
	if _, err := exec.LookPath(args[0]); err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Env = append(cmd.Env, m.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	status := cmd.ProcessState.ExitCode()
	if m.want == "" {
		if status != wrong || !strings.Contains(stdout.String(), points) {
			t.Errorf("exit status %d, want %d and %q:\n%s%s", status, wrong, points, &stdout, &stderr)
		}
		return
	}
	line, rest, _ := strings.Cut(stderr.String(), "\n")
	if status != trouble || !strings.HasPrefix(line, "grader problem: ") || !strings.Contains(line, m.want) || rest != "" {
		t.Errorf("exit status %d, standard error\n%s\nwant status %d, and one line with %q", status, &stderr, trouble, m.want)
	}
	if strings.Contains(stdout.String(), "points") {
		t.Errorf("there are points:\n%s", &stdout)
	}
}

// An ordinary user has a home, a cache and a module cache, and cannot write those of
// others, nor enter root's.
func TestRightProgramHasFullMarksForAnOrdinaryUser(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("may build all that there is; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can become another user; and an ordinary one runs all other tests")
	}
	const user = 54321
	home := lastingFolder(t)
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Fields(string(out))
	if len(caches) != 2 {
		t.Fatalf("go env printed %q, want two folders", out)
	}
	top := filepath.Join(home, "workbook")
	if err := os.CopyFS(top, os.DirFS(filepath.Join("..", "..", ".."))); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(home, "submission")
	text := solution(t, "ex8.1/clock2/clock2.go")
	file := filepath.Join(folder, filepath.FromSlash(clock2File))
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(home, "modules")
	for _, module := range []string{"cache/download/github.com/google", "cache/download/golang.org/x/sync", "cache/download/sumdb"} {
		if err := linkTree(filepath.Join(modules, module), filepath.Join(caches[1], module)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Skipf("without the modules: %v", err)
		}
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "HOME=" + home, "GOFLAGS=-modcacherw", "GOMODCACHE=" + filepath.Join(home, "modcache"),
		"GOPROXY=file://" + filepath.Join(modules, "cache", "download"), "GONOSUMDB=*", "GONOSUMCHECK=1", "GOTOOLCHAIN=local",
	}
	// What the program imports is built by root, and kept for the next run of this test.
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-vet=off", "-race", "-o", os.DevNull, "./"+path.Dir(clock2File))
	build.Dir, build.Env = top, append(slices.Clone(env), "GOCACHE="+caches[0])
	if out, err := build.CombinedOutput(); err != nil {
		t.Logf("%v: %v\n%s", build, err, out)
	}
	if err := os.RemoveAll(filepath.Join(home, "modcache")); err != nil {
		t.Fatal(err)
	}
	// Without these files the go command would build the standard library again.
	if err := linkTree(filepath.Join(home, "cache"), caches[0]); err != nil {
		t.Logf("without the cache of the go command: %v", err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(home, "command")
	if err := program.WriteExecutable(command, binary); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(home, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() && strings.HasPrefix(name, filepath.Join(home, "cache")) {
			return err // it is another name of a file of root's
		}
		return os.Lchown(name, user, user)
	})
	if err != nil {
		t.Fatal(err)
	}
	id := strconv.Itoa(user)
	cmd := exec.CommandContext(t.Context(), "setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all",
		command, "grade", "-submission", folder, "ex8.1")
	if cmd.Err != nil {
		t.Skip(cmd.Err)
	}
	cmd.Dir = top
	cmd.Env = append(env, asCommand+"=1", "GOCACHE="+filepath.Join(home, "cache"))
	if !grade.RaceDetector(t.Context()) {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	}
	printed, err := cmd.CombinedOutput()
	if want := clock2Points(t.Context()); !strings.Contains(string(printed), want) {
		t.Errorf("%v, want %q:\n%s", err, want, printed)
	}
}

// linkTree gives the files in the folder from a second name in the folder to.
func linkTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(name, from))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if err := os.Link(name, target); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("link: %w", err)
		}
		return nil
	})
}
