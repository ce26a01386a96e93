//go:build unix && !aix && !solaris

package grade

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
)

const (
	clock2Dir = "exercises/ex8.1/clock2"
	good      = "package main\n\nfunc main() {}\n"
)

// newGrading returns a grading of the files of clock2, by name, which may be in folders: as a
// submission, or in place.
func newGrading(t *testing.T, files map[string]string, submitted bool) (g *grading, dir string) {
	t.Helper()
	top := t.TempDir()
	folder := top
	if submitted {
		folder = t.TempDir()
	}
	dir = filepath.Join(folder, filepath.FromSlash(clock2Dir))
	write(t, filepath.Join(top, "go.mod"), "module example.com/workbook\n\ngo 1.26.5\n\nrequire golang.org/x/sync v0.24.0\n\nrequire (\n\tgithub.com/google/go-cmp v0.7.0 // indirect\n)\n")
	for name, text := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	g = &grading{
		Options: Options{Top: top}, temp: t.TempDir(), buildTime: minBuildTime,
		replace: make(map[string]string), places: make(map[string]places), leftOut: make(map[string][]string),
	}
	if submitted {
		g.Submission = folder
	}
	return g, dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSourceSaysWhatIsWrongWithTheFiles(t *testing.T) {
	const file = clock2Dir + "/clock2.go"
	tests := []struct {
		name      string
		files     map[string]string
		kind      verdict.Kind
		message   string
		submitted bool // only then
	}{
		{name: "all is right", files: map[string]string{"clock2.go": good}},
		{name: "another package", files: map[string]string{"clock2.go": "package clock2\n"},
			kind: verdict.DoesNotCompile, message: file + ":1:9: package clock2: want package main, as in the stub"},
		{name: "bytes that are no text", files: map[string]string{"clock2.go": "/*\n\x00 */\n" + good},
			kind: verdict.DoesNotCompile, message: file + ":2: there is a NUL byte, which no Go file can have"},
		{name: "UTF-16, which the compiler names", files: map[string]string{"clock2.go": "\xff\xfep\x00"}},
		{name: "a third-party package", files: map[string]string{"clock2.go": "package main\n\nimport \"github.com/fatih/color\"\n"},
			kind: verdict.DoesNotCompile, message: file + `:3:8: imports "github.com/fatih/color": only the standard library can be imported`},
		{name: "packages of the workbook's go.mod", files: map[string]string{"clock2.go": "package main\n\nimport (\n\t\"golang.org/x/sync/errgroup\"\n\t\"github.com/google/go-cmp/cmp\"\n\t\"example.com/workbook/exercises\"\n)\n"}},
		{name: "no files", kind: verdict.NotFound, message: "no Go files in " + clock2Dir},
		{name: "a lock file of Emacs", files: map[string]string{"clock2.go": good, ".#clock2.go": "\x00"}},
		{name: "a fork of macOS", files: map[string]string{"clock2.go": good, "._clock2.go": "\x00"}},
		{name: "a very long file", files: map[string]string{"clock2.go": good + strings.Repeat("\n", maxSize)},
			kind: verdict.Refused, message: file + " is longer than 1048576 bytes", submitted: true},
		{name: "many files", files: many(maxFiles+1, good),
			kind: verdict.Refused, message: "there are more than 200 files in " + clock2Dir, submitted: true},
		{name: "many long files", files: many(maxTotal/maxSize+1, good+strings.Repeat("\n", maxSize-len(good))),
			kind: verdict.Refused, message: "the files in " + clock2Dir + " have more than 16777216 bytes", submitted: true},
		{name: "many files beside one that embeds some", files: many(maxFiles, "//go:embed x.txt\n", "x.txt"),
			kind: verdict.Refused, message: "there are more than 200 files in " + clock2Dir, submitted: true},
		{name: "a package of its own that asks whether it is tested", files: map[string]string{
			"clock2.go":  "package main\n\nimport _ \"example.com/workbook/" + clock2Dir + "/sly\"\n",
			"sly/sly.go": "//go:build race\n\npackage sly\n",
		}, kind: verdict.Refused, message: clock2Dir + "/sly/sly.go has a build constraint on race", submitted: true},
		{name: "a build constraint on the race detector", files: map[string]string{"clock2.go": "//go:build race\n\n" + good},
			kind: verdict.Refused, message: file + " has a build constraint on race", submitted: true},
	}
	for _, tt := range tests {
		for _, submitted := range []bool{false, true} {
			if tt.submitted && !submitted {
				continue
			}
			t.Run(tt.name, func(t *testing.T) {
				g, _ := newGrading(t, tt.files, submitted)
				p := report.Program{Dir: clock2Dir, Name: "clock2"}
				if _, err := g.source(&p); err != nil {
					t.Fatal(err)
				}
				if p.Verdict.Kind != tt.kind || !strings.Contains(p.Verdict.Message, tt.message) {
					t.Errorf("as a submission %t: the verdict is %+v, want %q with %q", submitted, p.Verdict, tt.kind, tt.message)
				}
			})
		}
	}
}

// many returns the texts of n Go files, and of others that are empty.
func many(n int, text string, others ...string) map[string]string {
	files := make(map[string]string)
	for i := range n {
		files[fmt.Sprintf("file%d.go", i)] = text
	}
	for _, name := range others {
		files[name] = ""
	}
	return files
}

func TestSourceNamesFilesThatAreNoPartOfTheProgram(t *testing.T) {
	for _, submitted := range []bool{false, true} {
		g, _ := newGrading(t, map[string]string{
			"clock2.go": good, "clock2_test.go": good, "tick_test.go": good, "clock2_windows.go": good, "clock2_plan9.go": good,
			"tagged.go": "//go:build ignore\n\n" + good, "_old.go": good, ".#clock2.go": "", "notes.txt": "",
		}, submitted)
		p := report.Program{Dir: clock2Dir, Name: "clock2"}
		if _, err := g.source(&p); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, sentence := range g.leftOut[clock2Dir] {
			name, _, _ := strings.Cut(strings.TrimPrefix(sentence, clock2Dir+"/"), " ")
			got = append(got, name)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"_old.go", "clock2_plan9.go", "clock2_windows.go", "tagged.go", "tick_test.go"}, got); diff != "" {
			t.Errorf("as a submission %t: files left out mismatch (-want +got):\n%s", submitted, diff)
		}
	}
}

