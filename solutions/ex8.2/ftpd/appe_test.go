package main

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Who follows a log with tail -f has its file open, and a link of the file system is a
// second name of it.
func TestAPPEAddsToTheFileItself(t *testing.T) {
	for typ, text := range map[string]string{"TYPE I": "er\n", "TYPE A": "er\r\n"} {
		t.Run(typ, func(t *testing.T) {
			s := start(t, writable(), files{"old.txt": "old\n"})
			name := filepath.Join(s.dir, "old.txt")
			if err := os.Link(name, filepath.Join(s.dir, "hard.txt")); err != nil {
				t.Skipf("this machine has no hard links: %v", err)
			}
			before, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			s.login(t).talk([]step{{typ, 200, ""}, {"APPE old.txt", 226, text}, {"APPE old.txt", 226, ""}})
			s.wantFiles(t, files{"old.txt": "old\ner\n", "hard.txt": "old\ner\n"})
			if after, err := os.Stat(name); err != nil || !os.SameFile(before, after) || before.Mode() != after.Mode() {
				t.Errorf("after APPE the file is %v, %v, want the same as before, %v", after, err, before)
			}
		})
	}
}

func TestAPPEShowsWhatHasCome(t *testing.T) {
	s := start(t, writable(), files{"old.txt": "old\n"})
	c := s.login(t)
	data := c.begin("APPE old.txt")
	io.WriteString(data, "more\n")
	eventually(t, "the bytes are in the file", func() bool { return tree(t, s.dir)["old.txt"] == "old\nmore\n" })
	data.Close()
	c.want(226)
}

// What is cut back is what has come, and nothing of others.
func TestAPPEThatBreaksOffAfterAnotherProgramHasAddedSaysThatItStays(t *testing.T) {
	s := start(t, writable(), files{"old.txt": "old\n"})
	for name, end := range map[string]func(c *client, data *net.TCPConn){
		"ABOR":    func(c *client, data *net.TCPConn) { c.send("ABOR\r\n") },
		"a_reset": func(c *client, data *net.TCPConn) { data.SetLinger(0); data.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			put(t, s.dir, files{"old.txt": "old\n"})
			c := s.login(t)
			data := c.begin("APPE old.txt")
			io.WriteString(data, "half")
			eventually(t, "the bytes are in the file", func() bool { return tree(t, s.dir)["old.txt"] == "old\nhalf" })
			f, err := os.OpenFile(filepath.Join(s.dir, "old.txt"), os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			io.WriteString(f, "log\n")
			end(c, data)
			if got, want := c.want(426), errKept.Error(); !strings.Contains(got, want) {
				t.Errorf("the reply to APPE that breaks off is 426 %s, want %q in it", got, want)
			}
			s.wantFiles(t, files{"old.txt": "old\nhalflog\n"})
		})
	}
}

func TestOneClientAtATimeAddsToAFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files are not locked there")
	}
	s := start(t, writable(), files{"old.txt": "old\n"})
	first, second := s.login(t), s.login(t)
	one := first.begin("APPE old.txt")
	io.WriteString(one, "first\n")
	second.data()
	second.do("APPE old.txt", 450)
	one.Close()
	first.want(226)
	second.talk([]step{{"APPE old.txt", 226, "second\n"}})
	s.wantFiles(t, files{"old.txt": "old\nfirst\nsecond\n"})
}

// What was added to a file that has another name by now, or none, is not where the client
// wanted it.
func TestAPPEToAFileThatIsNoMoreThereIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files that are open keep their names there")
	}
	for name, tt := range map[string]struct {
		change []step
		want   files
	}{
		"replaced": {[]step{{"STOR old.txt", 226, "new\n"}}, files{"old.txt": "new\n"}},
		"removed":  {[]step{{"DELE old.txt", 250, ""}}, files{}},
		"renamed":  {[]step{{"RNFR old.txt", 350, ""}, {"RNTO older.txt", 250, ""}}, files{"older.txt": "old\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, writable(), files{"old.txt": "old\n"})
			first, second := s.login(t), s.login(t)
			data := first.begin("APPE old.txt")
			io.WriteString(data, "more\n")
			second.talk(tt.change)
			data.Close()
			first.want(451)
			s.wantFiles(t, tt.want)
		})
	}
}
