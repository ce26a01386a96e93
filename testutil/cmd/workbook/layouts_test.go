package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/suites/suite"
)

// A layout is what a course system hands out, with the file that it takes back. In each, Ann
// has handed in the right program, Bob one that does not compile, and Cyd none.
type layout struct {
	name   string
	export string            // the name of the folder or archive; "class" if empty
	files  map[string]string // "ann" and "bob" stand for their programs, "ann.zip" for one in an archive

	column   string
	grades   string   // with {ann} and {bob} for their points, and {} for the points of others
	students []string // in the table
	feedback []string // names of files in feedback.zip, if there is one
}

var layouts = []layout{
	{
		name:   "plain folders",
		files:  map[string]string{"ann/exercises/ex8.1/clock2/clock2.go": "ann", "bob/clock2.go": "bob", "cyd/report.pdf": ""},
		column: "points", grades: "Name,points\nAnn,{ann}\nBob,{bob}\nCyd,{}\n",
		students: []string{"ann", "bob", "cyd"},
	},
	{
		name:   "Canvas, files",
		files:  map[string]string{"adamsann_123_9001_clock2-1.go": "ann", "bakerbob_LATE_124_9002_clock2.go": "bob", "colecyd_125_9003_report.pdf": ""},
		column: "exercise 8.1",
		grades: "\ufeffStudent,ID,Section,Exercise 8.1 (4711)\r\n\"Adams, Ann\",123,S1,{ann}\r\n\"Baker, Bob\",124,S1,{bob}\r\n\"Cole, Cyd\",125,S1,{}\r\n",

		students: []string{"adamsann", "bakerbob", "colecyd"},
		feedback: []string{"adamsann_123_9001_feedback.html", "bakerbob_LATE_124_9002_feedback.html", "colecyd_125_9003_feedback.html"},
	},
	{
		name:   "Canvas, archives",
		files:  map[string]string{"adamsann_123_9001_work.zip": "ann.zip", "bakerbob_124_9002_ex.zip": "bob.zip", "colecyd_125_9003_report.pdf": ""},
		column: "Exercise 8.1", grades: "Student;ID;Section;Exercise 8.1 (4711)\nAdams, Ann;123;S1;{ann}\nBaker, Bob;124;S1;{bob}\nCole, Cyd;125;S1;{}\n",
		students: []string{"adamsann", "bakerbob", "colecyd"},
		feedback: []string{"adamsann_123_9001_feedback.html", "bakerbob_124_9002_feedback.html", "colecyd_125_9003_feedback.html"},
	},
	{
		name: "Moodle, folders with archives",
		files: map[string]string{
			"Ann Adams_501_assignsubmission_file/work.zip": "ann.zip", "Ann Adams_501_assignsubmission_onlinetext/onlinetext.html": "<p>Done.</p>",
			"Bob Baker_502_assignsubmission_file/work.zip": "bob.zip", "Cyd O'Hara_503_assignsubmission_onlinetext/onlinetext.html": "",
		},
		grades: "Identifier,\"Full name\",Grade,\"Maximum grade\",\"Last modified (grade)\"\n\"Participant 501\",\"Ann Adams\",{ann},100.00,-\n" +
			"\"Participant 502\",\"Bob Baker\",{bob},100.00,-\n\"Participant 503\",\"Cyd O'Hara\",{},100.00,-\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd O'Hara"},
		feedback: []string{"Ann Adams_501_assignsubmission_file_feedback.html", "Bob Baker_502_assignsubmission_file_feedback.html", "Cyd O'Hara_503_assignsubmission_file_feedback.html"},
	},
	{
		name: "Moodle, folders with files at any depth",
		files: map[string]string{
			"Ann Adams_501_assignsubmission_file/a copy/ex8.1/clock2/clock2.go": "ann", "Bob Baker_502_assignsubmission_file/clock2.go": "bob",
			"Cyd O'Hara_503_assignsubmission_file/clock.txt": "",
		},
		column:   "Assignment: Ex 8.1",
		grades:   "First name,Last name,ID number,Email address,Assignment: Ex 8.1\nAnn,Adams,,ann@example.edu,{ann}\nBob,Baker,,bob@example.edu,{bob}\nCyd,O'Hara,,cyd@example.edu,{}\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd O'Hara"},
		feedback: []string{"Ann Adams_501_assignsubmission_file_feedback.html", "Bob Baker_502_assignsubmission_file_feedback.html", "Cyd O'Hara_503_assignsubmission_file_feedback.html"},
	},
	{
		name: "Moodle, flat",
		files: map[string]string{
			"Ann Adams_501_assignsubmission_file_work.zip": "ann.zip", "Bob Baker_502_assignsubmission_file_clock2.go": "bob",
			"Cyd O'Hara_503_assignsubmission_onlinetext_onlinetext.html": "",
		},
		grades:   "Identifier,Full name,Grade,Maximum grade\nParticipant 501,Ann Adams,{ann},100\nParticipant 502,Bob Baker,{bob},100\nParticipant 503,Cyd O'Hara,{},100\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd O'Hara"},
		feedback: []string{"Ann Adams_501_assignsubmission_file_feedback.html", "Bob Baker_502_assignsubmission_file_feedback.html", "Cyd O'Hara_503_assignsubmission_file_feedback.html"},
	},
	{
		name: "Brightspace",
		files: map[string]string{
			"70001-81 - Ann Adams - Nov 3, 2026 917 AM/work.zip": "bob.zip", "70001-81 - Ann Adams - Nov 3, 2026 1017 AM/work.zip": "ann.zip",
			"70002-81 - Bob Baker - Nov 3, 2026 1259 PM/clock2.go": "bob", "70003-81 - Cyd Cole - Nov 3, 2026 1259 PM/a.pdf": "", "index.html": "",
		},
		column: "Ex 8.1",
		grades: "OrgDefinedId,Username,First Name,Last Name,Ex 8.1 Points Grade <Numeric MaxPoints:92>,End-of-Line Indicator\n" +
			"#a1,#ann,Ann,Adams,{ann},#\n#b1,#bob,Bob,Baker,{bob},#\n#c1,#cyd,Cyd,Cole,{},#\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd Cole"},
	},
	{
		name: "Blackboard",
		files: map[string]string{
			"Ex_8_aadams_attempt_2026-11-04-10-11-12.txt": "Name: Ann Adams (aadams)\n", "Ex_8_aadams_attempt_2026-11-04-10-11-12_work.zip": "ann.zip",
			"Ex_8_bob_b_attempt_2026-11-03-10-11-13.txt": "Name: Bob Baker (bob_b)\n", "Ex_8_bob_b_attempt_2026-11-03-10-11-13_clock2.go": "bob",
			"Ex_8_cyd_attempt_2026-11-03-10-11-14.txt": "Name: Cyd Cole (cyd)\n",
		},
		column: "Exercise 8.1", grades: "Last Name,First Name,Username,Exercise 8.1 [Total Pts: 100 Score] |12345\nAdams,Ann,aadams,{ann}\nBaker,Bob,bob_b,{bob}\nCole,Cyd,cyd,{}\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd Cole"},
	},
	{
		name: "Gradescope",
		files: map[string]string{
			"assignment_99_export/submission_1/clock2/clock2.go": "ann", "assignment_99_export/submission_2/clock2.go": "bob", "assignment_99_export/submission_3/a.pdf": "",
			"assignment_99_export/submission_metadata.yml": "---\nsubmission_1:\n  :submitters:\n  - :name: Ann Adams\n    :sid: '007'\n    :email: ann@example.edu\n" +
				"submission_2:\n  :submitters:\n  - :name: Bob Baker\n    :sid: '008'\n    :email: bob@example.edu\nsubmission_3:\n  :submitters:\n  - :name: Cyd Cole\n    :sid: '009'\n    :email: cyd@example.edu\n",
		},
		column: "Ex", grades: "First Name,Last Name,SID,Email,Ex\nAnn,Adams,007,ann@example.edu,{ann}\nBob,Baker,008,bob@example.edu,{bob}\nCyd,Cole,009,cyd@example.edu,{}\n",
		students: []string{"Ann Adams", "Bob Baker", "Cyd Cole"},
	},
	{
		name: "GitHub Classroom", export: "exercise-8-submissions",
		files:  map[string]string{"exercise-8-ann/exercises/ex8.1/clock2/clock2.go": "ann", "exercise-8-bob/exercises/ex8.1/clock2/clock2.go": "bob", "exercise-8-cyd/README.md": ""},
		column: "points", grades: "login,points\nann,{ann}\nbob,{bob}\ncyd,{}\n",
		students: []string{"exercise-8-ann", "exercise-8-bob", "exercise-8-cyd"},
	},
	{
		name: "Classroom 50",
		files: map[string]string{
			"cs-ex8_submissions_2026_11_03_T10_11_12/cs-ex8-ann/exercises/ex8.1/clock2/clock2.go": "ann",
			"cs-ex8_submissions_2026_11_03_T10_11_12/cs-ex8-bob/exercises/ex8.1/clock2/clock2.go": "bob",
			"cs-ex8_submissions_2026_11_03_T10_11_12/cs-ex8-cyd/README.md":                        "",
		},
		grades:   "username,first_name,last_name,email,section,score,max_score,datetime\nann,,,,,{ann},92,\nbob,,,,,{bob},92,\ncyd,,,,,{},92,\n",
		students: []string{"cs-ex8-ann", "cs-ex8-bob", "cs-ex8-cyd"},
	},
	{
		name: "VPL",
		files: map[string]string{
			"Adams Ann 41 aadams/2026-11-03-10-11-12/clock2.go": "bob", "Adams Ann 41 aadams/2026-11-04-10-11-12/clock2.go": "ann",
			"Adams Ann 41 aadams/2026-11-04-10-11-12.ceg/execution.txt": "", "Baker Bob 42 bob.b/2026-11-03-10-11-13/clock2.go": "bob",
			"Cole Cyd 43 cyd/2026-11-03-10-11-13/notes.txt": "",
		},
		column: "VPL: Ex 8.1", grades: "First name,Surname,Username,Email address,VPL: Ex 8.1\nAnn,Adams,aadams,,{ann}\nBob,Baker,bob.b,,{bob}\nCyd,Cole,cyd,,{}\n",
		students: []string{"Adams Ann", "Baker Bob", "Cole Cyd"},
	},
	{
		name: "Autolab",
		files: map[string]string{
			"ann@example.edu_9_handin.zip": "bob.zip", "ann@example.edu_10_handin.zip": "ann.zip", "bob@example.edu_1_clock2.go": "bob", "cyd@example.edu_1_a.pdf": "",
		},
		column: "clock2", grades: "Email,clock2\nann@example.edu,{ann}\nbob@example.edu,{bob}\ncyd@example.edu,{}\n",
		students: []string{"ann@example.edu", "bob@example.edu", "cyd@example.edu"},
	},
	{
		name: "PrairieLearn",
		files: map[string]string{
			"ann@example.edu_1_clock2_1_9_clock2.go": "bob", "ann@example.edu_1_clock2_1_10_clock2.go": "ann",
			"bob@example.edu_1_clock2_1_1_clock2.go": "bob", "cyd@example.edu_1_clock2_1_1_a.pdf": "",
		},
		column: "points", grades: "uid,instance,points,max_points\nann@example.edu,1,{ann},92\nbob@example.edu,1,{bob},92\ncyd@example.edu,1,{},92\n",
		students: []string{"ann@example.edu", "bob@example.edu", "cyd@example.edu"},
	},
	{
		name:   "archives of students, for PrairieLearn",
		files:  map[string]string{"ann.zip": "ann.zip", "bob.zip": "bob.zip", "cyd.zip": ""},
		column: "points", grades: "uid,instance,points\nann,1,{ann}\nbob,1,{bob}\ncyd,1,{}\n",
		students: []string{"ann", "bob", "cyd"},
	},
}

