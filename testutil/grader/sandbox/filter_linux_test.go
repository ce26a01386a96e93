package sandbox_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/sandbox"
)

// attempts are what a program tries that is confined, with the name of a socket of another
// process, and what comes of it.
var attempts = []struct {
	name string
	try  func(name string) error
	want string
}{
	{"connect to a socket", dial("unix"), "socket: permission denied"},
	{"connect to a socket of datagrams", dial("unixgram"), "socket: permission denied"},
	{"connect to an abstract socket", func(string) error { return dial("unix")("@" + filepath.Base(os.Args[0])) }, "socket: permission denied"},
	{"connect one of a pair of sockets", func(name string) error {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_DGRAM, 0)
		if err == nil {
			err = syscall.Connect(pair[0], &syscall.SockaddrUnix{Name: name})
		}
		return err
	}, "permission denied"},
	{"use a pair of sockets", func(string) error {
		_, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		return err
	}, ""},
	{"listen", func(string) error {
		ln, err := net.Listen("tcp", "localhost:0")
		if err == nil {
			err = ln.Close()
		}
		return err
	}, ""},
	{"open a socket to the host of a virtual machine", number(41, 40, syscall.SOCK_STREAM), "address family not supported by protocol"},
	{"list networks", func(string) error { _, err := net.Interfaces(); return err }, ""},
	{"make a namespace", number(272, syscall.CLONE_NEWUSER), "operation not permitted"},
	{"make a process in a namespace", number(56, syscall.CLONE_NEWUSER|syscall.CLONE_THREAD), "operation not permitted"},
	{"make a process in a way that the filter cannot see", number(435), "function not implemented"},
	{"change the priority of others", ofOthers(func(string) error { return syscall.Setpriority(prioUser, 0, 0) }), "operation not permitted"},
	{"change its own priority", func(string) error { return syscall.Setpriority(syscall.PRIO_PROCESS, 0, 19) }, ""},
	{"bind others to a processor", ofOthers(number(203, noProcess)), "operation not permitted"},
	{"change the policy of others", ofOthers(number(144, noProcess)), "operation not permitted"},
	{"change what others may read", ofOthers(number(251, 3)), "operation not permitted"},
	{"stay when memory is short", func(string) error {
		text, err := os.ReadFile("/proc/self/oom_score_adj")
		if err == nil && string(text) != "1000\n" {
			err = fmt.Errorf("its score is %q", text)
		}
		return err
	}, ""},
	{"set up io_uring", number(425, 1), "function not implemented"},
	{"read a key", number(250, 0), "operation not permitted"},
	{"keep shared memory", number(29, 0, 4096, 0o1600), "operation not permitted"},
	{"keep a queue of messages", number(68, 0, 0o1600), "operation not permitted"},
	{"kill itself", func(string) error { return syscall.Kill(os.Getpid(), syscall.SIGKILL) }, "operation not permitted"},
	{"kill its group", func(string) error { return syscall.Kill(0, syscall.SIGKILL) }, "operation not permitted"},
	{"kill its thread", number(200, uintptr(syscall.Gettid()), uintptr(syscall.SIGKILL)), "operation not permitted"},
	{"kill itself by a timer", number(timerCreate), "function not implemented"},
	{"kill itself by a file", number(72, 0, 10, uintptr(syscall.SIGKILL)), "operation not permitted"},
	{"kill itself by a limit", func(string) error { return syscall.Setrlimit(0, &syscall.Rlimit{}) }, "operation not permitted"},
	{"interrupt itself", func(string) error { return syscall.Kill(os.Getpid(), syscall.SIGWINCH) }, ""},
	{"kill what it has started", func(string) error {
		cmd := exec.Command("sleep", "86395")
		if err := cmd.Start(); err != nil {
			return err
		}
		if err := cmd.Process.Kill(); err != nil {
			return err
		}
		cmd.Wait()
		return nil
	}, ""},
	{"send a signal to who has started it", func(string) error {
		err := syscall.Kill(os.Getppid(), syscall.SIGWINCH)
		if os.Getppid() == 0 || errors.Is(err, syscall.EPERM) { // in a namespace there is no other
			return nil
		}
		return fmt.Errorf("%d: %w", os.Getppid(), err)
	}, ""},
	{"open the terminal", func(string) error {
		if _, err := os.Open("/dev/tty"); err == nil {
			return errors.New("opened")
		}
		return nil
	}, ""},
	{"send signals with the filter of an older Linux", func(string) error {
		runtime.LockOSThread()
		err := sandbox.FilterSignals()
		other := syscall.Kill(os.Getpid()+1, 0)
		self := syscall.Kill(os.Getpid(), syscall.SIGWINCH)
		_, _, ioctl := syscall.Syscall(syscall.SYS_IOCTL, 0, fioSetOwner, 0)
		if other != syscall.EPERM || self != nil || ioctl != syscall.EPERM {
			err = fmt.Errorf("to another process: %w, to itself: %w, by a socket: %w", other, self, ioctl)
		}
		return err
	}, ""},
}

