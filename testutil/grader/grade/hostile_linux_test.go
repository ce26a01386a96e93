package grade_test

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	gocmp "github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// hostile are submissions that want points which they have not earned, or do harm. They
// earn none.
var hostile = []struct {
	name    string
	verdict verdict.Kind  // on the whole program
	timeout time.Duration // enough for all others if 0
	says    string        // what the report says of its first case, a pattern
	first   string        // the same with namespaces, where it is the first process; says if empty
	whole   bool          // graded by all cases: it wants points
	race    bool          // graded with the race detector
	once    bool          // it is the same in all surroundings, or would do harm in some
}{
	{name: "answers-for-itself", whole: true},
	{name: "asks-whether-it-is-graded", verdict: verdict.Refused, once: true},
	{name: "brings-assembly", verdict: verdict.DoesNotCompile, once: true},
	{name: "brings-its-own-tests", whole: true, once: true},
	{name: "changes-priorities"},
	{name: "closes-its-folders"},
	{name: "comes-first", whole: true},
	{name: "dumps-its-memory", verdict: verdict.Refused, once: true},
	{name: "exits-0", whole: true, once: true},
	{name: "fills-the-answers"},
	{name: "fills-the-disk", once: true},
	{name: "fills-the-memory", says: "out of memory"},
	{name: "forges-results", whole: true},
	{name: "forks"},
	{name: "hangs", timeout: 5 * time.Second, once: true},
	{name: "hides-a-race", whole: true, race: true, once: true},
	{name: "hides-its-races", verdict: verdict.Refused, once: true},
	{name: "keeps-killing"},
	{name: "keeps-listening"},
	{name: "kills"},
	{name: "leaves-a-daemon"},
	{name: "nests-folders"},
	{name: "prints-without-end", says: "prints without end"},
	{name: "reaches-into-memory", verdict: verdict.Refused, once: true},
	{name: "reaches-into-the-tests", verdict: verdict.Refused, once: true},
	{name: "reaches-out", says: "panics: reaches nothing of others$"},
	{name: "reads-its-memory", whole: true},
	{name: "removes-files"},
	{name: "runs-ahead"},
	{name: "selects-no-tests", whole: true, once: true},
	{name: "stops-itself", says: "was stopped by the signal SIGSTOP", first: "serve returned nil"},
}

// A surrounding is what the user who grades may do on a machine. All programs, hostile and
// innocent, are graded in each by another process.
type surrounding struct {
	name    string
	first   bool                            // grades those too that need to be graded once only
	lacks   error                           // what this machine lacks for it
	command []string                        // what gives up rights
	denied  bool                            // the namespaces are
	users   func(pid int) (first, last int) // those of the programs that a grader of that number runs
}

// ordinary is the number of a user that no machine has.
const ordinary = 54323

func surroundings() []surrounding {
	docker := []string{"setpriv", "--inh-caps=-sys_admin,-sys_resource", "--bounding-set=-sys_admin,-sys_resource"}
	id := strconv.Itoa(ordinary)
	user := []string{"setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"}
	var root error
	if os.Getuid() != 0 {
		root = errors.New("only root can set it up")
	} else if _, err := exec.LookPath(docker[0]); err != nil {
		root = err
	}
	var open error
	if gaps := sandbox.Gaps(false); len(gaps) > 1 { // the network is open in any case
		open = fmt.Errorf("nothing would hold these programs here: they could %s", strings.Join(gaps, ", and "))
	}
	return []surrounding{
		{name: "with namespaces", first: true, lacks: sandbox.Namespaces()},
		{name: "without namespaces, as root", lacks: errors.Join(root, open), command: docker, denied: true, users: func(pid int) (int, int) { return 1<<30 + pid<<8, 1<<30 + pid<<8 + 255 }},
		{name: "without namespaces, as an ordinary user", lacks: errors.Join(root, open), command: user, denied: true, users: func(int) (int, int) { return ordinary, ordinary }},
	}
}

// hostileEnv names, in the environment of this test, the surrounding that it is in.
const hostileEnv = "GRADE_TEST_SURROUNDING"

