package handin

import (
	"archive/zip"
	"bytes"
	or "cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// workOf returns what is found in a folder of one student, and after copying it, each
// file with its text.
func workOf(t *testing.T, fsys fs.FS, programs []Program) (w Work, copied map[string]string) {
	t.Helper()
	w, err := Student{Name: "ann", files: list(fsys)}.Work(programs)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := w.Copy(dir); err != nil {
		t.Fatal(err)
	}
	copied = make(map[string]string)
	err = fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		copied[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w, copied
}

// forged returns a zip with a file that says it has so many bytes, and has a few.
func forged(name string, size uint64, flags uint16) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, Flags: flags, CompressedSize64: 3, UncompressedSize64: size})
	if err != nil {
		panic(err)
	}
	f.Write([]byte("abc"))
	w.Close()
	return b.String()
}

func TestWhatIsNotFoundIsSaid(t *testing.T) {
	bomb := forged("clock2.go", 1<<31, 0)
	nested := zipOf(map[string]string{"clock2.go": "package main"})
	for range maxNested {
		nested = zipOf(map[string]string{"inner.zip": nested})
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		why   string // part of it
	}{
		{"nothing", nil, "nothing was handed in"},
		{"an empty folder", map[string]string{"work/": ""}, "nothing was handed in"},
		{"another file", map[string]string{"report.pdf": ""}, "no folder clock2 and no file clock2.go among the 1 file handed in: report.pdf"},
		{"another name", map[string]string{"a.pdf": "", "b.txt": "", "c": "", "d": "", "e": "", "my/main.go": ""},
			"among the 6 files handed in: my/main.go, a.pdf, b.txt, c, d, …"},
		{"the solution only", map[string]string{"solutions/ex8.1/clock2/clock2.go": ""}, "nothing was handed in"},
		{"the chapter only", map[string]string{"a/chapter60/clock2/clock2.go": ""}, "nothing was handed in"},
		{"a dependency only", map[string]string{"node_modules/clock2/clock2.go": "", "a/vendor/clock2/clock2.go": ""}, "nothing was handed in"},
		{"another archive", map[string]string{"work.7z": "7z"}, "work.7z is not read: want a zip or tar file"},
		{"an empty zip", map[string]string{"work.zip": ""}, "work.zip is not read: it is empty"},
		{"no zip", map[string]string{"work.zip": "PK, but no zip"}, "work.zip is not read: zip: not a valid zip file"},
		{"no tar", map[string]string{"work.tgz": "neither"}, "work.tgz is not read: it is neither a zip file nor a tar file"},
		{"an encrypted zip", map[string]string{"work.zip": forged("clock2.go", 3, 1)}, "work.zip is not read: it is encrypted"},
		{"a zip that says it is long", map[string]string{"work.zip": bomb}, "work.zip is not read: its files have more than 1073741824 bytes"},
		{"a zip much shorter than its files", map[string]string{"work.zip": forged("clock2.go", 100<<20, 0)}, "its files are more than 200 times as long as itself"},
		{"archives in each other", map[string]string{"work.zip": nested}, "there are too many archives in each other"},
		{"names that lead out", map[string]string{"work.zip": zipOf(map[string]string{"../clock2.go": "", "/clock2.go": "", `c:\clock2.go`: ""})},
			`work.zip holds the name "../clock2.go", which is left out`},
		{"a link in a zip", map[string]string{"work.zip": zipOf(map[string]string{"clock2.go@": "/etc/passwd"})}, "work.zip/clock2.go is not a regular file, and left out"},
		{"a link in a tar", map[string]string{"work.tar": tarOf(map[string]string{"clock2/clock2.go@": "/etc/passwd"})}, "work.tar/clock2/clock2.go is not a regular file, and left out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, copied := workOf(t, export(tt.files), programs[:1])
			if len(w.Missing) != 1 || len(copied) > 0 {
				t.Fatalf("missing %+v, copied %v, want clock2 missing and nothing copied", w.Missing, copied)
			}
			if why := w.Missing[0].Why; !strings.Contains(why, tt.why) {
				t.Errorf("clock2 is missing: %s\nwant %q", why, tt.why)
			}
		})
	}
}

