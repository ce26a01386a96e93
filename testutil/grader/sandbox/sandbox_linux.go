package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"example.com/workbook/testutil/kit/isolate"
)

// Namespaces returns nil if this machine has what a whole sandbox takes, and otherwise
// what is missing. Then programs are confined by limits only.
func Namespaces() error {
	cmd := exec.Command("/bin/true")
	cmd.Dir = "/"                                       // the current folder may be one that is not visible there
	cmd.Env = append(os.Environ(), confinedEnv+"=/tmp") // of its own, in which nothing is changed
	Enclose(cmd)
	confine(cmd)
	setApart(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) > 0 {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	return err
}

// The namespaces of a confined program, and of the judge, with which it shares the
// network.
const (
	apart    = syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC
	enclosed = syscall.CLONE_NEWPID | syscall.CLONE_NEWNET
)

// Enclose changes cmd so that it gets a loopback network of its own, and nothing that
// it starts outlives it. It takes [Namespaces].
func Enclose(cmd *exec.Cmd) {
	attr := attributes(cmd)
	attr.Cloneflags |= enclosed
	if os.Getuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, namespacesEnv+"=1")
}

// processesEnv says, in the environment of a process that was started by [EncloseProcesses],
// that it is to see the processes there.
const processesEnv = "WORKBOOK_PROCESSES"

// EncloseProcesses is [Enclose] for a process that looks at those that it starts, in /proc.
func EncloseProcesses(cmd *exec.Cmd) {
	Enclose(cmd)
	attributes(cmd).Cloneflags |= syscall.CLONE_NEWNS
	cmd.Env = append(cmd.Env, processesEnv+"=1")
}

// ownProcesses has /proc show the processes of this namespace, if it is to.
func ownProcesses() error {
	if os.Getenv(processesEnv) == "" {
		return nil
	}
	os.Unsetenv(processesEnv)
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	return mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "")
}

func attributes(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	}
	return cmd.SysProcAttr
}

// confine has cmd start this very program, whose [TakeRole] goes on as the one that cmd
// is about.
func confine(cmd *exec.Cmd) {
	exe, err := os.Executable()
	if err != nil {
		cmd.Err = err
		return
	}
	cmd.Args[0], cmd.Path = cmd.Path, exe
	attributes(cmd)
	if os.Getenv(namespacesEnv) != "" {
		setApart(cmd)
	}
}

func setApart(cmd *exec.Cmd) { attributes(cmd).Cloneflags |= apart }

// enter confines this process and goes on as the program in os.Args.
func enter(scratch string) {
	runtime.LockOSThread() // some of what follows is of this thread
	problems := os.Stderr
	if os.Getenv(problemsEnv) != "" {
		os.Unsetenv(problemsEnv)
		problems = os.NewFile(3, "problems")
	}
	env := environment(os.Environ(), scratch)
	if err := restrict(scratch); err != nil {
		fmt.Fprintf(problems, "sandbox: %v\n", err)
		os.Exit(126)
	}
	err := syscall.Exec(os.Args[0], os.Args, env)
	fmt.Fprintf(problems, "sandbox: start %s: %v\n", filepath.Base(os.Args[0]), err)
	os.Exit(127)
}

func restrict(scratch string) error {
	if os.Getenv(namespacesEnv) != "" {
		if err := mounts(scratch); err != nil {
			return err
		}
	}
	if err := errors.Join(limits(), user()); err != nil {
		return err
	}
	if err := fence(scratch); err != nil {
		return err
	}
	version, _ := landlock() // 0 if there is none
	others := os.Getenv(namespacesEnv) == "" && os.Getuid() < firstUser
	if err := filter(others, !others || version >= scopes); err != nil {
		return err
	}
	return prctl(syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL)) // a change of the user has cleared it
}

