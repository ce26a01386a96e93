package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/handin"
)

// checkPage checks the flags that are about a page.
func (req *gradeRequest) checkPage() error {
	switch {
	case req.class != "" && req.open && req.html == "":
		return errors.New("-class -open requires -html, the file for the page")
	}
	return req.checkFiles()
}

// checkFiles returns an error if one of the files that are written is another of them, or one
// that is read.
func (req *gradeRequest) checkFiles() error {
	type named struct{ what, name string }
	files := []named{{"-html", req.html}, {"-o", req.out}}
	if req.grades != "" {
		files = append(files, named{"the copy of -grades", filledName(req.grades)})
	}
	if req.feedback != "" {
		files = append(files, named{"the archive of -feedback", feedbackArchive(req.feedback)})
	}
	written := len(files)
	files = append(files, named{"-grades", req.grades}, named{"-late", req.late}, named{"-class", req.class}, named{"-submission", req.Submission})
	for i, one := range files[:written] {
		for _, other := range files[i+1:] {
			if one.name != "" && other.name != "" && sameFile(one.name, other.name) {
				return fmt.Errorf("%s and %s are the same file, %s", one.what, other.what, one.name)
			}
		}
	}
	return nil
}

// readPage reads the page of the class, if it is wanted and there already: it has the boards
// of the students who are not graded again.
func (req *gradeRequest) readPage() error {
	if req.html == "" {
		return nil
	}
	req.page = report.NewClass()
	file, err := os.Open(req.html)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if req.page, err = report.ReadClass(file); err == nil && !req.page.Fits(grade.Unfinished(req.Exercises)) {
		err = errors.New("it is the page of other exercises, or of an older workbook")
	}
	if err != nil {
		return fmt.Errorf("%s: %w: move it away first", req.html, err)
	}
	return nil
}

// onPage reports whether a student is on the page, or none is wanted.
func (req *gradeRequest) onPage(s handin.Student) bool {
	return req.page == nil || req.page.Has(s.Name)
}

// addToPage adds a student to the page, if one is wanted.
func (req *gradeRequest) addToPage(s handin.Student, r report.Report) error {
	if req.page == nil {
		return nil
	}
	return req.page.Add(s.Name, r)
}

// removeFromPage removes a student from the page, if one is wanted.
func (req *gradeRequest) removeFromPage(s handin.Student) {
	if req.page != nil {
		req.page.Remove(s.Name)
	}
}

// writePage writes the page of the class, if it is wanted.
func (req *gradeRequest) writePage() error {
	if req.page == nil {
		return nil
	}
	return report.WriteFile(req.html, req.page.Write)
}

// showPage writes the page of one student, if it is wanted, and opens it.
func (req *gradeRequest) showPage(r report.Report) error {
	if req.open && req.html == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		dir = filepath.Join(dir, "workbook")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		req.html = filepath.Join(dir, strings.ReplaceAll(names(req.Exercises), ", ", "-")+".html")
	}
	if req.html == "" {
		return nil
	}
	err := report.WriteFile(req.html, func(w io.Writer) error { return report.HTML(w, r) })
	if err != nil {
		return err
	}
	return req.openPage()
}

// openPage shows the page in a browser, if that is wanted, and says where it is.
func (req *gradeRequest) openPage() error {
	if !req.open {
		return nil
	}
	name, err := filepath.Abs(req.html)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "the page:", name)
	if args := opener(runtime.GOOS, os.Getenv); args != nil {
		cmd := exec.Command(args[0], append(args[1:], name)...)
		if err := cmd.Start(); err == nil {
			go cmd.Wait() // it may go on when the grader has ended
		}
	}
	return nil
}

// opener returns the command that opens a file in the user's browser; nil if there is none, as
// on a machine without a screen.
func opener(goos string, env func(string) string) []string {
	switch goos {
	case "darwin":
		return []string{"open"}
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	if env("DISPLAY") == "" && env("WAYLAND_DISPLAY") == "" {
		return nil
	}
	return []string{"xdg-open"}
}