func TestHostileSubmissionEarnsNothingAndHarmsNothing(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("runs programs that do harm, which takes a minute; runs if the environment variable WORKBOOK_SLOW is set")
	}
	for _, s := range surroundings() {
		if s.name == os.Getenv(hostileEnv) {
			s.grade(t)
			return
		}
	}
	dir := stage(t)
	for _, s := range surroundings() {
		t.Run(s.name, func(t *testing.T) {
			if s.lacks != nil {
				t.Skip(s.lacks)
			}
			workbook := filepath.Join(dir, "workbook")
			before := fingerprint(t, workbook)
			pid := s.start(t, dir)
			if diff := gocmp.Diff(before, fingerprint(t, workbook)); diff != "" {
				t.Errorf("files of the workbook have changed (-before +after):\n%s", diff)
			}
			s.wantNothingLeft(t, pid)
		})
	}
}

// stage prepares a folder, which all users can read, for the gradings: with a workbook,
// this test, a go command that keeps what it builds, an innocent submission, and a secret. A
// program listens on a socket there, and on one that has no path.
func stage(t *testing.T) (dir string) {
	t.Helper()
	dir = lastingFolder(t, "workbook-hostile")
	copyWorkbookTo(t, filepath.Join(dir, "workbook"))
	innocent := filepath.Join(dir, "innocent", "exercises", "ex8.1", "clock2")
	if err := os.CopyFS(innocent, os.DirFS(filepath.Join(top, "solutions", "ex8.1", "clock2"))); err != nil {
		t.Fatal(err)
	}
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "grader"), exe, 0o755),
		os.WriteFile(filepath.Join(dir, "secret"), []byte("secret\n"), 0o644),
		os.Mkdir(filepath.Join(dir, "bin"), 0o755),
		os.Mkdir(filepath.Join(dir, "built"), 0o755),
		os.Mkdir(filepath.Join(dir, "temp"), 0o777),
		os.WriteFile(filepath.Join(dir, "bin", "go"), fmt.Appendf(nil, keepingGo, filepath.Join(dir, "built"), goCommand), 0o755),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(dir, "socket"), "@" + dir} { // the second has no path
		ln, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ln.Close() })
	}
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() && d.Type() != fs.ModeSocket {
			return err
		}
		if d.Type() == fs.ModeSocket || d.Name() == "temp" {
			return os.Chmod(name, 0o777)
		}
		return os.Chmod(name, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// keepingGo is a script in place of the go command, which builds the test binary of a
// submission only once, and does nothing else.
const keepingGo = `#!/bin/sh
built=%s go=%s race= dir= overlay= last=
[ "$1" = test ] || exit 1
for arg; do
	case $last in -o) dir=$arg ;; esac
	case $arg in -race) race=-race ;; -overlay=*) overlay=${arg#-overlay=} ;; esac
	last=$arg
done
sum=$(cat "${overlay%%/*}/submission/exercises/ex8.1/clock2/"*.go | sha256sum | cut -c -20)
kept=$built/$sum$race
if [ -e "$kept" ]; then
	cp "$kept" "${dir}clock2.test"
else
	"$go" "$@" && cp "${dir}clock2.test" "$kept.$$" && chmod 755 "$kept.$$" && mv "$kept.$$" "$kept"
fi
`

// start runs this test again, in the surrounding, as a process of that number.
func (s surrounding) start(t *testing.T, dir string) (pid int) {
	t.Helper()
	run := "^TestHostileSubmissionEarnsNothingAndHarmsNothing$"
	if asked := strings.SplitN(flag.Lookup("test.run").Value.String(), "/", 3); len(asked) == 3 {
		run += "/submissions/" + asked[2]
	}
	args := append(s.command, filepath.Join(dir, "grader"), "-test.run="+run, "-test.v")
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = filepath.Join(dir, "workbook", "testutil", "grader", "grade")
	cmd.Env = append(os.Environ(), hostileEnv+"="+s.name, "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "TMPDIR="+filepath.Join(dir, "temp"), "SECRET=1")
	if s.denied {
		cmd.Env = append(cmd.Env, denyEnv+"=1")
	}
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	return cmd.Process.Pid
}

// grade grades all hostile programs, each beside an innocent one if there are namespaces,
// and before one if there are not.
func (s surrounding) grade(t *testing.T) {
	if s.denied == (sandbox.Namespaces() == nil) {
		t.Fatalf("namespaces: %v", sandbox.Namespaces())
	}
	t.Run("submissions", func(t *testing.T) {
		for i, tt := range hostile {
			if !tt.once || s.first {
				t.Run(tt.name, func(t *testing.T) { s.gradeOne(t, i) })
			}
		}
	})
	s.wantNothingLeft(t, os.Getpid())
	wantFullMarks(t, run(t, grade.Options{Submission: innocent, Exercises: clock2, Tested: true}))
}

// innocent is a submission with a right program.
const innocent = "../../../../innocent"

// gradeOne grades one hostile program, and an innocent one beside or after it.
func (s surrounding) gradeOne(t *testing.T, i int) {
	tt := hostile[i]
	if !s.denied {
		t.Parallel()
	}
	opts := grade.Options{
		Submission: filepath.Join("testdata", "hostile", tt.name), Exercises: clock2,
		Only: oneOfEach, Timeout: 5 * time.Minute, Race: tt.race && raceDetector, Tested: true,
	}
	if tt.whole && s.first {
		opts.Only = ""
	}
	if tt.timeout > 0 {
		opts.Timeout = tt.timeout
	}
	other := make(chan report.Report, 1)
	gradeOther := func() {
		other <- run(t, grade.Options{Submission: innocent, Exercises: clock2, Only: oneOfEach, Tested: true})
	}
	runs := tt.verdict == "" // it is not refused
	if runs && !s.denied {
		go gradeOther()
	}
	before := priority(t)
	r := run(t, opts)
	if after := priority(t); after != before {
		t.Errorf("the priority of the grader was %d and is %d", before, after)
	}
	if runs && s.denied {
		s.wantNothingLeft(t, os.Getpid())
		gradeOther()
	}
	if runs {
		wantFullMarks(t, <-other)
	}
	p := r.Programs[0]
	if got := report.Points(r); !strings.HasPrefix(got, "core 0 of") || !strings.Contains(got, "robustness 0 of") {
		t.Errorf("it has earned %s points, want none", got)
	}
	if got, want := p.Verdict.Kind, tt.verdict; got != want {
		t.Errorf("the verdict on it is %q, want %q", got, want)
	}
	says := tt.says
	if s.first {
		says = cmp.Or(tt.first, says)
	}
	if got := p.Parts[0].Cases[0].Verdict; !regexp.MustCompile(says).MatchString(got.Message) {
		t.Errorf("it is told %v, want a match for %q", got, says)
	}
	if t.Failed() {
		report.Text(t.Output(), r, report.Style{Verbose: true})
	}
}

// priority returns that of this process, as getpriority(2) returns it.
func priority(t *testing.T) int {
	t.Helper()
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// oneOfEach are a case that calls a function of the program, and one that runs the program.
const oneOfEach = "Test(Clock|Port)/^(writes_the_time_at_once|picks_a_port_when_given_0_and_says_which)$"

// wantFullMarks wants that a right program has passed all cases that it was asked.
func wantFullMarks(t *testing.T, r report.Report) {
	t.Helper()
	passed := 0
	for _, part := range r.Programs[0].Parts {
		for _, c := range part.Cases {
			switch {
			case c.Verdict.Kind == verdict.Passed:
				passed++
			case c.Verdict.Failed() && c.Verdict.Message != "not asked for":
				t.Errorf("an innocent program fails %s/%s: %v", part.Test, c.Name, c.Verdict)
			}
		}
	}
	if passed < 2 {
		t.Errorf("an innocent program passes %d cases, want 2 or more", passed)
	}
}

// wantNothingLeft wants no process, file, port or memory that a program has left behind,
// after gradings by the process of that number.
func (s surrounding) wantNothingLeft(t *testing.T, grader int) {
	t.Helper()
	own := func(int) bool { return false }
	if s.users != nil {
		first, last := s.users(grader)
		own = func(user int) bool { return first <= user && user <= last }
	}
	names, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var info syscall.Stat_t
		text, err := os.ReadFile(filepath.Join(name, "cmdline"))
		if err != nil || syscall.Stat(name, &info) != nil || filepath.Base(name) == strconv.Itoa(grader) {
			continue // it has ended
		}
		if own(int(info.Uid)) || strings.Contains(string(text), "86399") {
			stat, _ := os.ReadFile(filepath.Join(name, "stat"))
			t.Errorf("there is a process that a submission has started: %q: %s", text, stat)
		}
	}
	for _, dir := range []string{os.TempDir(), "/tmp", "/var/tmp", "/dev/shm", "/run"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if dir == os.TempDir() && grader == os.Getpid() {
				t.Errorf("in the folder of temporary files there is %s", e.Name())
			} else if info, err := e.Info(); err == nil && own(int(info.Sys().(*syscall.Stat_t).Uid)) {
				t.Errorf("in %s there is %s, which a submission has left behind", dir, e.Name())
			}
		}
	}
	for file, column := range map[string]int{"/proc/net/tcp": 7, "/proc/net/tcp6": 7, "/proc/sysvipc/shm": 7, "/proc/sysvipc/msg": 7} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) <= column || strings.Contains(file, "tcp") && fields[3] != "0A" { // does not listen
				continue
			}
			if user, err := strconv.Atoi(fields[column]); err == nil && own(user) {
				t.Errorf("%s shows what a submission has left behind: %s", file, line)
			}
		}
	}
}

