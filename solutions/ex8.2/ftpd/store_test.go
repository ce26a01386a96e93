package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// storeFiles are those that the tests of this file start with.
func storeFiles() files {
	return files{
		"old.txt":         "old\n",
		"sub/inner.txt":   "inner\n",
		"empty/":          "",
		"link.txt":        arrow + "../outside.txt",
		"out":             arrow + "../private",
		"in.txt":          arrow + "sub/inner.txt",
		"indir":           arrow + "sub",
		"nowhere":         arrow + "nosuch.txt",
		"far/again.txt":   arrow + "../in.txt",
		"far/up.txt":      "up\n",
		"far/deep/up.txt": arrow + "../up.txt",
		"near":            arrow + "far/deep",
	}
}

// gone stands for the text of a file that is removed.
const gone = "none"

// storeFilesWith returns the files of storeFiles with changes.
func storeFilesWith(changes files) files {
	all := storeFiles()
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(name, text string) bool { return text == gone })
	return all
}

func TestCommandsThatWrite(t *testing.T) {
	tests := []struct {
		name  string
		steps []step
		want  files // what is different afterwards
	}{
		{"STOR_makes_a_file", []step{{"STOR new.txt", 226, "new\n"}}, files{"new.txt": "new\n"}},
		{"STOR_makes_an_empty_file", []step{{"STOR new.txt", 226, ""}}, files{"new.txt": ""}},
		{"STOR_replaces_a_file", []step{{"STOR old.txt", 226, "new"}}, files{"old.txt": "new"}},
		{"STOR_takes_any_bytes", []step{{"STOR new.bin", 226, "a\r\n\x00\xff\n"}}, files{"new.bin": "a\r\n\x00\xff\n"}},
		{"STOR_of_text_ends_lines_in_LF", []step{{"TYPE A", 200, ""}, {"STOR new.txt", 226, "a\r\nb\nc\rd\r\r\n\r"}}, files{"new.txt": "a\nb\nc\rd\r\n\r"}},
		{"STOR_goes_by_the_working_directory", []step{{"CWD sub", 250, ""}, {"STOR new.txt", 226, "new\n"}}, files{"sub/new.txt": "new\n"}},
		{"STOR_without_a_data_connection_changes_nothing", []step{{"STOR old.txt", 425, ""}}, nil},
		{"STOR_onto_a_directory_is_refused", []step{{"STOR sub", 550, ""}, {"STOR /", 550, ""}, {"APPE sub", 550, ""}}, nil},
		{"STOR_into_no_directory_is_refused", []step{{"STOR nosuch/new.txt", 550, ""}, {"STOR old.txt/new.txt", 550, ""}}, nil},
		{"STOR_onto_a_link_inside_goes_to_its_file", []step{{"STOR in.txt", 226, "new"}, {"STOR far/again.txt", 226, "new"}}, files{"sub/inner.txt": "new"}},
		{"APPE_onto_a_link_inside_adds_to_its_file", []step{{"APPE in.txt", 226, "new\n"}, {"APPE far/again.txt", 226, "newer\n"}}, files{"sub/inner.txt": "inner\nnew\nnewer\n"}},
		{"STOR_and_APPE_go_through_a_link_to_a_directory", []step{{"STOR near/up.txt", 226, "new\n"}, {"APPE near/up.txt", 226, "newer\n"}, {"CWD near", 250, ""}, {"STOR inner.txt", 226, ""}}, files{"far/up.txt": "new\nnewer\n", "far/deep/inner.txt": ""}},
		{"STOR_onto_a_link_to_nothing_or_a_directory_is_refused", []step{{"STOR nowhere", 550, ""}, {"APPE nowhere", 550, ""}, {"STOR indir", 550, ""}}, nil},
		{"names_with_control_characters_are_refused", []step{{"STOR te\rst", 553, ""}, {"MKD te\x1bst", 553, ""}, {"APPE new\x7f", 553, ""}, {"RNFR old.txt", 350, ""}, {"RNTO a\x01", 553, ""}, {"MKD \u0085", 553, ""}}, nil},
		{"names_with_TAB_are_taken", []step{{"STOR a\tb", 226, "new\n"}}, files{"a\tb": "new\n"}},
		{"STOR_onto_a_link_that_leads_outside_is_refused", []step{{"STOR link.txt", 550, ""}, {"APPE link.txt", 550, ""}}, nil},
		{"STOR_through_a_link_that_leads_outside_is_refused", []step{{"STOR out/secret.txt", 550, ""}, {"STOR out/new.txt", 550, ""}}, nil},
		{"STOR_above_the_root_is_in_the_root", []step{{"STOR ../../new.txt", 226, "new\n"}}, files{"new.txt": "new\n"}},
		{"REST_keeps_the_head_of_a_file", []step{{"REST 2", 350, ""}, {"STOR old.txt", 226, "e"}}, files{"old.txt": "ole"}},
		{"REST_at_the_end_of_a_file_adds_to_it", []step{{"REST 4", 350, ""}, {"STOR old.txt", 226, "er\n"}}, files{"old.txt": "old\ner\n"}},
		{"REST_beyond_the_end_is_refused", []step{{"REST 5", 350, ""}, {"STOR old.txt", 554, ""}, {"REST 1", 350, ""}, {"STOR new.txt", 554, ""}}, nil},
		{"REST_holds_for_one_STOR", []step{{"REST 2", 350, ""}, {"STOR old.txt", 226, "e"}, {"STOR old.txt", 226, "new"}}, files{"old.txt": "new"}},
		{"APPE_adds_to_a_file", []step{{"APPE old.txt", 226, "er\n"}}, files{"old.txt": "old\ner\n"}},
		{"APPE_makes_a_file", []step{{"APPE new.txt", 226, "new\n"}}, files{"new.txt": "new\n"}},
		{"APPE_goes_with_no_REST", []step{{"REST 1", 350, ""}, {"APPE old.txt", 554, ""}, {"STOR old.txt", 226, "new"}}, files{"old.txt": "new"}},
		{"STOU_goes_with_no_REST", []step{{"REST 1", 350, ""}, {"STOU", 554, ""}, {"STOR old.txt", 226, "new"}}, files{"old.txt": "new"}},
		{"APPE_goes_with_REST_0", []step{{"REST 0", 350, ""}, {"APPE old.txt", 226, "er\n"}}, files{"old.txt": "old\ner\n"}},
		{"REST_is_refused_for_text", []step{{"TYPE A", 200, ""}, {"REST 2", 501, ""}, {"REST 0", 350, ""}, {"STOR old.txt", 226, "new\r\n"}}, files{"old.txt": "new\n"}},
		{"REST_before_TYPE_A_is_refused_too", []step{{"REST 2", 350, ""}, {"TYPE A", 200, ""}, {"STOR old.txt", 554, ""}, {"STOR old.txt", 226, "new\r\n"}}, files{"old.txt": "new\n"}},
		{"DELE_removes_a_file", []step{{"DELE old.txt", 250, ""}, {"DELE sub/inner.txt", 250, ""}}, files{"old.txt": gone, "sub/inner.txt": gone, "sub/": ""}},
		{"DELE_removes_a_link_and_not_what_it_leads_to", []step{{"DELE link.txt", 250, ""}}, files{"link.txt": gone}},
		{"DELE_refuses_a_directory", []step{{"DELE empty", 550, ""}, {"DELE sub", 550, ""}, {"DELE /", 550, ""}}, nil},
		{"DELE_refuses_what_is_not_there", []step{{"DELE nosuch", 550, ""}, {"DELE out/secret.txt", 550, ""}}, nil},
		{"MKD_makes_a_directory", []step{{"MKD new", 257, ""}, {"XMKD /sub/new", 257, ""}}, files{"new/": "", "sub/new/": ""}},
		{"MKD_refuses_a_name_that_is_taken", []step{{"MKD sub", 550, ""}, {"MKD old.txt", 550, ""}, {"MKD /", 550, ""}}, nil},
		{"MKD_makes_one_directory_at_a_time", []step{{"MKD new/newer", 550, ""}, {"MKD out/new", 550, ""}}, nil},
		{"RMD_removes_an_empty_directory", []step{{"RMD empty", 250, ""}}, files{"empty/": gone}},
		{"RMD_refuses_a_directory_with_files", []step{{"RMD sub", 550, ""}, {"XRMD sub/", 550, ""}}, nil},
		{"RMD_refuses_a_file", []step{{"RMD old.txt", 550, ""}, {"RMD link.txt", 550, ""}, {"RMD out", 550, ""}}, nil},
		{"RMD_refuses_the_root", []step{{"RMD /", 550, ""}, {"RMD ..", 550, ""}}, nil},
		{"RNTO_renames_a_file", []step{{"RNFR old.txt", 350, ""}, {"RNTO new.txt", 250, ""}}, files{"old.txt": gone, "new.txt": "old\n"}},
		{"RNTO_moves_a_file", []step{{"RNFR sub/inner.txt", 350, ""}, {"RNTO /empty/new.txt", 250, ""}}, files{"sub/inner.txt": gone, "sub/": "", "empty/": gone, "empty/new.txt": "inner\n"}},
		{"RNTO_renames_a_directory", []step{{"RNFR sub", 350, ""}, {"RNTO new", 250, ""}}, files{"sub/inner.txt": gone, "new/inner.txt": "inner\n"}},
		{"RNTO_refuses_the_way_out_of_the_root", []step{{"RNFR old.txt", 350, ""}, {"RNTO out/new.txt", 550, ""}, {"RNFR old.txt", 350, ""}, {"RNTO out/secret.txt", 550, ""}}, nil},
		{"RNTO_above_the_root_is_in_the_root", []step{{"RNFR old.txt", 350, ""}, {"RNTO ../new.txt", 250, ""}}, files{"old.txt": gone, "new.txt": "old\n"}},
		{"RNTO_refuses_the_root", []step{{"RNFR sub", 350, ""}, {"RNTO /", 550, ""}}, nil},
		{"RNFR_refuses_what_is_not_there", []step{{"RNFR nosuch", 550, ""}, {"RNFR /", 550, ""}, {"RNFR out/secret.txt", 550, ""}, {"RNTO new.txt", 503, ""}}, nil},
		{"RNTO_takes_a_RNFR", []step{{"RNTO new.txt", 503, ""}}, nil},
		{"RNFR_holds_for_one_RNTO", []step{{"RNFR old.txt", 350, ""}, {"RNTO new.txt", 250, ""}, {"RNTO newer.txt", 503, ""}}, files{"old.txt": gone, "new.txt": "old\n"}},
		{"RNFR_is_forgotten_after_another_command", []step{{"RNFR old.txt", 350, ""}, {"NOOP", 200, ""}, {"RNTO new.txt", 503, ""}}, nil},
		{"RNFR_is_forgotten_after_one_that_is_refused", []step{{"RNFR old.txt", 350, ""}, {"RNFR nosuch", 550, ""}, {"RNTO new.txt", 503, ""}, {"RNFR old.txt", 350, ""}, {"RNFR", 501, ""}, {"RNTO new.txt", 503, ""}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, writable(), storeFiles())
			s.login(t).talk(tt.steps)
			s.stop(t) // whatever the commands leave behind is gone by then
			s.wantFiles(t, storeFilesWith(tt.want))
		})
	}
}

