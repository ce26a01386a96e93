package ftptest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"example.com/workbook/testutil/suites/suite"
)

// hostsEnv names, in the environment of a process that is in namespaces of its own, the file
// that is to be its /etc/hosts.
const (
	hostsEnv  = "FTPTEST_HOSTS"
	noIPv6Env = "FTPTEST_NO_IPV6"
)

// The verdicts do not depend on what localhost is, nor on whether there is IPv6.
func TestSuiteRunsWhateverLocalhostIs(t *testing.T) {
	for _, tt := range []struct {
		name, hosts string
		noIPv6      bool
	}{
		{"IPv6_first", "::1 localhost\n127.0.0.1 localhost\n", false},
		{"IPv4_alone", "127.0.0.1 localhost\n", false},
		{"no_IPv6", "127.0.0.1 localhost\n", true},
		{"no_IPv6_and_yet_its_name", "::1 localhost\n127.0.0.1 localhost\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if suite.Slow(t) == "" {
				t.Skip("runs other tests of this package again; runs if the environment variable WORKBOOK_SLOW is set")
			}
			t.Parallel()
			hosts := filepath.Join(t.TempDir(), "hosts")
			if err := os.WriteFile(hosts, []byte(tt.hosts), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "-test.run=^(TestServerWith(PASV|PORT)Alone|TestServerOnIPv6.*|TestClientReaches.*|TestListenerIsFound.*|TestLocalhostIs)$", "-test.v")
			cmd.Env = append(os.Environ(), hostsEnv+"="+hosts, "WORKBOOK_SLOW=")
			if tt.noIPv6 {
				cmd.Env = append(cmd.Env, noIPv6Env+"=1")
			}
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
				UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
			}
			out, err := cmd.CombinedOutput()
			if cmd.Process == nil || cmd.ProcessState.ExitCode() == noNamespaces {
				t.Skipf("this machine has no namespaces: %v\n%s", err, out)
			}
			if err != nil {
				t.Errorf("with the hosts\n%sand IPv6 %v, the tests fail: %v\n%s", tt.hosts, !tt.noIPv6, err, out)
			}
			if want := "--- PASS: TestLocalhostIs"; !strings.Contains(string(out), want) {
				t.Errorf("the tests printed no %q:\n%s", want, out)
			}
		})
	}
}

// TestLocalhostIs shows that the hosts of [TestSuiteRunsWhateverLocalhostIs] hold in it.
func TestLocalhostIs(t *testing.T) {
	hosts := os.Getenv(hostsEnv)
	if hosts == "" {
		t.Skip("runs in TestSuiteRunsWhateverLocalhostIs")
	}
	want, err := os.ReadFile(hosts)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("/etc/hosts"); err != nil || string(got) != string(want) {
		t.Errorf("/etc/hosts is %q, want %q (%v)", got, want, err)
	}
	ln, err := net.Listen("tcp", "[::1]:0")
	if err == nil {
		ln.Close()
	}
	if noIPv6 := os.Getenv(noIPv6Env) != ""; noIPv6 != (err != nil) {
		t.Errorf("listening on ::1: %v, want an error: %v", err, noIPv6)
	}
}

// noNamespaces is the exit status of a process that cannot change its localhost.
const noNamespaces = 77

// setLocalhost gives this process, which is in namespaces of its own, the localhost that its
// environment asks for.
func setLocalhost() {
	hosts := os.Getenv(hostsEnv)
	if hosts == "" || os.Getenv("FTPTEST_IS_SET") != "" {
		return
	}
	os.Setenv("FTPTEST_IS_SET", "1") // for processes that this one starts
	if err := changeLocalhost(hosts, os.Getenv(noIPv6Env) != ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(noNamespaces)
	}
}

func changeLocalhost(hosts string, noIPv6 bool) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mount /: %w", err)
	}
	if err := syscall.Mount(hosts, "/etc/hosts", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount /etc/hosts: %w", err)
	}
	if noIPv6 {
		for _, name := range []string{"all", "lo"} {
			err := os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("1"), 0)
			if err != nil && !os.IsNotExist(err) { // this machine may have none
				return err
			}
		}
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return fmt.Errorf("bring up the loopback network: %w", errno)
	}
	return nil
}
