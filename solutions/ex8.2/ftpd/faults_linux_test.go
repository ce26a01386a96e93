package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// shell returns the command that runs ftpd after what a line of sh does. In it, $0
// stands for the directory dir.
func shell(line, dir string, args ...string) *exec.Cmd {
	ftpd := program.Command(append([]string{"-port", "0", "-root", dir}, args...)...)
	cmd := exec.Command("sh", append([]string{"-c", line + ` && exec "$@"`, dir}, ftpd.Args...)...)
	cmd.Env = ftpd.Env
	return cmd
}

// startOnDisk starts ftpd with a root on a disk of 1 MiB of its own, in memory, which
// no other process sees. It holds the file old.txt.
func startOnDisk(t *testing.T, line string, args ...string) *programSite {
	t.Helper()
	s := &site{dir: t.TempDir()}
	flags := "-m"
	if os.Getuid() != 0 {
		flags = "-rm"
	}
	if out, err := exec.Command("unshare", flags, "mount", "-t", "tmpfs", "none", s.dir).CombinedOutput(); err != nil {
		t.Skipf("this machine does not let us mount a disk in memory: unshare %s: %v: %s", flags, err, out)
	}
	cmd := shell(`mount -t tmpfs -o size=1m none "$0" && echo old >"$0/old.txt" && `+line, s.dir, args...)
	cmd.Args = append([]string{"unshare", flags}, cmd.Args...)
	var err error
	if cmd.Path, err = exec.LookPath("unshare"); err != nil {
		t.Fatal(err)
	}
	p, err := program.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return awaitFTPD(t, s, p)
}

// usage returns what the server holds.
func (s *programSite) usage(t *testing.T) program.Usage {
	t.Helper()
	usage, err := program.UsageOf(s.Pid())
	if err != nil {
		t.Fatal(err)
	}
	return usage
}

// level returns a function that waits until the server has no more files and connections
// open than now, with one client, who stays.
func (s *programSite) level(t *testing.T) (wait func()) {
	t.Helper()
	s.login(t)
	before := s.usage(t).Files
	return func() {
		t.Helper()
		eventually(t, fmt.Sprintf("%d files and connections are open", before), func() bool { return s.usage(t).Files <= before })
	}
}

func TestDiskFull(t *testing.T) {
	s := startOnDisk(t, "true", "-write")
	wantFiles := s.level(t)
	text := strings.Repeat("0123456789abcdef", 4<<16) // 4 MiB
	for _, tt := range []struct{ name, typ, line string }{
		{"STOR_of_a_new_file", "TYPE I", "STOR new.bin"},
		{"STOR_of_a_file_that_is_there", "TYPE I", "STOR old.txt"},
		{"APPE", "TYPE I", "APPE old.txt"},
		{"STOR_of_text", "TYPE A", "STOR new.bin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := s.login(t)
			c.do(tt.typ, 200)
			data := c.begin(tt.line)
			io.WriteString(data, text) // of which the server does not read all
			data.Close()
			c.want(452)
			c.talk([]step{
				{"TYPE I", 200, ""},
				{"NLST", 226, "old.txt\r\n"}, // and nothing of the upload
				{"RETR old.txt", 226, "old\n"},
				{"STOR small.txt", 226, "small\n"},
				{"DELE small.txt", 250, ""},
				{"QUIT", 221, ""},
			})
		})
	}
	// A STOR after REST must first copy what is there, but not for a client who cannot send.
	c := s.login(t)
	rest := step{fmt.Sprintf("REST %d", 800<<10), 350, ""}
	c.talk([]step{{"STOR large.bin", 226, text[:800<<10]}, rest, {"STOR large.bin", 425, ""}, rest})
	c.begin("STOR large.bin")
	c.want(452)
	c.talk([]step{{"SIZE large.bin", 213, ""}, {"DELE large.bin", 250, ""}, {"QUIT", 221, ""}})
	wantFiles()
}