// zipOf returns an archive of files.
func zipOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(files[name])) // a bytes.Buffer takes all
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A once grades each program once, and returns the same report whenever it is handed in again.
type once struct {
	mu      sync.Mutex
	reports map[string]report.Report // by the text of clock2.go
	runs    int
}

func (o *once) run(ctx context.Context, opts grade.Options) (report.Report, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	folder := opts.Submission
	if opts.Collect != nil {
		var err error
		if folder, err = os.MkdirTemp("", "once"); err != nil {
			return report.Report{}, err
		}
		defer os.RemoveAll(folder)
		if err := opts.Collect(folder); err != nil {
			return report.Report{}, err
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(clock2File)))
	key := string(text)
	if err != nil {
		key = "not found"
	}
	if r, ok := o.reports[key]; ok {
		r.Programs = slices.Clone(r.Programs) // the message of what is not found differs
		return r, nil
	}
	o.runs++
	r, err := grade.Run(ctx, opts)
	if err == nil {
		o.reports[key] = r
		r.Programs = slices.Clone(r.Programs)
	}
	return r, err
}

// For each course system: the export in, one command, the points in the gradebook, feedback for
// each student, and a page. No student is left out silently.
func TestClassGoesFromEachCourseSystemAndBack(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	programs := map[string]string{"ann": solution(t, "ex8.1/clock2/clock2.go"), "bob": "package main\n\nfunc main() { undefined() }\n"}
	for _, name := range []string{"ann", "bob"} {
		programs[name+".zip"] = zipOf(t, map[string]string{"work/" + clock2File: programs[name]})
	}
	clock, err := only(grade.Exercises[0], "clock2")
	if err != nil {
		t.Fatal(err)
	}
	top, err := top()
	if err != nil {
		t.Fatal(err)
	}
	grader := &once{reports: make(map[string]report.Report)}
	for _, tt := range layouts {
		files := make(map[string]string)
		for name, text := range tt.files {
			files[name] = cmp.Or(programs[text], text)
		}
		for _, archived := range []bool{false, true} {
			t.Run(tt.name+map[bool]string{true: ", archived"}[archived], func(t *testing.T) {
				dir := t.TempDir()
				class := exported(t, filepath.Join(dir, cmp.Or(tt.export, "class")), files, archived)
				grades := filepath.Join(dir, "grades.csv")
				if err := os.WriteFile(grades, []byte(strings.NewReplacer("{ann}", "", "{bob}", "", "{}", "").Replace(tt.grades)), 0o666); err != nil {
					t.Fatal(err)
				}
				req := gradeRequest{
					class: class, out: filepath.Join(dir, "results.csv"), html: filepath.Join(dir, "class.html"), feedback: filepath.Join(dir, "feedback"),
					grades: grades, column: tt.column, weights: gradebook.Weights{Core: 1, Robustness: 1}, run: grader.run,
					Options: grade.Options{Top: top, Exercises: []grade.Exercise{clock}, Only: "TestClock/writes_the_time_at_once", Timeout: grade.DefaultTimeout},
				}
				status, said := req.gradedClass(t)
				if status != wrong || !strings.Contains(said, tt.students[2]+": clock2 is not found: ") {
					t.Errorf("exit status %d, standard error\n%s\nwant status %d, and that Cyd's program is not found", status, said, wrong)
				}
				text, err := os.ReadFile(filepath.Join(dir, "grades-filled.csv"))
				if err != nil {
					t.Fatal(err)
				}
				want := strings.NewReplacer("{ann}", "2", "{bob}", "0", "{}", "").Replace(tt.grades)
				if diff := gocmp.Diff(want, string(text)); diff != "" {
					t.Errorf("the gradebook mismatch (-want +got):\n%s", diff)
				}
				table := newTable(req.out, req.Exercises)
				if err := table.read(); err != nil {
					t.Fatal(err)
				}
				if diff := gocmp.Diff(tt.students, table.students()); diff != "" {
					t.Errorf("students of the table mismatch (-want +got):\n%s", diff)
				}
				req.wantFeedback(t, tt)
			})
		}
	}
	if grader.runs != 3 {
		t.Errorf("%d gradings, want one of each program, and one of none", grader.runs)
	}
}

