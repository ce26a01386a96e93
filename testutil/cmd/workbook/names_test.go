package main

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
)

// oddNames are names that students have, or choose to see what becomes of them.
var oddNames = []string{
	"Jürgen Müller", "Jo\u0308rg Weiß", "O'Hara, Siân", `Ann "Bo" Cox`, "👩\u200d💻 Dev", "\u200fعلي حسن", "=1+1", "+Ann", "-Bob", "@cyd",
	"Bob_12_x", "Ann - Bob", "李小龍", "Nguyễn Văn A", "<b>Eve", "a;b", "Mary  Ann", "NULL", "#7", "ab|c",
}

// A naming is how a course system names what a student has handed in, and the same student in its
// file for points. In these, {name}, {csv} and {letters} stand for the name, {n} for a number, and
// {points} for the points.
type naming struct {
	site    string
	file    string
	student string // in the table
	column  string // of the file for points
	header  string
	row     string
}

var namings = []naming{
	{"plain folders", "{name}/clock2.go", "{name}", "points", "Name,points", "{csv},{points}"},
	{"Moodle", "{name}_{n}_assignsubmission_file/clock2.go", "{name}", "", "Identifier,Full name,Grade", "Participant {n},{csv},{points}"},
	{"Moodle, by name", "{name}_{n}_assignsubmission_file_clock2.go", "{name}", "Ex", "Full name,Email address,Assignment: Ex (Real)", "{csv},,{points}"},
	{"Brightspace", "{n}-81 - {name} - Nov 3, 2026 917 AM/clock2.go", "{name}", "Ex",
		"OrgDefinedId,Username,Name,Ex Points Grade <Numeric MaxPoints:92>,End-of-Line Indicator", "#1{n},#u{n},{csv},{points},#"},
	{"VPL", "{name} {n} u{n}/2026-11-03-10-11-12/clock2.go", "{name}", "Ex", "Username,Full name,Email address,VPL: Ex", "u{n},Another,,{points}"},
	{"Gradescope", "submission_{n}/clock2.go", "{name}", "Ex", "Name,SID,Email,Ex", "Another,0{n},,{points}"},
	{"PrairieLearn", "u+{n}.o'x@example.edu_1_a_b_1_1_clock2.go", "u+{n}.o'x@example.edu", "points", "uid,instance,points", "u+{n}.o'x@example.edu,1,{points}"},
	{"Canvas", "{letters}_{n}_9{n}_clock2.go", "{letters}", "Ex", "Student,ID,Section,Ex (1)", "{csv},{n},S1,{points}"},
}

// notInCanvas matches what Canvas leaves out of names.
var notInCanvas = regexp.MustCompile(`[^\pL\pM\pN_]`)

// of returns a text about the student of that number.
func of(text string, number int, points string) string {
	name := oddNames[number]
	return strings.NewReplacer("{name}", name, "{csv}", `"`+strings.ReplaceAll(name, `"`, `""`)+`"`, "{n}", fmt.Sprint(500+number), "{points}", points,
		"{letters}", notInCanvas.ReplaceAllString(strings.ToLower(name), "")).Replace(text)
}

// Whatever the names of students are, each has a row, points, feedback, and a board on the page.
func TestOddNamesComeBack(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files cannot have some of the names")
	}
	clock, err := only(grade.Exercises[0], "clock2")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range namings {
		for _, archived := range []bool{false, true} {
			t.Run(tt.site+map[bool]string{true: ", archived"}[archived], func(t *testing.T) {
				files := make(map[string]string)
				metadata := "---\n"
				empty, filled := tt.header+"\n", tt.header+"\n"
				var want []string
				for i, name := range oddNames {
					files[of(tt.file, i, "")] = fmt.Sprintf("package main // %d\n", i)
					metadata += fmt.Sprintf("submission_%d:\n  :submitters:\n  - :name: %s\n    :sid: '0%d'\n", 500+i, strconv.Quote(name), 500+i)
					empty += of(tt.row, i, "") + "\n"
					filled += of(tt.row, i, "46") + "\n"
					want = append(want, of(tt.student, i, ""))
				}
				if tt.site == "Gradescope" {
					files["submission_metadata.yml"] = metadata
				}
				slices.Sort(want)
				dir := t.TempDir()
				class := exported(t, filepath.Join(dir, "class"), files, archived)
				grades := filepath.Join(dir, "grades.csv")
				if err := os.WriteFile(grades, []byte(empty), 0o666); err != nil {
					t.Fatal(err)
				}
				req := gradeRequest{
					class: class, out: filepath.Join(dir, "results.csv"), html: filepath.Join(dir, "class.html"), feedback: filepath.Join(dir, "feedback"),
					grades: grades, column: tt.column, Options: grade.Options{Top: filepath.Join("..", "..", ".."), Exercises: []grade.Exercise{clock}},
					run: func(_ context.Context, opts grade.Options) (report.Report, error) { return passed(opts.Exercises), nil },
				}
				if err := req.worth("core=1,robustness=1"); err != nil {
					t.Fatal(err)
				}
				if status, said := req.gradedClass(t); status != right || strings.Count(said, "\n")-strings.Count(said, "part of the sandbox") > 1 {
					t.Errorf("exit status %d, standard error\n%s\nwant %d, and one line besides what the sandbox lacks", status, said, right)
				}
				req.wantNames(t, want)
				text, err := os.ReadFile(filepath.Join(dir, "grades-filled.csv"))
				if diff := cmp.Diff(filled, string(text)); diff != "" || err != nil {
					t.Errorf("the file with points: %v, mismatch (-want +got):\n%s", err, diff)
				}
			})
		}
	}
}

// wantNames checks that the students of those names are in the table, on the page, and have
// feedback.
func (req *gradeRequest) wantNames(t *testing.T, names []string) {
	t.Helper()
	table := newTable(req.out, req.Exercises)
	if err := table.read(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(names, table.students()); diff != "" {
		t.Errorf("students of the table mismatch (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(req.out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range slices.Concat(rows...) {
		if formula(cell) {
			t.Errorf("a spreadsheet takes the cell %q for a formula", cell)
		}
	}
	for _, ext := range feedbackExts {
		if files, err := filepath.Glob(filepath.Join(req.feedback, "*"+ext)); err != nil || len(files) != len(names) {
			t.Errorf("there is feedback for %q, want one for each of %q", files, names)
		}
	}
	if r, err := zip.OpenReader(req.feedback + ".zip"); err == nil {
		defer r.Close()
		if len(r.File) != len(names) {
			t.Errorf("the archive with feedback has %d files, want %d", len(r.File), len(names))
		}
	}
	file, err := os.Open(req.html)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	page, err := report.ReadClass(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !page.Has(name) {
			t.Errorf("the page has no board of %q", name)
		}
	}
}
