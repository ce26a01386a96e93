package main

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/suites/suite"
)

// linkedFiles are a tree with links to files, to directories, in circles, and out.
func linkedFiles() files {
	return files{
		"data/1.txt":      "one\n",
		"data/2.txt":      "two\n",
		"trash/3.txt":     "three\n",
		"trash/dir":       arrow + "../data",
		"trash/file":      arrow + "../data/1.txt",
		"trash/nowhere":   arrow + "nosuch",
		"trash/sub/4.txt": "four\n",
		"trash/sub/all":   arrow + "../..",
		"trash/sub/up":    arrow + "..",
		"p/a/a.txt":       "a\n",
		"p/a/b":           arrow + "../b",
		"p/b/b.txt":       "b\n",
		"p/b/a":           arrow + "../a",
		"p/out":           arrow + "../../private",
	}
}

func TestLinkIsListedAsALink(t *testing.T) {
	c := start(t, defaults, linkedFiles()).login(t)
	middle := regexp.MustCompile(` 1 ftp ftp .* \d\d:\d\d |size=.*; |modify=.*; `) // what differs from day to day
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"LIST trash", []string{"-rw-r--r-- 3.txt", "drwxr-xr-x sub", "lrwxrwxrwx dir -> ../data", "lrwxrwxrwx file -> ../data/1.txt"}},
		{"LIST -a trash/sub", []string{"-rw-r--r-- 4.txt", "lrwxrwxrwx all -> ../..", "lrwxrwxrwx up -> .."}},
		{"LIST trash/file", []string{"lrwxrwxrwx file -> ../data/1.txt"}},
		{"LIST trash/d*", []string{"lrwxrwxrwx dir -> ../data"}},
		{"LIST trash/dir", []string{"-rw-r--r-- 1.txt", "-rw-r--r-- 2.txt"}}, // as after CWD trash/dir
		{"LIST p", []string{"drwxr-xr-x a", "drwxr-xr-x b"}},
		{"NLST trash", []string{"trash/3.txt", "trash/dir", "trash/file", "trash/sub"}},
		{"MLSD trash", []string{"type=OS.unix=symlink; dir", "type=OS.unix=symlink; file", "type=dir; sub", "type=file; 3.txt"}},
	} {
		got := sorted(t, middle.ReplaceAllString(c.fetch(tt.line), " "))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, diff)
		}
	}
	if got := c.do("MLST trash/file", 250); strings.Contains(got, "unix.mode") {
		t.Errorf("the reply to MLST of a link is %q, want no mode: a client would give it to its copy", got)
	}
	for line, want := range map[string]string{
		"MLST trash/dir":  "\n type=OS.unix=symlink;",
		"MLST trash/file": "\n type=OS.unix=symlink;",
		"STAT trash":      " dir -> ../data\n",
		"STAT trash/file": " file -> ../data/1.txt\n",
	} {
		if got := c.do(line, map[bool]int{true: 250, false: 213}[line[0] == 'M']); !strings.Contains(got, want) {
			t.Errorf("the reply to %s is %q, want %q in it", line, got, want)
		}
	}
}

// A tool is a client that removes or fetches whole trees. ADDRESS and PORT in args stand
// for the server.
type tool struct {
	program string
	args    []string
}

// run lets the tool do its work in a directory.
func (c tool) run(t *testing.T, s *site, dir string) (out string) {
	t.Helper()
	file, err := exec.LookPath(c.program)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed: %v", c.program, err)
	}
	words := strings.NewReplacer("ADDRESS", s.addr, "PORT", s.addr[strings.LastIndex(s.addr, ":")+1:])
	var args []string
	for _, arg := range c.args {
		args = append(args, words.Replace(arg))
	}
	cmd := exec.CommandContext(t.Context(), file, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	cmd.WaitDelay = suite.Patience()
	text, err := cmd.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return string(text) // some fail on what they cannot have
}

func TestClientThatRemovesATreeRemovesNothingElse(t *testing.T) {
	want := linkedFiles()
	maps.DeleteFunc(want, func(name, text string) bool { return strings.HasPrefix(name, "trash/") })
	for name, c := range map[string]tool{
		"lftp":              {"lftp", []string{"--norc", "-e", "rm -r trash; exit", "ftp://ADDRESS"}},
		"lftp_without_MLSD": {"lftp", []string{"--norc", "-e", "set ftp:use-mlsd no; rm -r trash; exit", "ftp://ADDRESS"}},
		"rclone":            {"rclone", []string{"--config", os.DevNull, "--retries", "1", "purge", ":ftp,host=127.0.0.1,port=PORT,user=anonymous,pass=DCm6cLDzgYdRsXOZmla8t3s4NKYa:trash"}},
	} {
		t.Run(name, func(t *testing.T) {
			tree := linkedFiles()
			delete(tree, "trash/nowhere") // what they do not see keeps the directory
			s := start(t, writable(), tree)
			t.Log(c.run(t, s, t.TempDir()))
			s.wantFiles(t, want)
		})
	}
}

// Each file is fetched once, however many links there are to its directory.
func TestClientThatFetchesATreeFetchesEachFileOnce(t *testing.T) {
	all := []string{"1.txt", "2.txt", "3.txt", "4.txt", "a.txt", "b.txt"}
	for name, tt := range map[string]struct {
		tool
		want []string
	}{
		"lftp":              {tool{"lftp", []string{"--norc", "-e", "mirror /; exit", "ftp://ADDRESS"}}, all},
		"lftp_without_MLSD": {tool{"lftp", []string{"--norc", "-e", "set ftp:use-mlsd no; mirror /; exit", "ftp://ADDRESS"}}, all},
		"wget":              {tool{"wget", []string{"-q", "-r", "-l", "20", "-nH", "ftp://ADDRESS/"}}, all},
		"rclone":            {tool{"rclone", []string{"--config", os.DevNull, "--retries", "1", "copy", ":ftp,host=127.0.0.1,port=PORT,user=anonymous,pass=DCm6cLDzgYdRsXOZmla8t3s4NKYa:", "."}}, all},
		"ncftpget":          {tool{"ncftpget", []string{"-r", "0", "-P", "PORT", "-R", "127.0.0.1", ".", "/data", "/trash", "/p"}}, all},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			out := tt.run(t, start(t, defaults, linkedFiles()), dir)
			var got []string
			for name, text := range tree(t, filepath.Clean(dir)) {
				if path.Ext(name) == ".txt" && !strings.HasPrefix(text, arrow) {
					got = append(got, path.Base(name))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s %q fetches files (-want +got):\n%s\n%s", tt.program, tt.args, diff, out)
			}
		})
	}
}