func TestCommandsThatWriteAreRefusedUnlessTheyAreAllowed(t *testing.T) {
	s := start(t, defaults, storeFiles())
	c := s.login(t)
	arguments := map[string]string{"DELE": "old.txt", "MKD": "new", "RMD": "empty", "XMKD": "new", "XRMD": "empty", "RNFR": "old.txt"}
	for verb, command := range rules {
		if !command.writes {
			continue
		}
		arg := arguments[verb]
		if arg == "" {
			arg = "new.txt"
		}
		c.data()
		c.do(verb+" "+arg, 550)
	}
	s.wantFiles(t, storeFiles())
}

func TestSTOUTellsTheNameOfItsFile(t *testing.T) {
	s := start(t, writable(), files{"sub/": ""})
	c := s.login(t)
	c.do("CWD sub", 250)
	want := files{}
	for _, text := range []string{"one\n", "two\n"} {
		conn := c.data()
		reply := c.do("STOU", 150)
		io.WriteString(conn, text)
		conn.Close()
		c.want(226)
		name, ok := strings.CutPrefix(reply, "FILE: /")
		if !ok {
			t.Fatalf("the reply to STOU is 150 %s, want 150 FILE: and the name, as RFC 1123 defines", reply)
		}
		want[name] = text
	}
	s.wantFiles(t, want)
}