// denyEnv has some system calls of this process fail: with "1" those that set up a namespace of
// users, as in a container, and with "adopt" the one of [sandbox.Adopt], as in qemu-user.
const denyEnv = "GRADE_TEST_DENY"

// deny has the calls of this process fail that denyEnv names, and starts it again.
func deny() {
	denied := os.Getenv(denyEnv)
	if denied == "" || denied == "done" {
		return
	}
	os.Setenv(denyEnv, "done")
	runtime.LockOSThread()
	const (
		load, and, equal, result = 0x20, 0x54, 0x15, 0x06
		number, first            = 0, 16 // in struct seccomp_data; the latter is an argument
		allow, fail              = 0x7fff0000, 0x00050000
		noNewPrivs, setSeccomp   = 38, 22
		setChildSubreaper        = 36
	)
	filter := []syscall.SockFilter{
		{Code: load, K: number},
		{Code: equal, Jf: 4, K: syscall.SYS_CLONE},
		{Code: load, K: first},
		{Code: and, K: syscall.CLONE_NEWUSER},
		{Code: equal, Jf: 1, K: syscall.CLONE_NEWUSER},
		{Code: result, K: fail | uint32(syscall.EPERM)},
		{Code: result, K: allow},
	}
	if denied == "adopt" {
		filter = []syscall.SockFilter{
			{Code: load, K: number},
			{Code: equal, Jf: 3, K: syscall.SYS_PRCTL},
			{Code: load, K: first},
			{Code: equal, Jf: 1, K: setChildSubreaper},
			{Code: result, K: fail | uint32(syscall.EINVAL)},
			{Code: result, K: allow},
		}
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivs, 1, 0, 0, 0, 0)
	if errno == 0 {
		_, _, errno = syscall.RawSyscall6(syscall.SYS_PRCTL, setSeccomp, 2, uintptr(unsafe.Pointer(&program)), 0, 0, 0)
	}
	err := error(errno)
	if errno == 0 {
		line, _ := os.ReadFile("/proc/self/cmdline") // package program has taken flags out of os.Args
		err = syscall.Exec("/proc/self/exe", strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00"), os.Environ())
	}
	fmt.Fprintf(os.Stderr, "%s=%s: %v\n", denyEnv, denied, err)
	os.Exit(2)
}

func init() { deny() }

// An emulator that cannot adopt what programs leave behind is a problem of the machine, with a
// remedy, and no submission is graded there.
func TestEmulatorWithoutAdoptionIsAProblem(t *testing.T) {
	if os.Getenv(denyEnv) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), denyEnv+"=adopt")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	_, err := grade.Run(t.Context(), grade.Options{Top: filepath.Join("..", "..", ".."), Exercises: grade.Exercises, Submission: t.TempDir()})
	if p, ok := errors.AsType[*grade.Problem](err); !ok || !p.Last || !strings.Contains(p.Remedy, "emulator") {
		t.Errorf("grade.Run returns the error %v, want a problem of this machine, and of all gradings on it", err)
	}
}

// fingerprint returns the sums of all files of the workbook, by name.
func fingerprint(t *testing.T, top string) map[string]string {
	t.Helper()
	sums := make(map[string]string)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(name)
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}
