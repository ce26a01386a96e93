package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grade"
	"example.com/workbook/testutil/gradebook"
	"example.com/workbook/testutil/handin"
)

// newRow returns a row of a table of exercise 8.1.
func newRow(t *table, student string, values map[string]string) []string {
	fields := make([]string, len(t.header))
	for i, column := range t.header {
		fields[i] = values[column]
	}
	fields[studentColumn] = student
	return fields
}

// testTable returns a table of exercise 8.1 with three students.
func testTable(t *testing.T) *table {
	t.Helper()
	table := newTable(filepath.Join(t.TempDir(), "results.csv"), grade.Exercises[:1])
	graded := map[string]string{"clock2 verdict": "graded", "clockwall verdict": "not found", "core": "27", "core of": "52", "total": "46", "total of": "92"}
	missing := map[string]string{"clock2 verdict": "not found", "clockwall verdict": "not found", "core": "0", "core of": "52", "total": "0", "total of": "92"}
	for name, values := range map[string]map[string]string{"Ann Adams": graded, "=bob; the \"builder\"": graded, "cyd": missing} {
		table.lines[name] = newRow(table, name, values)
	}
	return table
}

func TestTableIsReadBackFromASpreadsheet(t *testing.T) {
	written := testTable(t)
	if err := written.write(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(written.file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var semicolons strings.Builder
	w := csv.NewWriter(&semicolons)
	w.Comma, w.UseCRLF = ';', true
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"as it was written": string(text),
		"CSV UTF-8":         "\ufeff" + strings.ReplaceAll(string(text), "\n", "\r\n"),
		"with semicolons":   "\ufeff" + semicolons.String(),
	} {
		t.Run(name, func(t *testing.T) {
			read := newTable(filepath.Join(t.TempDir(), "results.csv"), grade.Exercises[:1])
			if err := os.WriteFile(read.file, []byte(file), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := read.read(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(written.lines, read.lines); diff != "" {
				t.Errorf("rows mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGradesAreFilledIntoACopy(t *testing.T) {
	dir := t.TempDir()
	req := gradeRequest{grades: filepath.Join(dir, "worksheet.csv"), class: "class", weights: gradebook.Weights{Core: 1}}
	const worksheet = "Identifier,Full name,Grade,Maximum grade\nParticipant 501,Ann,,100\nParticipant 503,Cyd,,100\n"
	if err := os.WriteFile(req.grades, []byte(worksheet), 0o666); err != nil {
		t.Fatal(err)
	}
	sheet, err := req.readGrades()
	if err != nil {
		t.Fatal(err)
	}
	class := handin.Class{Site: "Moodle", Students: []handin.Student{{Name: "Ann Adams", ID: "501", Late: true}, {Name: "cyd", ID: "503"}}}
	table := testTable(t)
	late, err := gradebook.ParsePenalty([]byte("after,keep\nlate,50%\n"))
	if err != nil {
		t.Fatal(err)
	}
	table.mark(class.Students, req.weights, late)
	all, err := req.fillGrades(sheet, class, table)
	if all || err != nil {
		t.Errorf("all are filled in: %t, %v; want false, since nothing was found of one", all, err)
	}
	got := make(map[string]string)
	for _, name := range []string{"worksheet.csv", "worksheet-filled.csv"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = string(text)
	}
	want := map[string]string{"worksheet.csv": worksheet, "worksheet-filled.csv": strings.Replace(worksheet, "Ann,,", "Ann,13.5,", 1)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files mismatch (-want +got):\n%s", diff)
	}
}

// A class goes from the export of its course system to points in the gradebook, and to
// feedback for each student.
func TestClassGoesFromTheCourseSystemAndBack(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	program := solution(t, "ex8.1/clock2/clock2.go")
	dir := t.TempDir()
	export := filepath.Join(dir, "submissions.zip")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"adamsann_123_9001_clock2-1.go", "bakerbob_LATE_124_9002_clock2.go", "colecyd_125_9003_report.pdf"} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) == ".go" {
			f.Write([]byte(program))
		}
	}
	late, book := filepath.Join(dir, "late.csv"), filepath.Join(dir, "grades.csv")
	const grades = "\ufeffStudent,ID,Section,Exercise 8.1 (4711)\r\n\"Adams, Ann\",123,S1,\r\n\"Baker, Bob\",124,S1,\"\"\r\n\"Cole, Cyd\",125,S1,\r\n"
	err := errors.Join(z.Close(), os.WriteFile(export, b.Bytes(), 0o666), os.WriteFile(book, []byte(grades), 0o666),
		os.WriteFile(late, []byte("after,keep\nlate,50%\n"), 0o666))
	if err != nil {
		t.Fatal(err)
	}
	_, stderr, status := workbook(t, "grade", "-class", export, "-o", filepath.Join(dir, "results.csv"), "-grades", book, "-column", "exercise 8.1",
		"-late", late, "-feedback", filepath.Join(dir, "feedback"), "-run", "TestClock/writes_the_time_at_once", "ex8.1")
	const missing = "workbook grade: colecyd: clock2, clockwall are not found: no folder clock2 and no file clock2.go among the 1 file handed in: colecyd_125_9003_report.pdf\n"
	if status != wrong || !strings.Contains(stderr, missing) {
		t.Errorf("exit status %d, standard error\n%s\nwant status %d, and %q", status, stderr, wrong, missing)
	}
	text, err := os.ReadFile(filepath.Join(dir, "grades-filled.csv"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(strings.Replace(grades, "123,S1,", "123,S1,2", 1), `124,S1,""`, `124,S1,"1"`, 1)
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the gradebook mismatch (-want +got):\n%s", diff)
	}
	r, err := zip.OpenReader(filepath.Join(dir, "feedback.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	wantNames := []string{"adamsann_123_9001_feedback.html", "bakerbob_LATE_124_9002_feedback.html", "colecyd_125_9003_feedback.html"}
	if diff := cmp.Diff(wantNames, names); diff != "" {
		t.Errorf("files of the feedback mismatch (-want +got):\n%s", diff)
	}
}