// An upload that breaks off is not there at all: neither under its name, nor under
// the one that it has till it is complete.
func TestUploadThatBreaksOffLeavesTheFilesAsTheyWere(t *testing.T) {
	uploads := []struct {
		name  string
		steps []step
	}{
		{"of_a_new_file", []step{{"STOR new.txt", 150, ""}}},
		{"of_a_file_that_is_there", []step{{"STOR old.txt", 150, ""}}},
		{"of_text", []step{{"TYPE A", 200, ""}, {"STOR old.txt", 150, ""}}},
		{"that_adds_to_a_file", []step{{"APPE old.txt", 150, ""}}},
		{"after_REST", []step{{"REST 2", 350, ""}, {"STOR old.txt", 150, ""}}},
	}
	breaks := []struct {
		name string
		off  func(c *client, data *net.TCPConn)
	}{
		{"by_a_reset", func(c *client, data *net.TCPConn) {
			data.SetLinger(0)
			data.Close()
			c.want(426)
		}},
		{"by_ABOR", func(c *client, data *net.TCPConn) {
			c.do("ABOR", 426, 226)
		}},
		{"by_the_end_of_the_client", func(c *client, data *net.TCPConn) {
			c.Conn.Close()
		}},
	}
	for _, upload := range uploads {
		for _, by := range breaks {
			t.Run(upload.name+"_"+by.name, func(t *testing.T) {
				s := start(t, writable(), storeFiles())
				c := s.login(t)
				last := len(upload.steps) - 1
				c.talk(upload.steps[:last])
				data := c.begin(upload.steps[last].line)
				half := strings.Repeat("half\n", 100_000)
				io.WriteString(data, half)
				eventually(t, "some bytes are on the disk", func() bool {
					return s.partial() > int64(len("old\n")) || len(tree(t, s.dir)["old.txt"]) > len("old\n")
				})
				by.off(c, data)
				eventually(t, "the session waits, or is over", func() bool { return s.partial() < 0 && tree(t, s.dir)["old.txt"] == "old\n" })
				s.wantFiles(t, storeFiles())
			})
		}
	}
}

