package clients

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

var kills = flag.Int("kills", 0, "kill each client `n` times in an upload, and write the table in README.md")

// fewKills is how often each client is killed without that flag.
const fewKills = 5

// An uploader is a client that uploads large.bin as DIR/old.bin, 1 MiB a second, without TLS
// and with it.
type uploader struct {
	client     string // of All
	plain, tls Line
}

var uploaders = []uploader{
	{
		"curl",
		line("curl", "-q", "-sS", "--limit-rate", "1M", "-T", "large.bin", "ftp://HOST:PORT/DIR/old.bin"),
		line("curl", "-q", "-sS", "--limit-rate", "1M", "-k", "--ssl-reqd", "-T", "large.bin", "ftp://HOST:PORT/DIR/old.bin"),
	},
	{
		"lftp",
		line("lftp", "--norc", "-c", lftpPut),
		line("lftp", "--norc", "-c", "set ftp:ssl-force yes; set ftp:ssl-protect-data yes; "+lftpPut),
	},
	{
		"rclone",
		line("rclone", "--retries=1", "--low-level-retries=1", "--bwlimit=1M", "copyto", "large.bin", rclone+"/old.bin"),
		line("rclone", "--retries=1", "--low-level-retries=1", "--bwlimit=1M", "--ftp-explicit-tls", "--ftp-no-check-certificate", "copyto", "large.bin", rclone+"/old.bin"),
	},
	{
		"Python, ftplib",
		line("/usr/bin/python3", "SCRIPTS/put_ftplib.py", "HOST", "PORT", "DIR"),
		line("/usr/bin/python3", "SCRIPTS/put_ftplib.py", "HOST", "PORT", "DIR", "tls"),
	},
}

const lftpPut = lftpSettings + "set net:limit-rate 0:1M; open -p PORT -u anonymous,guest@example.com HOST; put large.bin -o DIR/old.bin"

// A client that is killed in an upload leaves the old file whole, wherever the server can
// know that it was killed.
func TestKilledUploadLeavesTheOldFile(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" && *kills == 0 {
		t.Skip("kills many clients; runs if the environment variable WORKBOOK_SLOW is set")
	}
	n := *kills
	if n == 0 {
		n = fewKills
	}
	ftpd := build(t)
	rows := make([]string, len(uploaders))
	t.Run("kill", func(t *testing.T) {
		for i, u := range uploaders {
			t.Run(strings.ReplaceAll(u.client, " ", "_"), func(t *testing.T) {
				t.Parallel()
				rows[i] = u.row(t, ftpd, n)
			})
		}
	})
	t.Logf("how often a part has replaced the file: by SIGINT, by SIGKILL, and both over TLS\n%s", strings.Join(rows, ""))
	if *kills > 0 && !t.Failed() {
		writeKills(t, strings.Join(rows, ""))
	}
}

// row returns the line of the table for a client.
func (u uploader) row(t *testing.T, ftpd string, n int) string {
	c := &All[slices.IndexFunc(All, func(c Client) bool { return c.Name == u.client })]
	version, err := c.FindVersion(t.Context(), Site{Temp: t.TempDir()})
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed: %v", c.Name, err)
	}
	row := fmt.Sprintf("| %s %s |", c.Name, version)
	for _, tls := range []bool{false, true} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			replaced := u.kill(t, ftpd, tls, signal, n)
			row += fmt.Sprintf(" %d of %d |", replaced, n)
			if replaced == n {
				t.Errorf("each of %d uploads (TLS: %v) that ended by %v has replaced the file by a part, want few or none", n, tls, signal)
			}
		}
	}
	return row + "\n"
}

// kill kills the client n times in an upload, and returns how often a part of the new file has
// replaced the old.
func (u uploader) kill(t *testing.T, ftpd string, tls bool, signal syscall.Signal, n int) (replaced int) {
	s, server := (&Client{TLS: tls}).start(t, ftpd)
	defer server.Stop()
	args := u.plain
	if tls {
		args = u.tls
	}
	dir := filepath.Join(s.Root, s.Dir)
	if err := write(s.home(), map[string]string{"large.bin": ""}); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(s.home(), "large.bin"), 1<<40); err != nil { // without an end
		t.Fatal(err)
	}
	for i := range n {
		if err := write(dir, map[string]string{"old.bin": "old\n"}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		p, err := s.start(args)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		if err := uploading(ctx, p, dir); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(p.Pid(), signal); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Wait(ctx); err != nil {
			t.Fatal(err)
		}
		err = server.Await(ctx, func(text string) bool { return strings.Count(text, "STOR /shelf/old.bin") == i+1 })
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "old.bin")); err != nil || string(text) != "old\n" {
			replaced++
		}
		if err := finished(ctx, dir); err != nil {
			t.Fatal(err)
		}
	}
	return replaced
}

// partials returns the names of uploads under way.
func partials(dir string) []string {
	names, _ := filepath.Glob(filepath.Join(dir, ".ftpd-*"))
	return names
}

// finished waits until the server has removed the partial file, which it does right after it has
// logged the end of the upload.
func finished(ctx context.Context, dir string) error {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for partials(dir) != nil {
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("after an upload that was killed there is %q, want no partial file", partials(dir))
		}
	}
	return nil
}

// uploading waits until the upload has gone on for a second or more. (At the beginning curl and
// lftp send 1 MiB at once.)
func uploading(ctx context.Context, p *program.Process, dir string) error {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		for _, name := range partials(dir) {
			if info, err := os.Stat(name); err == nil && info.Size() > 2<<20 {
				return nil
			}
		}
		select {
		case <-look.C:
		case <-p.Done():
			return fmt.Errorf("%v has ended before its upload:\n%s", p, p.Output())
		case <-ctx.Done():
			return fmt.Errorf("%v uploads nothing:\n%s", p, p.Output())
		}
	}
}

var killsTable = regexp.MustCompile(`(?s)(<!-- begin: kills -->\n).*(<!-- end: kills -->)`)

// writeKills writes the table into the README.
func writeKills(t *testing.T, rows string) {
	const readme = "../README.md"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	m := killsTable.FindSubmatchIndex(text)
	if m == nil {
		t.Fatalf("%s has no marks that say begin: and end: kills", readme)
	}
	const head = "| client | `kill -INT` | `kill -KILL` | `-INT`, TLS | `-KILL`, TLS |\n|---|---:|---:|---:|---:|\n"
	if err := os.WriteFile(readme, slices.Concat(text[:m[3]], []byte(head+rows), text[m[4]:]), 0o644); err != nil {
		t.Fatal(err)
	}
}
