package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// A server is a program that is measured. All but raw log each transfer in a file, as they
// do on Debian.
type server struct {
	name    string
	ours    bool                                                // a failure is our fault
	find    func() (path string, err error)                     // nil if it is always here
	command func(st *site, path, port string) ([]string, error) // starts it in the foreground
	dial    func(addr string) (visit, error)
}

var servers = []server{
	{
		name: "raw", ours: true, dial: dialRaw,
		command: func(st *site, _, port string) ([]string, error) {
			self, err := os.Executable()
			return []string{self, rawArg, port, st.root}, err
		},
	},
	{
		name: "ftpd", ours: true, dial: dialFTP,
		command: func(st *site, _, port string) ([]string, error) {
			return []string{st.ftpd, "-port", port, "-root", st.root, "-write", "-max", "2000"}, nil
		},
	},
	{
		name: "before", ours: true, dial: dialFTP,
		command: func(st *site, _, port string) ([]string, error) {
			return []string{st.before, "-port", port, "-root", st.root, "-write", "-max", "2000"}, nil
		},
	},
	{name: "vsftpd", dial: dialFTP, find: finder("vsftpd"), command: vsftpd},
	{name: "pure-ftpd", dial: dialFTP, find: finder("pure-ftpd"), command: pureFTPd},
	{name: "proftpd", dial: dialFTP, find: finder("proftpd"), command: proftpd},
	{name: "pyftpdlib", dial: dialFTP, find: findPyftpdlib, command: pyftpdlib},
}

// addPeers makes finder and similar tables look into dir first.
func addPeers(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "usr")); err != nil {
		return err
	}
	libraries, err := filepath.Glob(filepath.Join(dir, "usr/lib/*-linux-gnu"))
	if err != nil {
		return err
	}
	for name, first := range map[string][]string{
		"PATH":            {filepath.Join(dir, "usr/sbin"), filepath.Join(dir, "usr/bin")},
		"LD_LIBRARY_PATH": libraries,
		"PYTHONPATH":      {filepath.Join(dir, "usr/lib/python3/dist-packages")},
	} {
		if old := os.Getenv(name); old != "" {
			first = append(first, old)
		}
		os.Setenv(name, strings.Join(first, string(filepath.ListSeparator)))
	}
	return nil
}

// finder returns a function that finds a program that only root can run as it is
// meant to be run.
func finder(name string) func() (string, error) {
	return func() (string, error) {
		path, err := exec.LookPath(name)
		if err != nil {
			if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
				return "", errors.New("not installed")
			}
		}
		if os.Getuid() != 0 {
			return "", errors.New("wants root")
		}
		return path, nil
	}
}

// findPyftpdlib returns the Python that has it. Packages of Debian are for Debian's.
func findPyftpdlib() (string, error) {
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import pyftpdlib.servers").Run() == nil {
			return python, nil
		}
	}
	return "", errors.New("not installed")
}

// present returns the servers that are here and serve the site, of those wanted, and
// says of each of the others why it is left out.
func (st *site) present(ctx context.Context) (here []server, missing []string) {
	for _, s := range servers {
		if st.servers != nil && !slices.Contains(st.servers, s.name) || s.name == "before" && st.before == "" {
			continue
		}
		r, err := s.start(ctx, st)
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s is left out: %v", s.name, err))
			continue
		}
		r.Stop()
		here = append(here, s)
	}
	return here, missing
}

// vsftpd needs a root that no user may write to. Its sandbox does not know the system
// calls of new kernels.
func vsftpd(st *site, path, port string) ([]string, error) {
	return withFTPUser(st, path, st.config("vsftpd.conf", `
listen=YES
background=NO
listen_address=127.0.0.1
listen_port=`+port+`
anonymous_enable=YES
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_root=`+st.root+`
ftp_username=ftp
nopriv_user=nobody
secure_chroot_dir=`+filepath.Join(st.temp, "empty")+`
seccomp_sandbox=NO
xferlog_enable=YES
vsftpd_log_file=`+filepath.Join(st.temp, "vsftpd.transfers")+`
max_clients=2000
max_per_ip=2000
`))
}