// The end of the data may be that of the file, or of the client. What comes with it on the
// control connection tells.
func TestUploadOfAClientThatGivesUpLeavesTheFilesAsTheyWere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no way to look at a connection without waiting")
	}
	for name, says := range map[string]string{
		"is_killed":       "",
		"says_ABOR":       "ABOR\r\n",
		"says_ABOR_later": "NOOP\r\nABOR\r\n",
		"has_ABOR_urgent": "\xff\xf4\xffABOR\r\n",
	} {
		for _, line := range []string{"STOR old.txt", "STOR new.txt", "APPE old.txt", "APPE new.txt", "STOU", "STOR old.txt (text)"} {
			t.Run(line+" "+name, func(t *testing.T) {
				s := start(t, writable(), storeFiles())
				line, isText := strings.CutSuffix(line, " (text)")
				for range 20 {
					c := s.login(t)
					if isText {
						c.do("TYPE A", 200)
					}
					data := c.begin(line)
					io.WriteString(data, "half")
					if says == "" { // the system closes its connections in the order in which they were opened
						c.Conn.Close()
						data.Close()
						eventually(t, "the session is over", func() bool { return len(s.places) == 0 })
						continue
					}
					c.send(says)
					data.Close()
					c.want(426)
					if strings.HasPrefix(says, "NOOP") {
						c.want(200)
					}
					c.want(226) // by then all is as it was
				}
				s.stop(t)
				s.wantFiles(t, storeFiles())
			})
		}
	}
}

// What else comes with the end of the data does not hold up the file.
func TestUploadIsNotHeldUpByWhatTheClientSaysNext(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []int
	}{
		{"NOOP\r\nPWD\r\n", []int{226, 200, 257}},
		{"QUIT\r\n", []int{226, 221}},
		{"NOOP\r\nQU", []int{226, 200}},
	} {
		t.Run(strings.TrimSpace(tt.text), func(t *testing.T) {
			s := start(t, writable(), nil)
			c := s.login(t)
			data := c.begin("STOR new.txt")
			io.WriteString(data, "new\n")
			c.send(tt.text)
			data.Close()
			c.want(tt.want...)
			s.wantFiles(t, files{"new.txt": "new\n"})
		})
	}
}

