package main

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/handin"
)

// feedbackExts are the ends of the names of the files that each student gets.
var feedbackExts = []string{".txt", ".html"}

// inside reports whether a file of that name is in a folder, or the folder itself.
func inside(folder, name string) bool {
	folder, errFolder := filepath.Abs(folder)
	name, errName := filepath.Abs(name)
	rel, err := filepath.Rel(folder, name)
	return errors.Join(errFolder, errName, err) == nil && filepath.IsLocal(rel)
}

// feedbackFile returns the name of a file with feedback: as the course system wants it, or
// that of the student.
func (req *gradeRequest) feedbackFile(s handin.Student, ext string) string {
	name := s.Feedback + "feedback"
	if s.Feedback == "" {
		name = strings.Map(func(r rune) rune {
			if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
				return '_'
			}
			return r
		}, report.Visible(s.Name))
	}
	return filepath.Join(req.feedback, name+ext)
}

// hasFeedback reports whether the files for a student are there, or not wanted.
func (req *gradeRequest) hasFeedback(s handin.Student) bool {
	for _, ext := range feedbackExts {
		if _, err := os.Stat(req.feedbackFile(s, ext)); req.feedback != "" && err != nil {
			return false
		}
	}
	return true
}

// writeFeedback writes the files for a student, if they are wanted.
func (req *gradeRequest) writeFeedback(s handin.Student, r report.Report) error {
	if req.feedback == "" {
		return nil
	}
	if err := os.MkdirAll(req.feedback, 0o777); err != nil {
		return err
	}
	for _, ext := range feedbackExts {
		err := report.WriteFile(req.feedbackFile(s, ext), func(w io.Writer) error {
			if ext == ".html" {
				return report.HTML(w, r)
			}
			return report.Text(w, r, report.Style{Foreign: true})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// feedbackArchive returns the name of the archive beside a folder with feedback.
func feedbackArchive(folder string) string { return filepath.Clean(folder) + ".zip" }

// packFeedback writes the pages for all students into an archive, feedback.zip beside
// the folder, if the course system takes them by their names. Parts of a class leave that to
// the command merge.
func (req *gradeRequest) packFeedback(class handin.Class) error {
	var names []string
	for _, s := range class.Students {
		if name := req.feedbackFile(s, ".html"); s.Feedback != "" && req.hasFeedback(s) {
			names = append(names, name)
		}
	}
	if req.feedback == "" || len(names) == 0 || req.shard.all > 0 {
		return nil
	}
	return report.WriteFile(feedbackArchive(req.feedback), func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			f, err := z.Create(filepath.Base(name))
			if err != nil {
				return err
			}
			if _, err := f.Write(text); err != nil {
				return err
			}
		}
		return z.Close()
	})
}
