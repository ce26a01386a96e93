package clients

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/certificate"
	"example.com/workbook/testutil/kit/program"
)

var update = flag.Bool("update", false, "write CLIENTS.md, for which each client visits servers with other replies too")

const doc = "../CLIENTS.md"

// Each client works, and sends what CLIENTS.md says that it sends.
func TestClients(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("runs on Linux")
	}
	ftpd := build(t)
	want := readTable(t)
	var mu sync.Mutex
	got := make(map[string]row)
	t.Run("visit", func(t *testing.T) {
		for _, c := range All {
			t.Run(strings.ReplaceAll(c.Name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				r := c.measure(t, ftpd)
				if *update {
					r.Replies = c.wants(t, ftpd)
				} else if w := want[c.Name]; w.Version == r.Version {
					r.Replies = w.Replies
				}
				mu.Lock()
				defer mu.Unlock()
				got[c.Name] = r
			})
		}
	})
	if *update {
		writeTable(t, want, got)
		return
	}
	for _, c := range All {
		r, measured := got[c.Name]
		w, listed := want[c.Name]
		switch {
		case !listed:
			t.Errorf("CLIENTS.md has no row of %s: run this test with -update", c.Name)
		case !measured || r.Version != w.Version:
		default:
			if diff := cmp.Diff(w, r); diff != "" {
				t.Errorf("CLIENTS.md is out of date: run this test with -update (-want +got):\n%s", diff)
			}
		}
	}
}

// patience is how long a client may take. None comes near it, even on a busy machine.
const patience = 3 * time.Minute

// measure has the client visit the server, and records what it says.
func (c *Client) measure(t *testing.T, ftpd string) row {
	s, server := c.start(t, ftpd)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	version, err := c.FindVersion(ctx, s)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s, which .ci/clients installs: %v", c.Name, err)
		}
		t.Skipf("%s is not installed: %v", c.Name, err)
	}
	part := func(do func(ctx context.Context, s Site, rec *recorder) error) []*session {
		return recorded(t, s, same, func(s Site, rec *recorder) error { return do(ctx, s, rec) })
	}
	v := visit{
		read:  part(func(ctx context.Context, s Site, _ *recorder) error { return c.Fetch(ctx, s) }),
		write: part(func(ctx context.Context, s Site, _ *recorder) error { return c.Upload(ctx, s) }),
	}
	if len(c.Large) > 0 {
		v.large = part(c.interrupt)
		err := server.Await(ctx, func(text string) bool {
			_, after, ok := strings.Cut(text, "RETR /shelf/large.bin")
			return ok && strings.Contains(after, "err=")
		})
		if err != nil {
			t.Errorf("after ^C in %s the server still sends: %v", c.Name, err)
		}
	}
	return said(c, version, v)
}

func same(reply string) string { return reply }

// recorded returns what is said while do has a client visit the site.
func recorded(t *testing.T, s Site, rewrite func(reply string) string, do func(s Site, rec *recorder) error) []*session {
	t.Helper()
	rec, err := record(s.Addr, rewrite)
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = rec.addr()
	err = do(s, rec)
	rec.close()
	if err != nil {
		t.Fatal(err)
	}
	return rec.all()
}

// interrupt has the client fetch a file without an end, and interrupts it.
func (c *Client) interrupt(ctx context.Context, s Site, rec *recorder) error {
	file := filepath.Join(s.Root, s.Dir, "large.bin")
	if err := write(filepath.Dir(file), map[string]string{"large.bin": ""}); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := os.Truncate(file, 1<<40); err != nil {
		return err
	}
	p, err := s.start(c.Large[0])
	if err != nil {
		return err
	}
	defer p.Stop()
	if err := rec.await(p.Done(), sending); err != nil {
		return err
	}
	if err := receiving(ctx, p); err != nil {
		return err
	}
	if err := p.Interrupt(); err != nil {
		return err
	}
	_, err = p.Wait(ctx)
	return err
}