// A file that few may read must not become one for all since some bytes are added to it.
func TestUploadKeepsThePermissionsOfAFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have other permissions there")
	}
	s := start(t, writable(), files{"old.txt": "old\n"})
	file := filepath.Join(s.dir, "old.txt")
	c := s.login(t)
	for _, mode := range []fs.FileMode{0o600, 0o700, 0o666} { // of which the umask takes some bits
		for _, line := range []string{"STOR old.txt", "APPE old.txt"} {
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			c.talk([]step{{line, 226, "new\n"}})
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode(); got != mode {
				t.Errorf("after %s a file of mode %v has %v, want it as it was", line, mode, got)
			}
		}
	}
}

// The byte 255 is a letter in Latin-1 and CP1251, which most clients send once, though
// Telnet has another use for it.
func TestByteOf255BelongsToTheName(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names are in Unicode there")
	}
	s := start(t, writable(), files{"ab": "1", "a\xffb": "2", "a\xff\xf4b": "3", "\xff/c": "4"})
	s.login(t).talk([]step{
		{"RETR a\xffb", 226, "2"},
		{"DELE a\xffb", 250, ""},
		{"DELE a\xffb", 550, ""},
		{"RNFR a\xff\xf4b", 350, ""},
		{"RNTO ab\xff", 250, ""},
		{"STOR \xff", 550, ""},
		{"STOR a\xfe\xff", 226, "5"},
		{"CWD \xff", 250, ""},
		{"MKD \xffd", 257, ""},
		{"RMD \xffd", 250, ""},
	})
	s.wantFiles(t, files{"ab": "1", "ab\xff": "3", "\xff/c": "4", "a\xfe\xff": "5"})
}

// A directory may get another name while an upload goes to it. The upload goes there too, and
// leaves no partial file, which clients could neither see nor remove.
func TestUploadGoesWhereItsDirectoryGoes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("directories with open files keep their names there")
	}
	for _, tt := range []struct {
		name string
		line string
		end  func(c *client, data *net.TCPConn)
		want files // of the directory
	}{
		{"STOR", "STOR sub/new.txt", func(c *client, data *net.TCPConn) { data.Close(); c.want(226) }, files{"moved/inner.txt": "inner\n", "moved/new.txt": "new\n"}},
		{"STOR_over_a_file", "STOR sub/inner.txt", func(c *client, data *net.TCPConn) { data.Close(); c.want(226) }, files{"moved/inner.txt": "new\n"}},
		{"STOR_by_a_link", "STOR in.txt", func(c *client, data *net.TCPConn) { data.Close(); c.want(226) }, files{"moved/inner.txt": "new\n"}},
		{"STOR_that_breaks_off", "STOR sub/new.txt", func(c *client, data *net.TCPConn) { c.do("ABOR", 426, 226) }, files{"moved/inner.txt": "inner\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, writable(), files{"sub/inner.txt": "inner\n", "in.txt": arrow + "sub/inner.txt"})
			c := s.login(t)
			data := c.begin(tt.line)
			io.WriteString(data, "new\n")
			s.login(t).talk([]step{{"RNFR sub", 350, ""}, {"RNTO moved", 250, ""}})
			tt.end(c, data)
			s.stop(t)
			tt.want["in.txt"] = arrow + "sub/inner.txt"
			s.wantFiles(t, tt.want)
		})
	}
}

// partial returns the size of the file of an upload under way, or -1.
func (s *site) partial() int64 {
	names, _ := filepath.Glob(filepath.Join(s.dir, ".ftpd-*"))
	if len(names) == 0 {
		return -1
	}
	info, err := os.Stat(names[0])
	if err != nil {
		return -1
	}
	return info.Size()
}

func TestUploadIsNotThereUntilItIsComplete(t *testing.T) {
	s := start(t, writable(), files{"old.txt": "old\n"})
	c := s.login(t)
	data := c.begin("STOR old.txt")
	io.WriteString(data, "new\n")
	eventually(t, "the bytes are on the disk", func() bool { return s.partial() == 4 })
	s.login(t).talk([]step{{"RETR old.txt", 226, "old\n"}})
	data.Close()
	c.want(226)
	s.wantFiles(t, files{"old.txt": "new\n"})
}