func pureFTPd(st *site, path, port string) ([]string, error) {
	return withFTPUser(st, path, "-S", "127.0.0.1,"+port, "-e", "-H", "-c", "2000", "-C", "2000", "-L", "20000:1",
		"-O", "clf:"+filepath.Join(st.temp, "pure-ftpd.transfers"))
}

func proftpd(st *site, path, port string) ([]string, error) {
	return withFTPUser(st, path, "-n", "-q", "-c", st.config("proftpd.conf", `
ServerType standalone
DefaultAddress 127.0.0.1
SocketBindTight on
Port `+port+`
User nobody
Group nogroup
MaxInstances none
DelayEngine off
UseReverseDNS off
WtmpLog off
TransferLog `+filepath.Join(st.temp, "proftpd.transfers")+`
PidFile `+filepath.Join(st.temp, "proftpd.pid")+`
ScoreboardFile `+filepath.Join(st.temp, "proftpd.scoreboard")+`
<Anonymous `+st.root+`>
  User ftp
  Group nogroup
  UserAlias anonymous ftp
  RequireValidShell off
</Anonymous>
`))
}

func pyftpdlib(st *site, python, port string) ([]string, error) {
	return []string{python, "-c", `
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_anonymous(sys.argv[2], perm="elrw")
FTPServer.max_cons = 2000
FTPServer(("127.0.0.1", int(sys.argv[1])), FTPHandler, backlog=1000).serve_forever()
`, port, st.root}, nil
}

// config writes a configuration and returns its path. (Where it cannot, the server
// says so.)
func (st *site) config(name, text string) string {
	file := filepath.Join(st.temp, name)
	os.WriteFile(file, []byte(text), 0o644)
	return file
}

// withFTPUser returns the command that runs a program where there is a user ftp, whose
// home the files are: in a mount namespace with another /etc/passwd.
func withFTPUser(st *site, args ...string) ([]string, error) {
	passwd := st.config("passwd", "root:x:0:0:root:/root:/bin/sh\n"+
		"nobody:x:65534:65534::/nonexistent:/bin/sh\n"+
		"ftp:x:65533:65534::"+st.root+":/bin/sh\n")
	return append([]string{"unshare", "--mount", "sh", "-c", `mount --bind "$0" /etc/passwd && exec "$@"`, passwd}, args...), nil
}

// patience is how long a server may take to start, and for each step of a client.
const patience = 2 * time.Minute

// A running server is one that serves a site.
type running struct {
	*program.Process
	addr string
	log  string // the file with what it prints
}

// start starts a server and waits until it serves. The caller must call Stop.
func (s server) start(ctx context.Context, st *site) (r *running, err error) {
	for range 3 { // another program may take the port before the server does
		if r, err = s.tryToStart(ctx, st); err == nil {
			break
		}
	}
	return r, err
}

func (s server) tryToStart(ctx context.Context, st *site) (*running, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	var path string
	if s.find != nil {
		if path, err = s.find(); err != nil {
			return nil, err
		}
	}
	args, err := s.command(st, path, port)
	if err != nil {
		return nil, err
	}
	r := &running{addr: net.JoinHostPort("127.0.0.1", port), log: filepath.Join(st.temp, s.name+".log")}
	args = append([]string{"-c", `exec "$@" >"$0" 2>&1`, r.log}, args...)
	if r.Process, err = program.Start(exec.Command("sh", args...)); err != nil {
		return nil, err
	}
	if err := s.await(ctx, r); err != nil {
		r.Stop()
		text, _ := os.ReadFile(r.log)
		return nil, errors.New(strings.TrimSpace(fmt.Sprintf("it does not serve: %v\n%s", err, text)))
	}
	return r, nil
}

// await waits until a client is served.
func (s server) await(ctx context.Context, r *running) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		v, err := s.dial(r.addr)
		if err == nil {
			return v.quit()
		}
		select {
		case <-again.C:
		case <-r.Done():
			return errors.New("it has ended")
		case <-ctx.Done():
			return err
		}
	}
}

// freePort returns a port of localhost that is free at the moment.
func freePort() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port), nil
}