// sending reports whether large.bin is being sent.
func sending(sessions []*session, open int) bool {
	for _, s := range sessions {
		n := len(s.commands)
		if n > 0 && strings.HasSuffix(s.commands[n-1], "large.bin") && verb(s.commands[n-1]) == "RETR" &&
			strings.HasPrefix(s.replies[len(s.replies)-1], "150") {
			return true
		}
	}
	return false
}

// receiving waits until the process has written much of large.bin: before, some clients
// ignore an interrupt.
func receiving(ctx context.Context, p *program.Process) error {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", p.Pid()))
		if err != nil {
			return err
		}
		var read, written int64
		if _, err := fmt.Sscanf(string(text), "rchar: %d\nwchar: %d", &read, &written); err != nil {
			return err
		}
		if written > 1<<20 {
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wants returns what the client wants to read in replies: what makes it fail if it is
// missing.
func (c *Client) wants(t *testing.T, ftpd string) string {
	var all []string
	for _, ch := range changes {
		var good, bad int // some do not always fail, and all may on a busy machine
		for good < 2 && bad < 2 {
			if err := c.visitChanged(t, ftpd, ch); err != nil {
				t.Logf("without %s: %v", ch.wants, err)
				bad++
			} else {
				good++
			}
		}
		if bad == 2 {
			all = append(all, ch.wants)
		}
	}
	return orNone(strings.Join(all, ", "))
}

// visitChanged has the client visit a server with other replies.
func (c *Client) visitChanged(t *testing.T, ftpd string, ch change) error {
	s, p := c.start(t, ftpd)
	defer os.RemoveAll(s.Root) // all clients together would fill a disk
	defer os.RemoveAll(s.Temp)
	defer p.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second) // some wait forever
	defer cancel()
	rec, err := record(s.Addr, ch.rewrite)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.close()
	s.Addr = rec.addr()
	return c.Visit(ctx, s)
}

func readTable(t *testing.T) map[string]row {
	text, err := os.ReadFile(doc)
	if err != nil && !*update {
		t.Fatal(err)
	}
	rows := make(map[string]row)
	for line := range strings.Lines(string(text)) {
		if r, ok := parseRow(line); ok {
			rows[r.Name] = r
		}
	}
	return rows
}

const begin, until = "<!-- begin: go test ./solutions/ex8.2/clients -run TestClients -update -->\n", "<!-- end -->\n"

// writeTable writes the rows that are new, and keeps the others.
func writeTable(t *testing.T, old, rows map[string]row) {
	text, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	before, _, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(string(text), until)
	if !ok || !ok2 {
		t.Fatalf("%s has no lines %s and %s", doc, begin, until)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |\n%s|\n", strings.Join(header, " | "), strings.Repeat("|---", len(header)))
	for _, c := range All {
		r, ok := rows[c.Name]
		if !ok {
			r, ok = old[c.Name]
		}
		if ok {
			b.WriteString(r.String())
		}
	}
	if err := os.WriteFile(doc, []byte(before+begin+b.String()+until+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func build(t *testing.T) (ftpd string) {
	t.Helper()
	ftpd = filepath.Join(t.TempDir(), "ftpd")
	if out, err := exec.Command("go", "build", "-o", ftpd, "../ftpd").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return ftpd
}

// start starts ftpd, until the end of the test.
func (c *Client) start(t *testing.T, ftpd string) (Site, *program.Process) {
	t.Helper()
	s := Site{Root: t.TempDir(), Dir: "shelf", Temp: t.TempDir()}
	args := []string{"-port", "0", "-root", s.Root, "-write"}
	if c.TLS {
		cert, key, err := certificate.Write(s.Temp)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "-tls-cert", cert, "-tls-key", key)
	}
	p, err := program.Start(exec.Command(ftpd, args...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	err = p.Await(t.Context(), func(text string) bool {
		at, ok := program.Address(text)
		s.Addr = strings.Replace(at, "localhost", "127.0.0.1", 1)
		return ok && strings.HasSuffix(text, "\n")
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, p
}