func TestProgramInADamagedArchiveIsMissing(t *testing.T) {
	const text = "package main"
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "clock2.go", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, text)
	w.Close()
	damaged := strings.Replace(b.String(), text, "package niam", 1)
	found, copied := workOf(t, export(map[string]string{"work.zip": damaged}), programs[:1])
	want := []Lost{{programs[0], "work.zip/clock2.go cannot be read: zip: checksum error"}}
	if diff := cmp.Diff(want, found.Missing); diff != "" || len(copied) > 0 {
		t.Errorf("missing programs mismatch, and %d files are copied (-want +got):\n%s", len(copied), diff)
	}
}

func TestFilesAreTakenWhereTheyAreFound(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	old, recent := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		files map[string]string
		times map[string]time.Time
		want  map[string]string
		names []string // in place of want
		notes []string
	}{
		{
			name:  "loose files with one of the student's own",
			files: map[string]string{"clock2.go": "c", "extra.go": "x", "clock2_test.go": "t", "._clock2.go": "junk"},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "c", "exercises/ex8.1/clock2/extra.go": "x"},
		},
		{
			name:  "loose files of several programs",
			files: map[string]string{"clock2.go": "c", "clock.go": "w", "clockwall.go": "w", "extra.go": "x"},
			want: map[string]string{
				"exercises/ex8.1/clock2/clock2.go":   "c",
				"exercises/ex8.1/clockwall/clock.go": "w", "exercises/ex8.1/clockwall/clockwall.go": "w",
			},
			notes: []string{
				"extra.go is not graded: it stands beside the files of several programs, and may be a part of any",
			},
		},
		{
			name: "loose files of several programs, which need others",
			files: map[string]string{
				"clock2.go":      "package main\nfunc main() { serve(zone) }\ntype server struct{}",
				"clockwall.go":   "package main\nfunc main() { draw(both) }",
				"zone.go":        "package main\nvar zone = deeper()",
				"deeper.go":      "package main\nfunc deeper() int { return 1 }\nfunc serve(int) {}",
				"methods.go":     "package main\nfunc (s *server) close() {}",
				"draw_unix.go":   "package main\nfunc draw(int) {}",
				"draw_other.go":  "package main\nfunc draw(int) {}\nvar both = common",
				"common.go":      "package main\nconst common, both2 = 1, 2",
				"unrelated.go":   "package main\nfunc unrelated() {}",
				"not go text.go": "%",
			},
			names: []string{
				"exercises/ex8.1/clock2/clock2.go", "exercises/ex8.1/clock2/deeper.go", "exercises/ex8.1/clock2/methods.go", "exercises/ex8.1/clock2/zone.go",
				"exercises/ex8.1/clockwall/clockwall.go", "exercises/ex8.1/clockwall/common.go", "exercises/ex8.1/clockwall/draw_other.go", "exercises/ex8.1/clockwall/draw_unix.go",
			},
			notes: []string{
				"not go text.go is not graded: it stands beside the files of several programs, and may be a part of any",
				"unrelated.go is not graded: it stands beside the files of several programs, and may be a part of any",
			},
		},
		{
			name:  "a folder of the name of one program with the files of two",
			files: map[string]string{"clock2/clock2.go": "c", "clock2/own.go": "o", "clock2/clockwall.go": "w"},
			want: map[string]string{
				"exercises/ex8.1/clock2/clock2.go": "c", "exercises/ex8.1/clock2/own.go": "o",
				"exercises/ex8.1/clockwall/clockwall.go": "w",
			},
		},
		{
			name:  "a stub in parts, without its main file",
			files: map[string]string{"clock.go": "c", "table.go": "t", "main.go": "m"},
			want: map[string]string{
				"exercises/ex8.1/clockwall/clock.go": "c", "exercises/ex8.1/clockwall/table.go": "t", "exercises/ex8.1/clockwall/main.go": "m",
			},
		},
		{
			name:  "a program that embeds",
			files: map[string]string{"clock2/clock2.go": "//go:embed zones\n", "clock2/zones/a.txt": "a", "clock2/b/c.go": "", "clock2/clock2_test.go": "t"},
			want: map[string]string{
				"exercises/ex8.1/clock2/clock2.go": "//go:embed zones\n", "exercises/ex8.1/clock2/zones/a.txt": "a", "exercises/ex8.1/clock2/clock2_test.go": "t",
			},
		},
		{
			name: "a program with a package of its own, which embeds",
			files: map[string]string{
				"clock2/clock2.go": "import \"example.com/workbook/exercises/ex8.1/clock2/b\"\n", "clock2/b/c.go": "//go:embed d.txt\n", "clock2/b/d.txt": "d", "clock2/b/c_test.go": "t",
			},
			want: map[string]string{
				"exercises/ex8.1/clock2/clock2.go": "import \"example.com/workbook/exercises/ex8.1/clock2/b\"\n", "exercises/ex8.1/clock2/b/c.go": "//go:embed d.txt\n", "exercises/ex8.1/clock2/b/d.txt": "d",
			},
		},
		{
			name:  "a program that does not",
			files: map[string]string{"clock2/clock2.go": "c", "clock2/video.mp4": long},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "c"},
		},
		{
			name:  "a file that is too long",
			files: map[string]string{"clock2/clock2.go": long},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": long[:maxFile]},
		},
		{
			name:  "backslashes, and letters of no known set",
			files: map[string]string{"work.zip": zipOf(map[string]string{"\x9abung\\ex8.1\\clock2\\clock2.go": "c", "\x9a\\clockwall\\clockwall.go": "w"})},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "c", "exercises/ex8.1/clockwall/clockwall.go": "w"},
		},
		{
			name:  "two folders, the nearer to the top",
			files: map[string]string{"clock2/clock2.go": "near", "backup/clock2/clock2.go": "far"},
			times: map[string]time.Time{"clock2/clock2.go": old, "backup/clock2/clock2.go": recent},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "near"},
			notes: []string{"clock2 is taken from clock2, and not from backup/clock2"},
		},
		{
			name:  "two folders, the newer one",
			files: map[string]string{"a/clock2/clock2.go": "new", "b/clock2/clock2.go": "old"},
			times: map[string]time.Time{"a/clock2/clock2.go": recent, "b/clock2/clock2.go": old},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "new"},
			notes: []string{"clock2 is taken from a/clock2, and not from b/clock2"},
		},
		{
			name:  "a longer path, whatever is newer",
			files: map[string]string{"a/b/c/ex8.1/clock2/clock2.go": "long", "clock2/clock2.go": "short"},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "long"},
			notes: []string{"clock2 is taken from a/b/c/ex8.1/clock2, and not from clock2"},
		},
		{
			name: "many folders",
			files: map[string]string{
				"a/clock2/clock2.go": "a", "b/clock2/clock2.go": "b", "c/clock2/clock2.go": "c", "clock2/clock2.go": "near",
				"d/clock2/clock2.go": "d", "e/clock2/clock2.go": "e", "f/clock2/clock2.go": "f",
			},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "near"},
			notes: []string{"clock2 is taken from clock2, and not from a/clock2, b/clock2, c/clock2, d/clock2, e/clock2, …"},
		},
		{
			name:  "two files of a name",
			files: map[string]string{"clock2.go": "old", "clock2-1.go": "new"},
			want:  map[string]string{"exercises/ex8.1/clock2/clock2.go": "new"},
			notes: []string{"clock2-1.go is graded, and not clock2.go"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := export(tt.files).(fstest.MapFS)
			for name, changed := range tt.times {
				fsys[name].ModTime = changed
			}
			w, copied := workOf(t, fsys, programs[:2])
			if diff := cmp.Diff(tt.want, copied); diff != "" && tt.names == nil {
				t.Errorf("copied files mismatch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.names, slices.Sorted(maps.Keys(copied))); diff != "" && tt.names != nil {
				t.Errorf("names of copied files mismatch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, w.Notes); diff != "" {
				t.Errorf("notes mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// Who has a copy of the workbook may have worked beside its exercises.
func TestStubDoesNotStandInTheWayOfWork(t *testing.T) {
	p := programs[0]
	p.Texts = map[string][]byte{"clock2.go": []byte("stub\n")}
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"beside the stub", map[string]string{clock2: "stub\r\n", "mine/clock2.go": "work"}, "work"},
		{"in place of the stub", map[string]string{clock2: "work", "mine/clock2.go": "draft"}, "work"},
		{"nowhere", map[string]string{clock2: "stub\n"}, "stub\n"},
		{"nowhere, with two stubs", map[string]string{clock2: "stub\n", "mine/clock2.go": "stub\n"}, "stub\n"},
	} {
		_, copied := workOf(t, export(tt.files), []Program{p})
		if got := copied[clock2]; got != tt.want {
			t.Errorf("with work %s, clock2.go is %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOlderAttemptsAreNamed(t *testing.T) {
	c := newClass("class", list(export(map[string]string{
		"ann@example.edu_1_clock2.go": "", "ann@example.edu_2_clock2.go": "", "ann@example.edu_3_clock2.go": "",
	})))
	w, err := c.Students[0].Work(programs[:1])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"the newest attempt is graded, and not ann@example.edu_1_clock2.go, ann@example.edu_2_clock2.go"}
	if diff := cmp.Diff(want, w.Notes); diff != "" {
		t.Errorf("notes mismatch (-want +got):\n%s", diff)
	}
}

// A long file beside a program in a tar is not kept, and does not keep the program from being
// found.
func TestLongFilesInATarAreLeftOut(t *testing.T) {
	files := map[string]string{"clock2/clock2.go": "c"}
	for i := range 40 {
		files[fmt.Sprintf("clock2/%d.log", i)] = strings.Repeat("\x00", 1<<20)
	}
	_, copied := workOf(t, export(map[string]string{"work.tgz": tarOf(files)}), programs[:1])
	if diff := cmp.Diff(map[string]string{clock2: "c"}, copied); diff != "" {
		t.Errorf("copied files mismatch (-want +got):\n%s", diff)
	}
}

// What is found is kept, and not the archives that it is in, whatever else they hold. No student
// makes the grader large.
func TestArchivesAreNotKept(t *testing.T) {
	many := make(map[string]string)
	for i := range maxFiles / 2 {
		many[fmt.Sprintf("%d.txt", i)] = ""
	}
	half := zipOf(many)
	many["clock2.go"] = "c"
	long := make(map[string]string)
	for i := range 30 {
		long[fmt.Sprintf("clock2/%d.go", i)] = strings.Repeat("x", 1<<20)
	}
	longer := maps.Clone(long)
	for i := range 10 {
		longer[fmt.Sprintf("clock2/more%d.go", i)] = long["clock2/0.go"]
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		found int // files of clock2
		note  string
	}{
		{"many files", map[string]string{"work.zip": zipOf(many)}, 1, ""},
		{"too many files in all", map[string]string{"a.zip": half, "b.zip": half, "c.zip": zipOf(map[string]string{"clock2.go": "c"})}, 0, "c.zip is not read: it has more than 50000 files, with other archives"},
		{"more files in archives in an archive", map[string]string{"a.zip": zipOf(map[string]string{"1.zip": half, "2.zip": half, "3.zip": half, "clock2.go": "c"})}, 1, "3.zip is not read"},
		{"a tar with much text", map[string]string{"work.tgz": tarOf(longer)}, 0, "work.tgz is not read: its files have more than 33554432 bytes"},
		{"a program of too much text", map[string]string{"work.zip": zipOf(long)}, 17, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := Student{files: list(export(tt.files))}
			before := heap()
			w, err := s.Work(programs[:1])
			if err != nil {
				t.Fatal(err)
			}
			kept := heap() - before
			found := 0
			for _, f := range w.Found {
				found += len(f.files)
			}
			notes := strings.Join(w.Notes, "; ")
			if found != tt.found || !strings.Contains(notes, tt.note) || tt.note == "" && notes != "" {
				t.Errorf("%d files are found, with the notes %q; want %d, and %q", found, notes, tt.found, tt.note)
			}
			if most := int64(found+1) << 20; kept > most {
				t.Errorf("%d bytes are kept, want at most %d", kept, most)
			}
			runtime.KeepAlive(w)
			runtime.KeepAlive(s)
		})
	}
}

// heap returns how much memory is in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the first leaves what package zip has in a pool
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Outside of archives, what is not a regular file is for the teacher to see to, and so is a folder that
// cannot be read.
func TestWhatATeacherMustSeeToIsAnError(t *testing.T) {
	w, err := Student{files: list(export(map[string]string{"clock2/clock2.go@": "elsewhere"}))}.Work(programs[:1])
	if err != nil {
		t.Fatal(err)
	}
	err = w.Copy(t.TempDir())
	if e, ok := errors.AsType[*NotFileError](err); !ok || e.Error() != "exercises/ex8.1/clock2/clock2.go is a symbolic link, and not a file" {
		t.Errorf("copying a link: %v, want a NotFileError", err)
	}
	unread := File{Name: "work", Path: "work", Mode: fs.ModeDir, err: fs.ErrPermission}
	for files, want := range map[string]error{"": fs.ErrPermission, "clock2/clock2.go": fs.ErrPermission, clock2: nil} {
		s := Student{files: append(list(export(map[string]string{files: ""})), unread)}
		if _, err := s.Work(programs[:1]); !errors.Is(err, want) {
			t.Errorf("a folder that cannot be read, beside %q: %v, want %v", files, err, want)
		}
	}
}

// What stands in an archive is a student's, whatever it is.
func TestClassInAnArchiveIsReadWhateverIsInIt(t *testing.T) {
	const whole, old = "exercises/ex8.1/clock2/clock2.go", "package old"
	for _, tt := range []struct {
		name string // of the archive
		text string
		want []string // of each student, the name, and the text or why there is none
	}{
		{"letters.zip", zipOf(map[string]string{"M\x81ller/clock2.go": "mu", "M\x94ller/clock2.go": "mo", "Jos\u00e9/clock2.go": "jo"}), []string{
			"José: jo", "Möller: mo", "Müller: mu",
		}},
		{"zips.zip", zipOf(map[string]string{"M\x81ller.zip": zipOf(map[string]string{"clock2.go": "mu"}), "M\x94ller.zip": zipOf(map[string]string{"clock2.go": "mo"})}), []string{
			"Möller: mo", "Müller: mu",
		}},
		{"link.tar", tarOf(map[string]string{"ann/clock2.go@": "/etc/passwd", "bob/clock2.go": "b"}), []string{
			"ann: ann/clock2.go cannot be read: it is a symbolic link", "bob: b",
		}},
		{"twice.zip", zipOf(map[string]string{"ann/./clock2.go": old, "ann/clock2.go": "new", "bob/clock2.go": "b"}), []string{"ann: new", "bob: b"}},
		{"flat.zip", zipOf(map[string]string{"./ann_1_2_clock2.go": old, "ann_1_2_clock2.go": "new", "bob_2_3_clock2.go": "b"}), []string{"ann: new", "bob: b"}},
		{"nested.zip", zipOf(map[string]string{"ann.zip": zipOf(map[string]string{"./clock2.go": old, "clock2.go": "new"}), "bob/clock2.go": "b"}), []string{
			"ann: new", "bob: b",
		}},
		{"junk.zip", zipOf(map[string]string{"w/ann/.git/HEAD": "", "w/ann/.git/index": "", "w/bob/clock2.go": "b", "w/cyd/.DS_Store": "", "__MACOSX/w/eve": "", ".x/y": ""}), []string{
			"ann: nothing was handed in", "bob: b", "cyd: nothing was handed in",
		}},
		{"junk.tar", tarOf(map[string]string{"ann/.git/HEAD": "", "bob/clock2.go": "b"}), []string{"ann: nothing was handed in", "bob: b"}},
		{"secret.zip", forged("ann/clock2.go", 3, 1), []string{"ann: ann/clock2.go cannot be read: it is encrypted"}},
		{"formats.zip", zipOf(map[string]string{"ann.rar": "Rar!", "bob.7z": "7z", "cyd.tar.xz": "xz", "dan.zip": zipOf(map[string]string{"clock2.go": "d"})}), []string{
			"ann: ann.rar is not read: want a zip or tar file", "bob: bob.7z is not read: want a zip or tar file",
			"cyd: cyd.tar.xz is not read: want a zip or tar file", "dan: d",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			class, err := Open(write(t, tt.name, tt.text))
			if err != nil {
				t.Fatal(err)
			}
			defer class.Close()
			var got []string
			for _, s := range class.Students {
				w, err := s.Work(programs[:1])
				if err != nil {
					t.Fatal(err)
				}
				dir := t.TempDir()
				if err := w.Copy(dir); err != nil {
					t.Fatal(err)
				}
				text, _ := os.ReadFile(filepath.Join(dir, whole)) // there may be none
				for _, lost := range w.Missing {
					_, after, _ := strings.Cut(lost.Why, "; ")
					text = []byte(or.Or(after, lost.Why))
				}
				got = append(got, s.Name+": "+string(text))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("students mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// write writes a file into a folder of its own, and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOpenSaysWhyItDoesNotReadAnArchive(t *testing.T) {
	whole := tarOf(map[string]string{"ann/clock2.go": strings.Repeat("text ", 1000), "bob/clock2.go": "b"})
	for name, tt := range map[string]struct{ text, want string }{
		"empty.zip":  {"", "empty.zip: it is empty"},
		"empty.tgz":  {"", "empty.tgz: it is empty"},
		"text.zip":   {"no zip", "text.zip: it is neither a zip file nor a tar file"},
		"text.tar":   {strings.Repeat("no tar", 1000), "text.tar: it is neither a zip file nor a tar file"},
		"broken.zip": {"PK, but no zip", "broken.zip: zip: not a valid zip file"},
		"broken.tgz": {whole[:len(whole)-40], "broken.tgz: unexpected EOF"},
		"out.zip":    {zipOf(map[string]string{"../ann/clock2.go": "a", "bob/clock2.go": "b"}), `out.zip: it holds the name "../ann/clock2.go", which leads out of it`},
		"root.tgz":   {tarOf(map[string]string{"/ann/clock2.go": "a", "bob/clock2.go": "b"}), `root.tgz: it holds the name "/ann/clock2.go", which leads out of it`},
		"drive.zip":  {zipOf(map[string]string{`C:\ann\clock2.go`: "a"}), `drive.zip: it holds the name "C:\\ann\\clock2.go", which leads out of it`},
	} {
		_, err := Open(write(t, name, tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Open(%q): %v, want an error with %q", name, err, tt.want)
		}
	}
}

// The archive of one student is read without the names that lead out of it.
func TestNamesThatLeadOutOfASubmissionAreLeftOut(t *testing.T) {
	s, closer, err := OpenStudent(write(t, "ann.zip", zipOf(map[string]string{"../clock2.go": "out", "clock2.go": "in"})))
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	w, err := s.Work(programs[:1])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`the name "../clock2.go" leads out of the archive, and is left out`}
	if diff := cmp.Diff(want, w.Notes); diff != "" || len(w.Found) != 1 {
		t.Errorf("found %+v; notes mismatch (-want +got):\n%s", w.Found, diff)
	}
}

// Of two files, the newer one is graded, and named in the table and to the course system.
func TestNewerFileIsNamed(t *testing.T) {
	c := newClass("class", list(export(map[string]string{"annlee_7_1001_clock2.go": "old", "annlee_7_1002_clock2-1.go": "new"})))
	w, err := c.Students[0].Work(programs[:1])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := w.Found[0].From, "annlee_7_1002_clock2-1.go"; got != want {
		t.Errorf("clock2 is from %s, want %s", got, want)
	}
	if got, want := c.Students[0].Feedback, "annlee_7_1002_"; got != want {
		t.Errorf("the feedback begins with %s, want %s", got, want)
	}
	want := []string{"annlee_7_1002_clock2-1.go is graded, and not annlee_7_1001_clock2.go"}
	if diff := cmp.Diff(want, w.Notes); diff != "" {
		t.Errorf("notes mismatch (-want +got):\n%s", diff)
	}
}

func TestOpenRefusesWhatIsNoExport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "class.rar")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file); err == nil || !strings.Contains(err.Error(), "class.rar is not a folder, a zip file or a tar file") {
		t.Errorf("Open(%q): %v, want an error that says what it takes", file, err)
	}
	if _, err := Open(file + ".zip"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open(%q): %v, want %v", file+".zip", err, fs.ErrNotExist)
	}
}