// mounts makes all files read-only, but for the scratch folder, which is new and empty,
// and the answer of the case. It hides other processes, and the files of users, except for
// the program, the folder that it is run in, and that of the judge.
func mounts(scratch string) error {
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	kept := append(shown(), filepath.Dir(scratch), dir, os.Args[0])
	slices.SortFunc(kept, func(a, b string) int { return len(a) - len(b) }) // folders before what is in them
	if err := hide(os.Getenv(homeEnv), kept); err != nil {
		return err
	}
	if err := os.Chdir(dir); err != nil { // the one that is kept
		return err
	}
	if err := setReadOnly("/", true); err != nil {
		return err
	}
	if err := mount("proc", "/proc", "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, ""); err != nil {
		return err
	}
	if err := mount("scratch", scratch, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=1777,nr_inodes=20k,size="+maxScratch); err != nil {
		return err
	}
	for _, name := range []string{isolate.AnswerFile(os.Environ()), os.Getenv(writableEnv)} {
		if name == "" {
			continue
		}
		if err := mount(name, name, "", syscall.MS_BIND, ""); err != nil {
			return err
		}
		if err := setReadOnly(name, false); err != nil {
			return err
		}
	}
	return os.Chdir(dir) // which may be in one of them
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s: %w", target, err)
	}
	return nil
}

// setReadOnly calls mount_setattr(2) for a mount and all under it.
func setReadOnly(target string, on bool) error {
	const (
		sysMountSetattr = 442
		atFDCWD         = ^uintptr(99)
		atRecursive     = 0x8000
		readOnly        = 1
	)
	var attr struct{ set, clear, propagation, userns uint64 }
	if on {
		attr.set = readOnly
	} else {
		attr.clear = readOnly
	}
	path, err := syscall.BytePtrFromString(target)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall6(sysMountSetattr, atFDCWD, uintptr(unsafe.Pointer(path)), atRecursive,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("make %s read-only: %w", target, errno)
	}
	return nil
}

// loopback brings the loopback network up, which a new network namespace has down.
func loopback() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("bring up the loopback network: %w", err)
	}
	defer syscall.Close(fd)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return fmt.Errorf("bring up the loopback network: %w", errno)
	}
	return nil
}

func limits() error {
	os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // Linux ends it before the grader
	return setLimits(map[int]uint64{
		syscall.RLIMIT_DATA:   maxMemory,
		syscall.RLIMIT_FSIZE:  maxFile,
		syscall.RLIMIT_NOFILE: maxOpen,
		syscall.RLIMIT_CORE:   0,
		rlimitNproc:           maxThreads,
	})
}

// setLimits sets the soft and hard limits of this process.
func setLimits(limits map[int]uint64) error {
	for resource, most := range limits {
		var old syscall.Rlimit
		if err := syscall.Getrlimit(resource, &old); err != nil {
			return fmt.Errorf("read the limit of resource %d: %w", resource, err)
		}
		most = min(most, old.Max)
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limit resource %d to %d: %w", resource, most, err)
		}
	}
	return nil
}

// user gives up all rights, permanently.
func user() error {
	const (
		capBSetDrop  = 24
		noNewPrivs   = 38
		lastPossible = 63
	)
	for c := range uintptr(lastPossible + 1) {
		if err := prctl(capBSetDrop, c); errors.Is(err, syscall.EINVAL) {
			break // there are no more
		} else if err != nil && os.Getuid() == 0 {
			return fmt.Errorf("give up capability %d: %w", c, err)
		}
	}
	if err := prctl(noNewPrivs, 1); err != nil {
		return fmt.Errorf("give up new privileges: %w", err)
	}
	if os.Getuid() != 0 || mapped() {
		return nil // there is no other user to be
	}
	id, err := strconv.Atoi(os.Getenv(userEnv))
	if err != nil {
		id = firstUser
	}
	return become(id)
}

// become makes this process, which is root's, one of another user.
func become(user int) error {
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(user), syscall.Setuid(user)); err != nil {
		return fmt.Errorf("become user %d: %w", user, err)
	}
	return nil
}

// mapped reports whether the root that this process is, is but a user outside.
func mapped() bool {
	text, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && strings.Join(strings.Fields(string(text)), " ") != "0 0 4294967295"
}

func prctl(option int, arg uintptr) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, uintptr(option), arg, 0, 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
