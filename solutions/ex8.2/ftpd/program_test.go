package main

import (
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// startProgram starts ftpd as a process, until the end of the test.
func startProgram(t *testing.T, args ...string) *program.Process {
	t.Helper()
	p, err := program.Start(program.Command(args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// A programSite is a site whose server is a process of its own.
type programSite struct {
	*site
	*program.Process
}

// startFTPD starts ftpd with an empty root, until the end of the test.
func startFTPD(t *testing.T, args ...string) *programSite {
	t.Helper()
	s := &site{dir: t.TempDir()}
	args = append([]string{"-port", "0", "-root", s.dir}, args...)
	return awaitFTPD(t, s, startProgram(t, args...))
}

// awaitFTPD waits until ftpd tells its address.
func awaitFTPD(t *testing.T, s *site, p *program.Process) *programSite {
	t.Helper()
	var ok bool
	if err := p.Await(t.Context(), func(text string) bool {
		s.addr, ok = program.Address(text)
		return ok && strings.HasSuffix(text, "\n")
	}); err != nil {
		t.Fatal(err)
	}
	return &programSite{s, p}
}

func TestWrongUsageIsReported(t *testing.T) {
	ln, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	_, taken, _ := net.SplitHostPort(ln.Addr().String())
	dir := t.TempDir()
	put(t, dir, files{"file": ""})
	file := filepath.Join(dir, "file")
	tests := []struct {
		name string
		args []string
		want string // in the first line
	}{
		{"port_that_is_no_number", []string{"-port", "x"}, "-port"},
		{"port_that_cannot_be", []string{"-port", "70000"}, "70000"},
		{"port_that_wraps_round", []string{"-port", "4294975306"}, "4294975306"},
		{"port_that_is_taken", []string{"-port", taken}, taken},
		{"root_that_is_not_there", []string{"-port", "0", "-root", filepath.Join(dir, "nosuch")}, "nosuch"},
		{"root_that_is_a_file", []string{"-port", "0", "-root", filepath.Join(dir, "file")}, "file"},
		{"argument", []string{"-port", "0", "extra"}, `"extra"`},
		{"no_session", []string{"-port", "0", "-max", "0"}, "-max"},
		{"no_time", []string{"-port", "0", "-idle", "0s"}, "-idle"},
		{"no_password", []string{"-port", "0", "-user", "ann"}, "-user ann"},
		{"empty_password", []string{"-port", "0", "-user", "ann", "-password-file", file}, "-user ann"},
		{"password_file_that_is_not_there", []string{"-port", "0", "-user", "ann", "-password-file", "nosuch"}, "nosuch"},
		{"password_of_nobody", []string{"-port", "0", "-password-file", file}, "-user"},
		{"certificate_without_a_key", []string{"-port", "0", "-tls-cert", file}, "-tls-key"},
		{"key_without_a_certificate", []string{"-port", "0", "-tls-key", file}, "-tls-cert"},
		{"certificate_that_is_not_there", []string{"-port", "0", "-tls-cert", "nosuch", "-tls-key", file}, "nosuch"},
		{"certificate_that_is_none", []string{"-port", "0", "-tls-cert", file, "-tls-key", file}, "-tls-cert " + file},
		{"no_certificate", []string{"-port", "0", "-tls-only"}, "-tls-cert"},
		{"flag_that_is_not_known", []string{"-colour"}, "-colour"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := startProgram(t, tt.args...)
			status, err := p.Wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			first, rest, _ := strings.Cut(p.Stderr(), "\n")
			if status == 0 || !strings.Contains(first, tt.want) || strings.Contains(p.Output(), "listening on") {
				t.Errorf("%v: exit status %d, and prints\n%s\nwant another status than 0, %s in the first line, and nothing of listening", p, status, p.Output(), tt.want)
			}
			if rest != "" && !strings.HasPrefix(rest, "Usage") {
				t.Errorf("%v prints\n%s\nwant one line, or the usage after it", p, p.Stderr())
			}
		})
	}
}

func TestInterruptLetsATransferFinish(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no interrupt of another process")
	}
	p := startFTPD(t)
	s := p.site
	s.sparse(t, "large.bin", large)
	idle, c := s.login(t), s.login(t)
	data := c.begin("RETR large.bin")
	if err := p.Interrupt(); err != nil {
		t.Fatal(err)
	}
	idle.want(421) // the interrupt has come
	if got := c.count(data); got != large {
		t.Errorf("RETR large.bin sends %d bytes after an interrupt, want %d", got, large)
	}
	c.want(226, 421)
	if status, err := p.Wait(t.Context()); status != 0 || err != nil {
		t.Errorf("%v: exit status %d, %v, after an interrupt, want 0", p.Process, status, err)
	}
	if want := fmt.Sprintf("RETR /large.bin\" bytes=%d", large); !strings.Contains(p.Stderr(), want) {
		t.Errorf("%v: standard error is\n%s\nwant %s in it", p.Process, p.Stderr(), want)
	}
}
