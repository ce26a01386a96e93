package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// changed is when the files of the tests of this file were changed.
var changed = time.Date(2020, time.March, 4, 15, 9, 26, 0, time.UTC)

// listSite starts a server whose files all have the same time.
func listSite(t *testing.T) *site {
	t.Helper()
	s := start(t, defaults, files{
		"a.txt": "aa\n", "b.txt": "bbbb\n", "c.bin": "c", ".hidden.txt": "h\n", "[x].txt": "x\n",
		"sub/d.txt": "d\n", "sub/two words.txt": "two\n", "sub/deep/e.txt": "e\n",
		"inside.txt": arrow + "sub/d.txt", "outside.txt": arrow + "../outside.txt", "private": arrow + "../private", "nowhere": arrow + "nosuch",
	})
	for _, name := range []string{"a.txt", "b.txt", "c.bin", ".hidden.txt", "[x].txt", "sub/d.txt", "sub/two words.txt", "sub/deep/e.txt", "sub/deep", "sub"} {
		if err := os.Chtimes(filepath.Join(s.dir, name), changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// sorted returns the lines of a listing, which come in any order.
func sorted(t *testing.T, text string) []string {
	t.Helper()
	if text == "" {
		return nil
	}
	text, ok := strings.CutSuffix(text, "\r\n")
	if !ok {
		t.Errorf("listing %q does not end in CR LF", text)
	}
	return slices.Sorted(strings.SplitSeq(text, "\r\n"))
}

func TestNLST(t *testing.T) {
	s := listSite(t)
	tests := []struct {
		name, dir, line string
		want            []string
	}{
		{"names_all_files", "/", "NLST", []string{".hidden.txt", "[x].txt", "a.txt", "b.txt", "c.bin", "inside.txt", "sub"}},
		{"names_the_files_of_a_directory", "/", "NLST sub", []string{"sub/d.txt", "sub/deep", "sub/two words.txt"}},
		{"takes_a_slash_at_the_end", "/", "NLST sub/", []string{"sub/d.txt", "sub/deep", "sub/two words.txt"}},
		{"takes_a_name_with_a_slash_before_it", "/sub", "NLST /sub/deep", []string{"/sub/deep/e.txt"}},
		{"goes_by_the_working_directory", "/sub", "NLST", []string{"d.txt", "deep", "two words.txt"}},
		{"goes_up", "/sub/deep", "NLST ..", []string{"../d.txt", "../deep", "../two words.txt"}},
		{"names_one_file", "/", "NLST a.txt", []string{"a.txt"}},
		{"names_one_file_of_a_directory", "/", "NLST sub/d.txt", []string{"sub/d.txt"}},
		{"expands_a_pattern", "/", "NLST *.txt", []string{"[x].txt", "a.txt", "b.txt", "inside.txt"}},
		{"expands_all_kinds_of_pattern", "/", "NLST [ab].t?t", []string{"a.txt", "b.txt"}},
		{"expands_a_pattern_of_directories_to_their_names", "/", "NLST s*", []string{"sub"}},
		{"expands_a_pattern_in_a_directory", "/", "NLST sub/*.txt", []string{"sub/d.txt", "sub/two words.txt"}},
		{"expands_a_pattern_above", "/sub", "NLST ../*.bin", []string{"../c.bin"}},
		{"shows_hidden_files_to_a_pattern_that_means_them", "/", "NLST .*", []string{".hidden.txt"}},
		{"takes_the_name_of_a_file_before_a_pattern", "/", "NLST [x].txt", []string{"[x].txt"}},
		{"sends_nothing_if_nothing_matches", "/", "NLST *.zip", nil},
		{"takes_flags", "/", "NLST -a *.bin", []string{"c.bin"}},
		{"takes_flags_alone", "/sub/deep", "NLST -la", []string{"e.txt"}},
	}
	c := s.login(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.do("CWD "+tt.dir, 250)
			got := sorted(t, c.fetch(tt.line))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s in %s (-want +got):\n%s", tt.line, tt.dir, diff)
			}
			for _, name := range got {
				if filepath.Ext(name) != "" { // a file
					if c.fetch("RETR "+name) == "" {
						t.Errorf("%s in %s names %q, and RETR of it sends nothing, want the file", tt.line, tt.dir, name)
					}
				}
			}
		})
	}
}