const (
	timerCreate = 222
	fioSetOwner = 0x8901 // FIOSETOWN
	prioUser    = 2      // PRIO_USER
	noProcess   = 1 << 29
)

// ofOthers is for what a program cannot do to other processes of its user: it fails, unless
// there are none.
func ofOthers(try func(string) error) func(string) error {
	return func(name string) error {
		if os.Getppid() == 0 || os.Getuid() >= 1<<30 {
			return syscall.EPERM
		}
		return try(name)
	}
}

func dial(network string) func(string) error {
	return func(name string) error {
		conn, err := net.Dial(network, name)
		if err != nil {
			_, text, _ := strings.Cut(err.Error(), ": ")
			return errors.New(text)
		}
		return conn.Close()
	}
}

// number calls a system call by its number on amd64.
func number(trap uintptr, args ...uintptr) func(string) error {
	return func(string) error {
		args = append(args, make([]uintptr, 3)...)
		if trap == timerCreate {
			var id int32
			args[2] = uintptr(unsafe.Pointer(&id))
		}
		if _, _, errno := syscall.Syscall(trap, args[0], args[1], args[2]); errno != 0 {
			return errno
		}
		return nil
	}
}

// attempt makes the attempts, and prints what does not come of them as it should.
func attempt(socket string) {
	for _, a := range attempts {
		got := ""
		if err := a.try(socket); err != nil {
			got = err.Error()
		}
		if got != a.want {
			fmt.Printf("%s: %q, want %q\n", a.name, got, a.want)
		}
	}
	fmt.Println("end")
	os.Exit(0)
}

func TestConfinedProgramReachesNothingOfOthers(t *testing.T) {
	if err := sandbox.Filters(); err != nil || runtime.GOARCH != "amd64" {
		t.Skip(err)
	}
	exe, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	_, scratch := confined(t, "")
	os.Unsetenv("WORKBOOK_CONFINED")
	dir := filepath.Dir(scratch)
	file, socket := filepath.Join(dir, "attempt"), filepath.Join(dir, "socket")
	if err := errors.Join(os.WriteFile(file, exe, 0o755), os.Chmod(file, 0o755), os.Chmod(scratch, 0o777)); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if err := errors.Join(os.Chmod(socket, 0o777), dial("unix")(socket)); err != nil {
		t.Fatalf("a program that is not confined cannot connect: %v, or this test cannot fail", err)
	}
	for _, tt := range []struct {
		name     string
		lacks    error
		enclosed bool
		user     string // "" if it is that of this process
	}{
		{"with namespaces", sandbox.Namespaces(), true, ""},
		{"without namespaces", nil, false, ""},
		{"without namespaces, as an ordinary user", becomesUser(), false, "54322"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.lacks != nil {
				t.Skip(tt.lacks)
			}
			args := []string{file, file, socket}
			if tt.user != "" {
				args = append([]string{"setpriv", "--reuid", tt.user, "--regid", tt.user, "--clear-groups", "--inh-caps=-all"}, args...)
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir = "/"
			cmd.Env = append(os.Environ(), "SANDBOX_JUDGE="+scratch)
			if tt.enclosed {
				sandbox.Enclose(cmd)
			}
			got, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if diff := cmp.Diff("end\n", string(got)); diff != "" {
				t.Errorf("a confined program reaches (-want +got):\n%s", diff)
			}
		})
	}
}

// becomesUser returns nil if this process can start another user's.
func becomesUser() error {
	if os.Getuid() != 0 {
		return errors.New("only root can become another user")
	}
	_, err := exec.LookPath("setpriv")
	return err
}
