package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == rawArg { // the test binary is raw too
		if err := serveRaw(os.Args[2], os.Args[3]); err != nil {
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// All measures can be taken of our own servers; no cell is empty.
func TestTablesAreFull(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("builds a server and starts two many times; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if _, err := tree(os.Getpid()); err != nil {
		t.Skip(err)
	}
	set := settings{rounds: 2, size: 1 << 20, time: 10 * time.Millisecond, only: regexp.MustCompile(""), servers: []string{"raw", "ftpd"}, dir: t.TempDir()}
	got, err := bench(t.Context(), set)
	if err != nil {
		t.Fatal(err)
	}
	// Of the processors so little is taken that it may count as nothing.
	want := regexp.MustCompile(`^\| [^|]+ \| [0-9.]+( \([0-9.]+\))? \| [0-9.]+( \([0-9.]+\))? \|$`)
	rows := 0
	for line := range strings.Lines(got) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "|---") || strings.HasSuffix(line, "| raw | ftpd |") {
			continue
		}
		if rows++; !want.MatchString(line) {
			t.Errorf("a row of the tables is\n%s\nwant figures of both servers", line)
		}
	}
	if want := 2 * len(measures); rows != want {
		t.Errorf("the tables have %d rows, want %d:\n%s", rows, want, got)
	}
	if left, err := os.ReadDir(set.dir); len(left) > 0 || err != nil {
		t.Errorf("after it the directory holds %v, %v, want nothing", left, err)
	}
}

// Who has none of the peers sees why each is not in the tables.
func TestMissingServersAreNamed(t *testing.T) {
	for _, s := range servers {
		if s.find != nil && s.name != "pyftpdlib" { // which is not a program
			t.Setenv("PATH", t.TempDir())
			if _, err := os.Stat("/usr/sbin/" + s.name); err == nil {
				continue
			}
			st := &site{settings: settings{servers: []string{s.name}}}
			here, missing := st.present(t.Context())
			want := []string{s.name + " is left out: not installed"}
			if diff := cmp.Diff(want, missing); diff != "" || len(here) > 0 {
				t.Errorf("%s: %d servers are here, want none; those that are missing mismatch (-want +got):\n%s", s.name, len(here), diff)
			}
		}
	}
}

func TestParseSize(t *testing.T) {
	for s, want := range map[string]int64{
		"1": 1, "512": 512, "64K": 64 << 10, "64M": 64 << 20, "1G": 1 << 30,
		"": 0, "0": 0, "-1": 0, "1T": 0, "M": 0, "1GG": 0, "1M5": 0, "1.5G": 0, "99999999G": 0, "99999999999999999999": 0,
	} {
		if got, err := parseSize(s); got != want || (err == nil) != (want > 0) {
			t.Errorf("parseSize(%q) = %d, %v, want %d", s, got, err, want)
		}
	}
}

func TestParseStat(t *testing.T) {
	const text = "17 (a (b) c) S 4 17 17 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0 99 1 1\n"
	id, parent, own, ended, err := parseStat([]byte(text))
	if id != 17 || parent != 4 || own != 30 || ended != 4300 || err != nil {
		t.Errorf("parseStat(%q) = %d, %d, %d, %d, %v, want 17, 4, 30, 4300", text, id, parent, own, ended, err)
	}
	for _, text := range []string{"", ")", "17 (a) S 4", "x (a) S 4 17 17 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0"} {
		if _, _, _, _, err := parseStat([]byte(text)); err == nil {
			t.Errorf("parseStat(%q) = _, _, _, _, nil, want an error", text)
		}
	}
}

// What a process took is known to less than a tick: one that has taken some of it does not
// count as one that has taken nothing.
func TestTimeOfThreads(t *testing.T) {
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		t.Skip(err)
	}
	before := threads(os.Getpid())
	for threads(os.Getpid()) == before { // reading takes time
	}
	if before <= 0 || before%tick == 0 {
		t.Errorf("this process has taken %v, want more than 0, and not in ticks", before)
	}
}

func TestCell(t *testing.T) {
	nan := median(nil)
	tests := []struct {
		unit       unit
		all, limit []float64
		want       string
	}{
		{megabytes, []float64{3e9, 1e9, 2e9}, []float64{2e9, 2e9, 4e9}, "2000 (0.50)"},
		{megabytes, []float64{2e9, 1e9}, []float64{2e9, 2e9}, "1500 (0.75)"},
		{milliseconds, []float64{.05}, []float64{.1}, "50.0 (2.00)"},
		{milliseconds, []float64{.001234}, nil, "1.23"},
		{perSecond, []float64{nan, 300, 100}, []float64{100, 100, 100}, "200 (2.00)"},
		{perSecond, []float64{nan}, []float64{100}, "–"},
		{perGiB, []float64{0}, []float64{0}, "0.00"},
	}
	for _, tt := range tests {
		if got := cell(tt.unit, tt.all, tt.limit); got != tt.want {
			t.Errorf("cell(%v, %v, %v) = %q, want %q", tt.unit.name, tt.all, tt.limit, got, tt.want)
		}
	}
}

func TestTablesGoBetweenTheMarks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "README.md")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const begin, end = "# Title\n<!-- begin: make bench-ftp -->\n", "<!-- end: make bench-ftp -->\nThe rest.\n"
	write(begin + "old\n" + end)
	if err := writeBetweenMarks(file, "new\n"); err != nil {
		t.Errorf("writeBetweenMarks() = %v, want nil", err)
	}
	got, err := os.ReadFile(file)
	if diff := cmp.Diff(begin+"new\n"+end, string(got)); diff != "" || err != nil {
		t.Errorf("the file: %v, mismatch (-want +got):\n%s", err, diff)
	}
	write("# Title\n")
	if err := writeBetweenMarks(file, "new\n"); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("writeBetweenMarks() of a file without marks = %v, want an error that names it", err)
	}
	if _, err := os.Stat(filepath.Join("..", "..", "..", readme)); err != nil {
		t.Error(err)
	}
}

func TestHeadingHasTheCommand(t *testing.T) {
	got := heading([]string{"-peers", "/home/ann/peers", "-before", "/tmp/ftpd", "-rounds", "3", "-update"}, map[string]string{"/home/ann/peers": "DIR", "/tmp/ftpd": "FTPD"})
	if want := "`go run ./solutions/ex8.2/bench -peers DIR -before FTPD -rounds 3 -update`"; !strings.Contains(got, want) {
		t.Errorf("heading() = %q, want %s in it", got, want)
	}
}