func TestListingOfWhatIsNotThereIsRefused(t *testing.T) {
	c := listSite(t).login(t)
	for _, name := range []string{"nosuch", "nosuch/*.txt", "a.txt/x", "a.txt/*", "[", "sub/[", "*.txt/x", "private", "private/", "private/*", "outside.txt", "nowhere"} {
		for _, verb := range []string{"LIST ", "NLST ", "MLSD ", "STAT "} {
			c.data()
			c.do(verb+name, 550)
		}
	}
}

func TestLIST(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have other permissions there")
	}
	a := "-rw-r--r-- 1 ftp ftp            3 Mar  4  2020 a.txt"
	d := "-rw-r--r-- 1 ftp ftp            2 Mar  4  2020 d.txt"
	two := "-rw-r--r-- 1 ftp ftp            4 Mar  4  2020 two words.txt"
	hidden := "-rw-r--r-- 1 ftp ftp            2 Mar  4  2020 .hidden.txt"
	c := listSite(t).login(t)
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"LIST a.txt", []string{a}},
		{"LIST sub/d.txt", []string{d}},
		{"LIST sub/*.txt", []string{d, two}},
		{"LIST -a .hidden.txt", []string{hidden}},
		{"LIST -la sub/deep/..//d*t", []string{d}},
		{"LIST -a -l sub/d.txt", []string{d}},
	} {
		if diff := cmp.Diff(tt.want, sorted(t, c.fetch(tt.line))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, diff)
		}
	}
	for _, line := range []string{"LIST", "LIST -a", "LIST -al /", "STAT /", "STAT -a ."} {
		var text string
		if line[0] == 'L' {
			text = c.fetch(line)
		} else {
			text = c.do(line, 213)
		}
		for _, want := range []string{a, hidden, "Mar  4  2020 sub", "inside.txt"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s sends\n%s\nwant %q in it", line, text, want)
			}
		}
		for _, not := range []string{"outside", "private", "nowhere", "drwxr-xr-x  "} {
			if strings.Contains(text, not) {
				t.Errorf("%s sends\n%s\nwant no %q in it", line, text, not)
			}
		}
	}
}

func TestListingOfManyFilesIsWhole(t *testing.T) {
	const n = 5*batch + 1
	tree := files{"small.txt": "small\n"}
	for i := range n {
		tree[strconv.Itoa(i)] = ""
	}
	s := start(t, defaults, tree)
	c := s.login(t)
	if got := len(sorted(t, c.fetch("NLST"))); got != len(tree) {
		t.Errorf("NLST sends %d names, want %d", got, len(tree))
	}
	if got := strings.Count(c.do("STAT .", 213), "\n") - 1; got != len(tree) { // jsftp lists with it
		t.Errorf("STAT lists %d names, want %d", got, len(tree))
	}
	c.talk(fetchSmallFile)
}

func TestNameOfAnyBytes(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names are in Unicode there")
	}
	s := start(t, defaults, files{"gr\xf6\xdfe": "latin\n", "gr\xc3\xb6\xc3\x9fe": "utf\n", "new\nline\x1b": "odd\n", "a\tb": "tab\n", "\u0085\u202e": "odd\n"})
	c := s.login(t)
	want := []string{"??\u202e", "a\tb", "gr\xc3\xb6\xc3\x9fe", "gr\xf6\xdfe", "new?line?"}
	if diff := cmp.Diff(want, sorted(t, c.fetch("NLST"))); diff != "" {
		t.Errorf("NLST (-want +got):\n%s\nwant no line forged, and all else as it is, to be asked for", diff)
	}
	for _, line := range []string{"LIST", "MLSD"} {
		if got := len(sorted(t, c.fetch(line))); got != len(want) {
			t.Errorf("%s sends %d lines, want %d, one for each file", line, got, len(want))
		}
	}
	c.talk([]step{{"RETR gr\xf6\xdfe", 226, "latin\n"}, {"RETR gr\xc3\xb6\xc3\x9fe", 226, "utf\n"}, {"RETR a\tb", 226, "tab\n"}})
}