// gradedClass grades a class, and returns the exit status, and what is said on standard error.
func (req *gradeRequest) gradedClass(t *testing.T) (status int, said string) {
	t.Helper()
	return req.said(t, req.gradeClass)
}

// said calls grade, and returns the exit status, and what is said on standard error.
func (req *gradeRequest) said(t *testing.T, grade func(context.Context) (int, error)) (status int, said string) {
	t.Helper()
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	os.Stderr = file
	status, err = grade(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text)
}

// wantFeedback checks the feedback for the students of a layout, and the page of the class.
func (req *gradeRequest) wantFeedback(t *testing.T, l layout) {
	t.Helper()
	var archived []string
	if r, err := zip.OpenReader(req.feedback + ".zip"); err == nil {
		defer r.Close()
		for _, f := range r.File {
			archived = append(archived, f.Name)
		}
	}
	if diff := gocmp.Diff(l.feedback, archived); diff != "" {
		t.Errorf("files of the feedback mismatch (-want +got):\n%s", diff)
	}
	files, err := filepath.Glob(filepath.Join(req.feedback, "*.html"))
	if err != nil || len(files) != len(l.students) {
		t.Errorf("there is feedback for %q, want one for each of %q", files, l.students)
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
	for _, name := range l.students {
		if !page.Has(name) {
			t.Errorf("the page has no board of %s", name)
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err != nil || !strings.Contains(string(text), "undefined: undefined") {
		t.Errorf("the page does not say what the compiler says: %v", err)
	}
}

// exported writes what a course system exports of a class, and returns its name: that of a
// folder, or with ".zip" that of an archive.
func exported(t *testing.T, name string, files map[string]string, archived bool) string {
	t.Helper()
	if archived {
		name += ".zip"
		if err := os.WriteFile(name, []byte(zipOf(t, files)), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Rename(copies(t, files), name); err != nil {
		t.Fatal(err)
	}
	return name
}
