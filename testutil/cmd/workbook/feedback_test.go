package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/sites/handin"
)

func TestFeedbackIsWrittenForEachStudent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "feedback")
	req := gradeRequest{feedback: dir}
	class := handin.Class{Students: []handin.Student{
		{Name: "Ann Adams", Feedback: "Ann Adams_501_assignsubmission_file_"},
		{Name: "Bob: ../Baker"},
		{Name: "cyd", Feedback: "cyd_503_assignsubmission_file_"},
	}}
	for _, s := range class.Students[:2] {
		if req.hasFeedback(s) {
			t.Errorf("%s has feedback before it is written", s.Name)
		}
		if err := req.writeFeedback(s, grade.Unfinished(grade.Exercises[:1])); err != nil {
			t.Fatal(err)
		}
		if !req.hasFeedback(s) {
			t.Errorf("%s has no feedback after it is written", s.Name)
		}
	}
	if err := req.packFeedback(class); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{
		"Ann Adams_501_assignsubmission_file_feedback.html", "Ann Adams_501_assignsubmission_file_feedback.txt",
		"Bob_ .._Baker.html", "Bob_ .._Baker.txt",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files mismatch (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(filepath.Join(dir, want[1]))
	if err != nil || !strings.Contains(string(text), "Core 0 of 52") {
		t.Errorf("the text is %v\n%s\nwant the points", err, text)
	}
	r, err := zip.OpenReader(dir + ".zip")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if len(r.File) != 1 || r.File[0].Name != want[0] {
		t.Errorf("the archive has %d files, want %q only", len(r.File), want[0])
	}
}