func TestCutFlags(t *testing.T) {
	site := start(t, defaults, files{"-file.txt": "", "-theme/x": "", "-l": "", "-a b": ""})
	s := &session{srv: site.server, dir: "/"}
	for arg, want := range map[string][2]string{
		"":             {"", ""},
		"sub":          {"", "sub"},
		"-a":           {"-a", ""},
		"-la":          {"-la", ""},
		"-la sub":      {"-la", "sub"},
		"-l -a sub":    {"-l-a", "sub"},
		"a-b":          {"", "a-b"},
		"-a two words": {"-a", "two words"},
		"sub -a":       {"", "sub -a"},
		"-":            {"-", ""},
		"-theme":       {"", "-theme"}, // names of files are not flags
		"-file.txt":    {"", "-file.txt"},
		"-a b":         {"", "-a b"},
		"-l":           {"", "-l"},
		"-F -theme":    {"-F", "-theme"},
		"-*.txt":       {"", "-*.txt"}, // nor is what cannot be flags
		"-nosuch.txt":  {"", "-nosuch.txt"},
	} {
		flags, name := s.cutFlags(arg)
		if got := [2]string{flags, name}; got != want {
			t.Errorf("cutFlags(%q) = %q, want %q", arg, got, want)
		}
	}
}

func TestNameThatBeginsWithADashIsListed(t *testing.T) {
	c := start(t, defaults, files{"-file.txt": "", "-theme/x": "", "other": ""}).login(t)
	for line, want := range map[string]string{
		"NLST -file.txt": "-file.txt\r\n",
		"NLST -theme":    "-theme/x\r\n",
		"NLST -a -theme": "-theme/x\r\n",
		"NLST -*.txt":    "-file.txt\r\n",
	} {
		if got := c.fetch(line); got != want {
			t.Errorf("%s sends %q, want %q", line, got, want)
		}
	}
	for _, got := range []string{c.fetch("LIST -theme"), c.do("STAT -theme", 213)} {
		if strings.Contains(got, "other") || !strings.Contains(got, " x") {
			t.Errorf("LIST or STAT -theme lists %q, want x alone", got)
		}
	}
	c.data()
	c.do("NLST -nosuch.txt", 550)
}

// Vim lists with LIST -lF, and enters what ends in a slash.
func TestFlagFMarksDirectories(t *testing.T) {
	c := start(t, defaults, files{"a": "", "sub/b": "", "link": arrow + "sub"}).login(t)
	if diff := cmp.Diff([]string{"a", "link", "sub/"}, sorted(t, c.fetch("NLST -F"))); diff != "" {
		t.Errorf("NLST -F (-want +got):\n%s", diff)
	}
	for _, got := range []string{c.fetch("LIST -lF") + "\n", c.do("STAT -lF .", 213)} {
		got = strings.ReplaceAll(got, "\r", "")
		for _, want := range []string{" a\n", " sub/\n", " link -> sub\n"} {
			if !strings.Contains(got, want) {
				t.Errorf("LIST or STAT -lF lists %q, want %q in it", got, want)
			}
		}
	}
	if got := c.fetch("LIST -l"); strings.Contains(got, "/") {
		t.Errorf("LIST -l sends %q, want no slash", got)
	}
}

func TestLineOfLISTTellsTheYearOfOldFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	now := time.Now().UTC()
	for _, tt := range []struct {
		when   time.Time
		layout string
	}{
		{now, "Jan _2 15:04"},
		{now.AddDate(0, 0, -170), "Jan _2 15:04"},
		{now.AddDate(0, 0, -190), "Jan _2  2006"},
		{now.Add(time.Hour), "Jan _2  2006"}, // or it would be taken for that of a year ago
		{now.AddDate(0, 0, 2), "Jan _2  2006"},
		{changed, "Jan _2  2006"},
	} {
		put(t, filepath.Dir(file), files{"file": ""})
		if err := os.Chtimes(file, tt.when, tt.when); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(appendLong(nil, info)), " 0 "+tt.when.Format(tt.layout)+" file"; !strings.HasSuffix(got, want) {
			t.Errorf("appendLong() of a file of %v = %q, want %q at its end", tt.when, got, want)
		}
	}
}
