package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"
)

// The task shows a session with the standard ftp command. It is what one sees.
func TestSessionInTheTaskIsTrue(t *testing.T) {
	ftp, err := exec.LookPath("tnftp")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("tnftp is not installed: %v", err)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "exercises", "ex8.2", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, session, ok := strings.Cut(string(text), "$ ftp -n localhost 8021\n")
	session, _, end := strings.Cut(session, "```")
	if !ok || !end {
		t.Fatal("exercises/ex8.2/README.md shows no session with ftp -n localhost 8021")
	}

	server, err := program.Start(program.Command("-port", "0", "-root", filepath.Join("testdata", "sample")))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	var port string
	err = server.Await(t.Context(), func(text string) bool {
		address, ok := program.Address(text)
		port = address[strings.LastIndex(address, ":")+1:]
		return ok && strings.HasSuffix(text, "\n")
	})
	if err != nil {
		t.Fatal(err)
	}

	var typed []string
	for _, m := range regexp.MustCompile(`(?m)^ftp> (.+)$`).FindAllStringSubmatch(session, -1) {
		typed = append(typed, m[1])
	}
	client := exec.CommandContext(t.Context(), ftp, "-n", "-v", "127.0.0.1", port)
	client.Dir = t.TempDir()
	client.Stdin = strings.NewReader(strings.Join(typed, "\n") + "\n")
	client.WaitDelay = suite.Patience()
	out, err := client.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", client, err, out)
	}
	if diff := cmp.Diff(replies(session), replies(string(out))); diff != "" {
		t.Errorf("exercises/ex8.2/README.md and what ftp prints mismatch in what the server sends (-want +got):\n%s", diff)
	}
}

// replies returns what the server has sent, with # for what varies. It is sorted,
// since the files of a directory come in any order.
func replies(session string) []string {
	varying := regexp.MustCompile(`\|\|\|\d+\||\w\w\w [ \d]\d [ \d:]{5} |in .*B/s\)`)
	var lines []string
	for line := range strings.Lines(session) {
		if regexp.MustCompile(`^(\d\d\d |[d-]r)`).MatchString(line) {
			lines = append(lines, varying.ReplaceAllString(strings.TrimSpace(line), "#"))
		}
	}
	slices.Sort(lines)
	return lines
}
