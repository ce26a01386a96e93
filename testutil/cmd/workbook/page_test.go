package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/sites/handin"
)

func TestPageHasTheBoardsOfStudentsGradedBefore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "class.html")
	ann, bob := handin.Student{Name: "ann"}, handin.Student{Name: "bob"}
	for i, s := range []handin.Student{ann, bob} {
		req := gradeRequest{html: file}
		req.Exercises = grade.Exercises[:1]
		if err := req.readPage(); err != nil {
			t.Fatal(err)
		}
		if req.onPage(ann) != (i > 0) || req.onPage(bob) {
			t.Errorf("at call %d, ann is on the page: %t, bob: %t", i, req.onPage(ann), req.onPage(bob))
		}
		if err := req.addToPage(s, grade.Unfinished(req.Exercises)); err != nil {
			t.Fatal(err)
		}
		if err := req.writePage(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "a class of 2") {
		t.Errorf("the page is not one of two students: %v\n%.500s", err, text)
	}
	req := gradeRequest{html: file}
	req.Exercises = grade.Exercises
	const want = "it is the page of other exercises, or of an older workbook: move it away first"
	if err := req.readPage(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("for other exercises, reading the page gives %v, want %q", err, want)
	}
	if err := os.WriteFile(file, []byte("<html>"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := req.readPage(); err == nil || !strings.Contains(err.Error(), "it is not the page of a class") {
		t.Errorf("reading another page gives %v, want an error", err)
	}
}

func TestOpenerIsThatOfTheSystem(t *testing.T) {
	for _, tt := range []struct{ goos, env, want string }{
		{"linux", "DISPLAY", "xdg-open"},
		{"freebsd", "WAYLAND_DISPLAY", "xdg-open"},
		{"linux", "", ""},
		{"darwin", "", "open"},
		{"windows", "", "rundll32 url.dll,FileProtocolHandler"},
	} {
		got := opener(tt.goos, func(name string) string {
			if name == tt.env {
				return ":0"
			}
			return ""
		})
		if strings.Join(got, " ") != tt.want {
			t.Errorf("on %s with %q set, the opener is %q, want %q", tt.goos, tt.env, got, tt.want)
		}
	}
}

// The page of one student is beside what is printed. Where nothing opens it, its name is
// printed.
func TestPageIsShownBesideTheText(t *testing.T) {
	folder := copies(t, map[string]string{"notes.txt": ""})
	for _, tt := range []struct{ name, flag string }{
		{"in the file of -html", "-html=" + filepath.Join(t.TempDir(), "page.html")},
		{"in the cache", "-open"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cache := t.TempDir()
			cmd := command(t, "grade", "-submission", folder, tt.flag, "ex8.2")
			cmd.Env = append(slices.DeleteFunc(cmd.Environ(), func(v string) bool {
				return strings.HasPrefix(v, "DISPLAY=") || strings.HasPrefix(v, "WAYLAND_DISPLAY=")
			}),
				"XDG_CACHE_HOME="+cache)
			_, file, _ := strings.Cut(tt.flag, "=")
			if file == "" {
				if runtime.GOOS != "linux" {
					t.Skip("the cache is elsewhere, and a browser would open")
				}
				file = filepath.Join(cache, "workbook", "ex8.2.html")
			}
			out, _ := cmd.CombinedOutput()
			if status := cmd.ProcessState.ExitCode(); status != wrong || !strings.Contains(string(out), "Core 0 of 74") {
				t.Errorf("exit status %d, want %d and the text:\n%s", status, wrong, out)
			}
			if said := strings.Contains(string(out), "the page: "+file); said != (tt.flag == "-open") {
				t.Errorf("the name of the page is printed: %t:\n%s", said, out)
			}
			text, err := os.ReadFile(file)
			if err != nil || !strings.Contains(string(text), "no folder ftpd and no file ftpd.go among the 1 file handed in: notes.txt") {
				t.Errorf("the page is %v\n%.2000s\nwant what the text says", err, text)
			}
		})
	}
}
