package main

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
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
		"an older workbook": strings.ReplaceAll(string(text), "robustness", "sturdy"),
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
	table.setWorth(req.weights, late)
	table.mark(class.Students)
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

// Two students of one name are told apart by their numbers, which are not a part of the name.
func TestNamesakesAreNotFilledIn(t *testing.T) {
	dir := t.TempDir()
	class, err := handin.Open(copies(t, map[string]string{
		"Ann Lee_501_assignsubmission_file/clock2.go": "", "Ann Lee_502_assignsubmission_file/clock2.go": "", "Bob_503_assignsubmission_file/clock2.go": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer class.Close()
	req := gradeRequest{grades: filepath.Join(dir, "gradebook.csv"), class: "class", column: "Ex", out: filepath.Join(dir, "results.csv")}
	const gradebook = "Full name,Email address,Ex\nAnn Lee,1@example.edu,\nAnn Lee,2@example.edu,\nBob,3@example.edu,\n"
	if err := os.WriteFile(req.grades, []byte(gradebook), 0o666); err != nil {
		t.Fatal(err)
	}
	table := newTable(req.out, grade.Exercises[:1])
	if err := table.read(); err != nil {
		t.Fatal(err)
	}
	for _, s := range class.Students {
		r := grade.Unfinished(grade.Exercises[:1])
		if err := table.add(s, "digest", handin.Work{}, r); err != nil {
			t.Fatal(err)
		}
	}
	status, said := req.said(t, func(context.Context) (int, error) {
		sheet, err := req.readGrades()
		if err != nil {
			return trouble, err
		}
		_, err = req.fillGrades(sheet, class, table)
		return wrong, err
	})
	for _, name := range []string{"Ann Lee (501)", "Ann Lee (502)"} {
		if want := name + " is not filled in: several have the same name or number"; !strings.Contains(said, want) {
			t.Errorf("status %d, standard error\n%s\nwant %q", status, said, want)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "gradebook-filled.csv"))
	if want := strings.Replace(gradebook, "3@example.edu,", "3@example.edu,0", 1); err != nil || string(text) != want {
		t.Errorf("the copy is %v\n%s\nwant\n%s", err, text, want)
	}
}