func TestReadOnlyFileSystem(t *testing.T) {
	s := startOnDisk(t, `mkdir "$0/sub" && mount -o remount,bind,ro "$0"`, "-write")
	wantFiles := s.level(t)
	c := s.login(t)
	c.data()
	c.talk([]step{
		{"STOR new.txt", 550, ""}, {"STOR old.txt", 550, ""}, {"APPE old.txt", 550, ""}, {"STOU", 550, ""},
		{"MKD new", 550, ""}, {"RMD sub", 550, ""}, {"DELE old.txt", 550, ""}, {"RNFR old.txt", 350, ""}, {"RNTO new.txt", 550, ""},
		{"NLST o*", 226, "old.txt\r\n"},
		{"RETR old.txt", 226, "old\n"},
		{"QUIT", 221, ""},
	})
	wantFiles()
}

// When it may open no more files, the server goes on with those that it has, and takes
// the clients that wait as soon as it can.
func TestDescriptorLimit(t *testing.T) {
	s := &site{dir: t.TempDir()}
	all := files{"small.txt": smallFile["small.txt"], "sub/x.txt": "x\n", "sub/deep/": ""}
	put(t, s.dir, all)
	p, err := program.Start(shell("ulimit -n 50", s.dir, "-write"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	ftpd := awaitFTPD(t, s, p)
	wantFiles := ftpd.level(t)
	first := ftpd.login(t)
	var waiting []*client
	for range 60 { // they connect: the kernel does that
		waiting = append(waiting, ftpd.dial(t))
	}
	if err := p.Await(t.Context(), func(text string) bool { return strings.Contains(text, "too many open files") }); err != nil {
		t.Fatal(err)
	}
	first.talk([]step{{"PWD", 257, ""}, {"EPSV", 425, ""}, {"NOOP", 200, ""}})
	// A file is not missing only since it cannot be had now.
	for _, line := range []string{
		"RETR small.txt", "LIST", "NLST *", "MLSD sub", "STAT sub", "STOR new.txt", "APPE small.txt", // open a file
		"CWD sub/deep", "SIZE sub/x.txt", "MDTM sub/x.txt", "MLST sub/x.txt", "RNFR sub/x.txt", "DELE sub/x.txt", "MKD sub/new", "RMD sub/deep", // open sub
	} {
		first.do(line, 450)
	}
	// One after another leaves, and makes room.
	for _, c := range waiting {
		c.want(220)
		c.do("QUIT", 221)
	}
	first.talk(append([]step{{"TYPE I", 200, ""}}, fetchSmallFile...))
	first.do("QUIT", 221)
	if diff := cmp.Diff(all, tree(t, s.dir)); diff != "" {
		t.Errorf("the files are not as they should be (-want +got):\n%s", diff)
	}
	wantFiles()
}

// Ten thousand clients who connect and say nothing keep a thousand places for a
// minute, of a few kibibytes each. The others are sent away, and as soon as one leaves,
// there is room.
func TestTenThousandClientsWhoSayNothing(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("takes some seconds; runs if the environment variable WORKBOOK_SLOW is set")
	}
	const n, room, perSession = 10_000, 1000, 32 << 10
	binary := filepath.Join(t.TempDir(), "ftpd") // without the race detector, which takes much memory
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	s := &site{dir: t.TempDir()}
	p, err := program.Start(exec.Command(binary, "-port", "0", "-root", s.dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	ftpd := awaitFTPD(t, s, p)
	wantFiles := ftpd.level(t)
	before := ftpd.usage(t)

	conns := make([]net.Conn, n)
	greetings := make([]string, n)
	var welcome atomic.Int64
	var group errgroup.Group
	group.SetLimit(64)
	for i := range n {
		group.Go(func() error {
			conn, err := net.Dial("tcp", s.addr)
			if err != nil {
				return err
			}
			conns[i] = conn
			conn.SetDeadline(time.Now().Add(patience))
			greetings[i], err = bufio.NewReader(conn).ReadString('\n')
			if strings.HasPrefix(greetings[i], "220 ") {
				welcome.Add(1)
			} else if !strings.HasPrefix(greetings[i], "421 ") {
				err = fmt.Errorf("client %d is greeted %q, %w, want 220 or 421", i, greetings[i], err)
			}
			return err
		})
	}
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				conn.Close()
			}
		}
	}()
	if err := group.Wait(); err != nil {
		t.Fatal(err) // e.g., this process may open too few files
	}
	if got := welcome.Load(); got != room-1 { // with one who was here before
		t.Errorf("%d of %d clients are welcome, want %d", got, n, room-1)
	}
	if each := (ftpd.usage(t).Memory - before.Memory) / room; each > perSession {
		t.Errorf("%d sessions that say nothing take %d bytes each, want at most %d", room, each, perSession)
	} else {
		t.Logf("%d sessions that say nothing take %d KiB each", room, each>>10)
	}

	for i, conn := range conns { // the first who is in leaves
		if strings.HasPrefix(greetings[i], "220 ") {
			conn.Close()
			break
		}
	}
	var c *client
	eventually(t, "there is room again", func() bool {
		c = ftpd.dial(t)
		code, _, err := c.Text.ReadResponse(0)
		return code == 220 && err == nil
	})
	c.do("USER anonymous", 331)
	c.do("QUIT", 221)
	for _, conn := range conns {
		conn.Close()
	}
	wantFiles()
}