func TestLinkToNothingIsTheStudentsInPlace(t *testing.T) {
	g, dir := newGrading(t, map[string]string{"clock2.go": good}, false)
	if err := os.Symlink("nowhere", filepath.Join(dir, "more.go")); err != nil {
		t.Skip(err)
	}
	p := report.Program{Dir: clock2Dir, Name: "clock2"}
	if _, err := g.source(&p); err != nil {
		t.Fatal(err)
	}
	if want := "more.go is a link to a file that does not exist"; !strings.Contains(p.Verdict.Message, want) {
		t.Errorf("the verdict is %+v, want %q", p.Verdict, want)
	}
}

func TestWhatIsNoFileIsAProblem(t *testing.T) {
	tests := []struct {
		name  string
		place func(file string) error
		want  string
	}{
		{"a link", func(file string) error { return os.Symlink("/etc/hosts", file) }, "clock2.go is a symbolic link, and not a file"},
		{"a pipe", func(file string) error { return syscall.Mkfifo(file, 0o666) }, "clock2.go is a named pipe, and not a file"},
		{"no permission", func(file string) error { return os.WriteFile(file, nil, 0) }, "permission denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == "permission denied" && os.Getuid() == 0 {
				t.Skip("root can read all files")
			}
			g, dir := newGrading(t, map[string]string{"x.txt": ""}, true)
			if err := tt.place(filepath.Join(dir, "clock2.go")); err != nil {
				t.Skip(err)
			}
			p := report.Program{Dir: clock2Dir, Name: "clock2"}
			_, err := g.source(&p)
			if err = asProblem(t.Context(), err); err == nil || !strings.Contains(err.Error(), tt.want) || p.Verdict.Kind != "" {
				t.Errorf("source() = %v, with the verdict %+v, want a problem with %q", err, p.Verdict, tt.want)
			}
		})
	}
}

func TestEmbeddedFilesAndPackagesAreTaken(t *testing.T) {
	const embeds = "package main\n\nimport _ \"embed\"\n\n//go:embed texts/hello.txt\nvar hello string\n\nfunc main() { print(hello) }\n"
	const imports = "package main\n\nimport \"example.com/workbook/" + clock2Dir + "/texts\"\n\nfunc main() { texts.X() }\n"
	for name, want := range map[string][]string{
		embeds:  {"clock2.go", "clock2_test.go", "notes.txt", "texts/hello.txt"},
		imports: {"clock2.go", "clock2_test.go", "texts/x.go"},
		good:    {"clock2.go", "clock2_test.go"},
	} {
		g, _ := newGrading(t, map[string]string{"clock2.go": name, "texts/hello.txt": "hello", "texts/x.go": good, "texts/testdata/y.go": good, "notes.txt": "",
			"sum.s": "", "linked.syso": "", "texts/sum.c": ""}, true)
		p := report.Program{Dir: clock2Dir, Name: "clock2"}
		if _, err := g.source(&p); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, name := range slices.Sorted(maps.Keys(g.replace)) {
			rel, err := filepath.Rel(filepath.Join(g.Top, filepath.FromSlash(clock2Dir)), name)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, filepath.ToSlash(rel))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("files taken mismatch (-want +got):\n%s", diff)
		}
	}
}

// The package isolate must read its key before any package of a submission is initialized.
func TestPackageOfASubmissionImportsIsolate(t *testing.T) {
	const importing = `; import _ "example.com/workbook/testutil/kit/isolate"`
	for text, want := range map[string]string{
		"package a\n\nvar X int\n":               "package a" + importing + "\n\nvar X int\n",
		"// Package a …\npackage /* b */ a // c": "// Package a …\npackage /* b */ a" + importing + " // c",
		"\ufeffpackage a; import \"os\"\n":       "\ufeffpackage a" + importing + "; import \"os\"\n",
		"package":                                "package",
	} {
		if got := string(withKit([]byte(text))); got != want {
			t.Errorf("withKit(%q) = %q, want %q", text, got, want)
		}
	}
	g, _ := newGrading(t, map[string]string{
		"clock2.go": "package main\n\nimport \"example.com/workbook/" + clock2Dir + "/texts\"\n\nfunc main() { texts.X() }\n", "texts/x.go": "package texts\n",
	}, true)
	if _, err := g.source(&report.Program{Dir: clock2Dir, Name: "clock2"}); err != nil {
		t.Fatal(err)
	}
	file := g.replace[filepath.Join(g.Top, filepath.FromSlash(clock2Dir), "texts", "x.go")]
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), importing) {
		t.Errorf("the copy of a file of the package holds %q, %v, want %q", text, err, importing)
	}
}