// To copy what an upload goes on after may take long, and must not hold up the end of
// the server, or ABOR.
func TestHeadIsCopiedForNoLongerThanItsTransfer(t *testing.T) {
	s := start(t, writable(), nil)
	s.sparse(t, "old.bin", large)
	f, err := os.Create(filepath.Join(s.base, "new.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if err := copyHead(ctx, f, s.root, "old.bin", large); err != nil {
		t.Fatal(err)
	}
	cancel()
	err = copyHead(ctx, f, s.root, "old.bin", large)
	if info, _ := f.Stat(); !errors.Is(err, context.Canceled) || info.Size() != large {
		t.Errorf("copyHead() of a transfer that is over = %v, and the file has %d bytes, want the context's error, and %d as before", err, info.Size(), large)
	}
}

// Of two that add to the same file at the same time, the second must not undo what the first has
// been told is done. Who sends a file as a whole may: the last one stays.
func TestUploadsToTheSameFileAtOnce(t *testing.T) {
	for _, tt := range []struct {
		lines [2]string // of REST and similar commands, and what sends
		want  int
		text  string
	}{
		{[2]string{"REST 4", "STOR old.txt"}, 451, "old\nfirst\n"},
		{[2]string{"NOOP", "STOR old.txt"}, 226, "second\n"},
		{[2]string{"NOOP", "APPE new.txt"}, 451, "first\n"},
	} {
		t.Run(strings.Join(tt.lines[:], "_"), func(t *testing.T) {
			s := start(t, writable(), files{"old.txt": "old\n"})
			first, second := s.login(t), s.login(t)
			name := tt.lines[1][len("STOR "):]
			one := first.begin("APPE " + name)
			second.ask(tt.lines[0])
			two := second.begin(tt.lines[1])
			io.WriteString(one, "first\n")
			one.Close()
			first.want(226)
			io.WriteString(two, "second\n")
			two.Close()
			second.want(tt.want)
			second.do("NOOP", 200) // by then what was sent is removed
			if got := tree(t, s.dir)[name]; got != tt.text {
				t.Errorf("after APPE %s, and %s that ends later, it holds %q, want %q", name, tt.lines[1], got, tt.text)
			}
		})
	}
}

// Whatever happens to a file during an upload, an upload that adds to it does not undo it. (If
// it is replaced twice, the file system may give it the number that it had at first.)
func TestUploadThatAddsWantsTheFileAsItWas(t *testing.T) {
	for name, tt := range map[string]struct {
		change []step
		want   files
	}{
		"added_to_twice": {slices.Repeat([]step{{"APPE old.txt", 226, "more\n"}}, 2), files{"old.txt": "old\nmore\nmore\n"}},
		"removed":        {[]step{{"DELE old.txt", 250, ""}}, files{}},
		"renamed":        {[]step{{"RNFR old.txt", 350, ""}, {"RNTO older.txt", 250, ""}}, files{"older.txt": "old\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, writable(), files{"old.txt": "old\n"})
			c, other := s.login(t), s.login(t)
			c.do("REST 4", 350)
			data := c.begin("STOR old.txt")
			eventually(t, "its head is copied", func() bool { return s.partial() == int64(len("old\n")) })
			other.talk(tt.change)
			io.WriteString(data, "last\n")
			data.Close()
			c.want(451)
			eventually(t, "the partial file is removed", func() bool { return s.partial() < 0 })
			s.wantFiles(t, tt.want)
		})
	}
}

func TestLargeUploadArrivesWhole(t *testing.T) {
	s := start(t, writable(), nil)
	text := strings.Repeat("0123456789abcdef\n", 5<<18/17)
	s.login(t).talk([]step{{"STOR large.txt", 226, text}, {"APPE large.txt", 226, text}, {"RETR large.txt", 226, text + text}})
	if names := slices.Collect(maps.Keys(tree(t, s.dir))); len(names) != 1 {
		t.Errorf("after STOR large.txt, the files are %q, want it alone", names)
	}
}
