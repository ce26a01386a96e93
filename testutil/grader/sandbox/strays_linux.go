package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Adopt makes this process the parent of those that its descendants leave behind. The error
// is an [errors.ErrUnsupported] where the kernel, or what stands for it, cannot do so.
func Adopt() error {
	const setChildSubreaper = 36
	err := prctl(setChildSubreaper, 1)
	if errors.Is(err, syscall.EINVAL) { // qemu-user, for one
		err = errors.ErrUnsupported
	}
	if err != nil {
		return fmt.Errorf("adopt what programs leave behind: %w", err)
	}
	return nil
}

// Adopted changes cmd, which calls [Adopt], so that it is asked to end, and not killed, when
// its context or this process ends. It has the time to end what it has adopted.
func Adopted(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience + 5*time.Second
}

// patience is how long [EndStrays] tries. A process that was killed may take a while to
// end on a busy machine.
var patience = 10 * time.Second

// EndStrays kills the children of this process that are in another session, with all that
// they have started: what programs have left behind, if this process adopts that. It kills
// all processes of that user as well, unless user is 0. An error names what has not ended.
func EndStrays(user int) error {
	for begin, rest := time.Now(), time.Millisecond; ; rest = min(2*rest, 100*time.Millisecond) {
		err := endUser(user)
		strays := strays()
		if len(strays) == 0 && err == nil {
			return nil
		}
		if time.Since(begin) > patience {
			if err != nil {
				return fmt.Errorf("end the processes of user %d: %w", user, err)
			}
			return fmt.Errorf("processes cannot be ended: %v", strays)
		}
		for _, s := range strays {
			syscall.Kill(s.pid, syscall.SIGKILL)
			if s.parent == os.Getpid() {
				syscall.Wait4(s.pid, nil, syscall.WNOHANG, nil)
			}
		}
		time.Sleep(rest) // they need the processor to end
	}
}

// Strays reports whether there are processes for [EndStrays] to end, as far as it sees them.
func Strays() bool { return len(strays()) > 0 }

// A stat is what the system says of a process.
type stat struct {
	pid, parent, session int
	name                 string
}

func (s stat) String() string { return fmt.Sprintf("%d (%s)", s.pid, s.name) }

// strays returns the children of this process in other sessions, and their descendants.
func strays() []stat {
	self := os.Getpid()
	if name, err := os.Readlink("/proc/self"); err != nil || name != strconv.Itoa(self) {
		return nil // these would be the numbers of another namespace
	}
	if childless() {
		return nil // to read all processes takes a while
	}
	own := statOf(self).session
	var all []stat
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		if pid, err := strconv.Atoi(filepath.Base(name)); err == nil && pid != self {
			all = append(all, statOf(pid))
		}
	}
	var found []stat
	for more := true; more; {
		more = false
		all = slices.DeleteFunc(all, func(s stat) bool {
			stray := s.parent == self && s.session != own ||
				slices.ContainsFunc(found, func(f stat) bool { return s.parent == f.pid })
			if stray {
				found, more = append(found, s), true
			}
			return stray
		})
	}
	return found
}

// childless reports whether this process is known to have no children.
func childless() bool {
	names, _ := filepath.Glob("/proc/self/task/*/children")
	for _, name := range names {
		if text, err := os.ReadFile(name); err != nil || len(text) > 0 {
			return false
		}
	}
	return len(names) > 0 // the kernel may be built without these files
}

// statOf returns what there is to say of a process; nothing if it has ended.
func statOf(pid int) stat {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}
	}
	// 4711 (name) S parent group session …; the name may hold anything.
	begin, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
	s := stat{pid: pid, name: string(text[begin+1 : end])}
	var state string
	var group int
	fmt.Sscan(string(text[end+1:]), &state, &s.parent, &group, &s.session)
	return s
}

// endUser kills all processes of a user, unless that is 0. It is another process that does
// so, which is one of that user, since the kernel then kills all at once, however fast they
// start others.
func endUser(user int) error {
	if user == 0 || os.Getuid() != 0 || mapped() {
		return nil
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe)
	cmd.Env = []string{fmt.Sprintf("%s=%d", endUserEnv, user)}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// endAsUser kills all processes of the user in text, and ends.
func endAsUser(text string) {
	user, err := strconv.Atoi(text)
	if err == nil && user < firstUser {
		err = errors.New("it may be one of this machine")
	}
	if err == nil {
		err = become(user)
	}
	if err == nil {
		if err = syscall.Kill(-1, syscall.SIGKILL); errors.Is(err, syscall.ESRCH) {
			err = nil // there are none
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "sandbox: end the processes of user %s: %v\n", text, err)
		os.Exit(1)
	}
	os.Exit(0)
}