// Half of a hundred clients fetch, and half send, when the server is told to end. All
// get and send the rest.
func TestTerminationLetsAHundredTransfersFinish(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("takes some seconds; runs if the environment variable WORKBOOK_SLOW is set")
	}
	const n, size = 100, 8 << 20 // more than one connection takes whose client has a small buffer
	ftpd := startFTPD(t, "-write")
	ftpd.sparse(t, "large.bin", size)
	idle := ftpd.login(t)
	clients := make([]*client, n)
	data := make([]*net.TCPConn, n)
	half := make([]byte, 100_000)
	for i := range n {
		c := ftpd.login(t)
		line := "RETR large.bin"
		if i%2 == 1 {
			line = fmt.Sprintf("STOR %d.bin", i)
		}
		clients[i], data[i] = c, c.begin(line)
		if i%2 == 0 {
			data[i].SetReadBuffer(64 << 10)
		} else if _, err := data[i].Write(half); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Kill(ftpd.Pid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	idle.want(421) // it has come
	// Another program may listen there, for a while, to whom the kernel has given the
	// port since. A server that keeps it for so long cuts the transfers below.
	eventually(t, "no server listens at "+ftpd.addr, func() bool {
		conn, err := net.Dial("tcp", ftpd.addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	var group errgroup.Group
	for i := range n {
		group.Go(func() error {
			defer data[i].Close()
			if i%2 == 1 {
				_, err := data[i].Write(half)
				return err
			}
			got, err := io.Copy(io.Discard, data[i])
			if got != size || err != nil {
				return fmt.Errorf("RETR large.bin sends %d bytes, %v, want %d", got, err, size)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	for _, c := range clients {
		c.want(226, 421)
		c.wantEnd()
	}
	if status, err := ftpd.Wait(t.Context()); status != 0 || err != nil {
		t.Errorf("%v: exit status %d, %v, want 0\n%s", ftpd.Process, status, err, ftpd.Output())
	}
	all, err := os.ReadDir(ftpd.dir)
	if err != nil || len(all) != 1+n/2 {
		t.Errorf("there are %d files, %v, want large.bin and %d that were sent, and no partial ones: %v", len(all), err, n/2, all)
	}
	for _, f := range all {
		if info, err := f.Info(); err != nil || f.Name() != "large.bin" && info.Size() != int64(2*len(half)) {
			t.Errorf("%s has %d bytes, %v, want %d", f.Name(), info.Size(), err, 2*len(half))
		}
	}
}
