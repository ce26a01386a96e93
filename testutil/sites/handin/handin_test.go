package handin

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

var programs = []Program{
	{Dir: "exercises/ex8.1/clock2", Stub: []string{"clock2.go"}},
	{Dir: "exercises/ex8.1/clockwall", Stub: []string{"clock.go", "clockwall.go", "table.go"}},
	{Dir: "exercises/ex8.2/ftpd", Stub: []string{"commands.go", "data.go", "dir.go", "ftpd.go", "list.go", "login.go", "retr.go", "session.go"}},
}

// zipOf returns a zip of files, sorted by name. A name that ends in "@" is a link.
func zipOf(files map[string]string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &zip.FileHeader{Name: strings.TrimSuffix(name, "@"), Method: zip.Deflate, Modified: time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)}
		if header.Name != name {
			header.SetMode(fs.ModeSymlink | 0o777)
		}
		f, err := w.CreateHeader(header)
		if err != nil {
			panic(err)
		}
		f.Write([]byte(files[name]))
	}
	w.Close() // a bytes.Buffer takes all
	return b.String()
}

// tarOf returns a tar of files, compressed.
func tarOf(files map[string]string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		header := &tar.Header{Name: strings.TrimSuffix(name, "@"), Mode: 0o644, Size: int64(len(files[name])), Typeflag: tar.TypeReg}
		if header.Name != name {
			header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, files[name], 0
		}
		if strings.HasSuffix(name, "/") {
			header.Typeflag = tar.TypeDir
		}
		w.WriteHeader(header)
		if header.Size > 0 {
			w.Write([]byte(files[name]))
		}
	}
	w.Close()
	z.Close()
	return b.String()
}

// export returns files as a folder has them.
func export(files map[string]string) fs.FS {
	fsys := make(fstest.MapFS)
	for name, text := range files {
		if dir, ok := strings.CutSuffix(name, "/"); ok {
			fsys[dir] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			continue
		}
		mode := fs.FileMode(0o644)
		if link, ok := strings.CutSuffix(name, "@"); ok {
			name, mode = link, fs.ModeSymlink|0o777
		}
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: mode}
	}
	return fsys
}

// describe returns a line for each student: who it is, and the text of the main file of
// each program that was found.
func describe(t *testing.T, c Class) []string {
	t.Helper()
	var all []string
	for _, s := range c.Students {
		line := []string{s.Name}
		for _, field := range []struct{ name, value string }{{"id", s.ID}, {"username", s.Username}, {"email", s.Email}} {
			if field.value != "" {
				line = append(line, field.name+" "+field.value)
			}
		}
		if !s.Time.IsZero() {
			line = append(line, s.Time.Format("2006-01-02 15:04:05"))
		}
		if s.Late {
			line = append(line, "late")
		}
		dir := t.TempDir()
		w, err := s.Work(programs)
		if err == nil {
			err = w.Copy(dir)
		}
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		for _, p := range programs {
			text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.Dir), p.name()+".go"))
			if err == nil {
				line = append(line, p.name()+": "+string(text))
			} else if !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		all = append(all, strings.Join(line, "; "))
	}
	return all
}

const (
	clock2    = "exercises/ex8.1/clock2/clock2.go"
	clockwall = "exercises/ex8.1/clockwall/clockwall.go"
	ftpd      = "exercises/ex8.2/ftpd/ftpd.go"
)

func TestFeedbackIsNamedAsTheSiteTakesIt(t *testing.T) {
	for name, want := range map[string]string{
		"Ann Adams_501_assignsubmission_file/clock2.go":             "Ann Adams_501_assignsubmission_file_",
		"Ann Adams_501_assignsubmission_file_clock2.go":             "Ann Adams_501_assignsubmission_file_",
		"Ann Adams_501_assignsubmission_onlinetext/onlinetext.html": "Ann Adams_501_assignsubmission_file_",
		"adamsann_LATE_123_9001_clock2.go":                          "adamsann_LATE_123_9001_",
		"ann@example.edu_1_clock2.go":                               "",
		"ann/clock2.go":                                             "",
	} {
		c := newClass("class", list(export(map[string]string{name: ""})))
		if len(c.Students) != 1 || c.Students[0].Feedback != want {
			t.Errorf("of %s, the students are %+v, want one with the feedback %q", name, c.Students, want)
		}
	}
}

func TestEveryLayoutIsRead(t *testing.T) {
	work := func(student string) string { return zipOf(map[string]string{clock2: student, ftpd: student}) }
	for _, tt := range []struct {
		name   string
		folder string // its name
		site   string
		files  map[string]string
		want   []string
		others []string
	}{
		{
			name: "plain folders", files: map[string]string{
				"ann/" + clock2: "ann", "ann/" + clockwall: "ann", "ann/" + ftpd: "ann",
				"ann/solutions/ex8.1/clock2/clock2.go": "solution", "ann/chapter60/clock2/clock2.go": "chapter",
				"ann/testutil/grader/stubs/testdata/ex8.1/clock2/clock2.go": "stub",
				"bob/ex8.1/clock2/clock2.go":                                "bob",
				"cyd/clock2/clock2.go":                                      "cyd",
				"dan/clock2.go":                                             "dan", "dan/clockwall.go": "dan", "dan/ftpd.go": "dan",
				"eve.zip":                  work("eve"),
				"ida/" + clock2:            "ida",
				"ida.zip":                  zipOf(map[string]string{ftpd: "ida"}),
				"fay/wrapped/a/" + clock2:  "fay",
				"gus/":                     "",
				"results.csv":              "",
				"hal/Work/Clock2/CLOCK.go": "", "hal/Work/Clock2/clock2.go": "hal",
				".hidden/" + clock2: "",
			},
			want: []string{
				"ann; clock2: ann; clockwall: ann; ftpd: ann", "bob; clock2: bob", "cyd; clock2: cyd",
				"dan; clock2: dan; clockwall: dan; ftpd: dan", "eve; clock2: eve; ftpd: eve", "fay; clock2: fay", "gus", "hal; clock2: hal",
				"ida; clock2: ida; ftpd: ida",
			},
			others: []string{"results.csv"},
		},
		{
			name: "plain folder of one student", files: map[string]string{"=dan/wrapped/" + clock2: "dan"},
			want: []string{"=dan; clock2: dan"},
		},
		{
			name: "plain folder of a student with a zip", files: map[string]string{"ann/work.tar.gz": tarOf(map[string]string{"./" + clock2: "ann"})},
			want: []string{"ann; clock2: ann"},
		},
		{
			name: "plain folders in folders", files: map[string]string{
				"submissions/week 3/ann/clock2.go": "ann", "submissions/week 3/bob/" + clock2: "bob", "submissions/week 3/cyd/notes.txt": "",
			},
			want: []string{"ann; clock2: ann", "bob; clock2: bob", "cyd"},
		},
		{
			name: "plain folder of one student with folders in folders", files: map[string]string{
				"ann/work/a/clock2.go": "ann", "ann/work/b/ftpd.go": "ann",
			},
			want: []string{"ann; clock2: ann; ftpd: ann"},
		},
		{
			name: "Canvas files in a folder", site: "Canvas", files: map[string]string{
				"submissions/adamsann_123_9001_clock2.go": "ann", "submissions/bakerbob_124_9003_clock2.go": "bob",
			},
			want: []string{"adamsann; id 123; clock2: ann", "bakerbob; id 124; clock2: bob"},
		},
		{
			name: "Canvas files", site: "Canvas", files: map[string]string{
				"adamsann_123_9001_clock2.go":        "ann",
				"adamsann_123_9002_clockwall.go":     "ann",
				"bakerbob_LATE_124_9003_clock2.go":   "old",
				"bakerbob_LATE_124_9013_clock2-1.go": "bob",
				"ödéncyd_125_9004_clock2 (1).go":     "cyd",
				"anon_17_9005_clock2.go":             "anon",
				"anon_a5Xq2_9006_clock2.go":          "anon",
				"doedan_126_text.html":               "<p>see above</p>",
				"eastev_e_127_9007_my_1_2_file.pdf":  "",
			},
			want: []string{
				"adamsann; id 123; clock2: ann; clockwall: ann", "anon_17; id 17; clock2: anon", "anon_a5Xq2; id a5Xq2; clock2: anon",
				"bakerbob; id 124; late; clock2: bob", "doedan; id 126", "eastev_e; id 127", "ödéncyd; id 125; clock2: cyd",
			},
		},
		{
			name: "Canvas files beside a folder of another name", site: "Canvas", files: map[string]string{
				"adamsann_123_9001_clock2.go": "ann", "bakerbob_124_9003_clock2.go": "bob", "corrected/notes.txt": "",
			},
			want: []string{"adamsann; id 123; clock2: ann", "bakerbob; id 124; clock2: bob", "corrected"},
		},
		{
			name: "Canvas zips", site: "Canvas", files: map[string]string{
				"adamsann_123_9001_work.zip":     work("ann"),
				"bakerbob_124_9002_ex8-1.zip":    zipOf(map[string]string{"ex8.1/clock2/clock2.go": "old"}),
				"bakerbob_124_9003_ex8-1-1.zip":  zipOf(map[string]string{"ex8.1/clock2/clock2.go": "bob"}),
				"cole_LATE_125_9004_clock2.zip":  zipOf(map[string]string{"clock2.go": "cyd", "__MACOSX/._clock2.go": "junk"}),
				"cole_126_9005_work.tgz":         tarOf(map[string]string{"clock2/clock2.go": "cyd too"}),
				"study group_127_9006_clock2.go": "",
			},
			want: []string{
				"adamsann; id 123; clock2: ann; ftpd: ann", "bakerbob; id 124; clock2: bob",
				"cole (125); id 125; late; clock2: cyd", "cole (126); id 126; clock2: cyd too",
			},
			others: []string{"study group_127_9006_clock2.go"},
		},
		{
			name: "Moodle folders", site: "Moodle", files: map[string]string{
				"Ann Adams_501_assignsubmission_file/work.zip":                 work("ann"),
				"Ann Adams_501_assignsubmission_onlinetext/onlinetext.html":    "<p>Done.</p>",
				"Bob Baker_502_assignsubmission_file/copy/deep/er/" + clock2:   "bob",
				"Cyd O'Hara_503_assignsubmission_file/clock2.go":               "cyd",
				"Cyd O'Hara_503_assignsubmission_file/ftpd.go":                 "cyd",
				"Participant_504_assignsubmission_file/ex8.1/clock2/clock2.go": "blind",
				"team 1_7_Dan Doe_505_assignsubmission_file/clock2/clock2.go":  "team",
				"Eve East_506_assignsubmission_onlinetext/onlinetext.html":     "package main",
				"Łukasz Żak_507_assignsubmission_file_/clock2.go":              "of Moodle 3",
			},
			want: []string{
				"Ann Adams; id 501; clock2: ann; ftpd: ann", "Bob Baker; id 502; clock2: bob", "Cyd O'Hara; id 503; clock2: cyd; ftpd: cyd",
				"Eve East; id 506", "Participant; id 504; clock2: blind", "team 1_7_Dan Doe; id 505; clock2: team",
				"Łukasz Żak; id 507; clock2: of Moodle 3",
			},
		},
		{
			name: "Moodle folder of one student", site: "Moodle", files: map[string]string{
				"Ann Adams_501_assignsubmission_file/work/a/clock2.go": "old", "Ann Adams_501_assignsubmission_file/work/b/clock2.go": "ann",
			},
			want: []string{"Ann Adams; id 501; clock2: ann"},
		},
		{
			name: "Moodle flat", site: "Moodle", files: map[string]string{
				"Ann Adams_501_assignsubmission_file_work.zip":              work("ann"),
				"Ann Adams_501_assignsubmission_onlinetext_onlinetext.html": "<p>Done.</p>",
				"Bob Baker_502_assignsubmission_file_clock2.go":             "bob",
				"Bob Baker_502_assignsubmission_file_clock.go":              "bob",
				"Bob Baker_502_assignsubmission_file_clockwall.go":          "bob",
				"Ann Adams_503_assignsubmission_file_clock2.go":             "another",
			},
			want: []string{
				"Ann Adams (501); id 501; clock2: ann; ftpd: ann", "Ann Adams (503); id 503; clock2: another",
				"Bob Baker; id 502; clock2: bob; clockwall: bob",
			},
		},
		{
			name: "Brightspace", site: "Brightspace", files: map[string]string{
				"70001-81 - Ann Adams - Nov 3, 2026 917 AM/work.zip":     zipOf(map[string]string{clock2: "old"}),
				"70001-81 - Ann Adams - Nov 3, 2026 1017 AM/work.zip":    work("ann"),
				"70002-81 - Bob - Baker - Nov 3, 2026 1259 PM/clock2.go": "bob",
				"70003-81 - Cyd Cole - Sept 3, 2026 1017 AM/clock2.go":   "cyd",
				"70003-81 - Cyd Cole - Sept 13, 2026 917 AM/clock2.go":   "cyd again",
				"index.html": "",
			},
			want: []string{
				"Ann Adams; id 70001-81; 2026-11-03 10:17:00; clock2: ann; ftpd: ann", "Bob - Baker; id 70002-81; 2026-11-03 12:59:00; clock2: bob",
				"Cyd Cole; id 70003-81; 2026-09-13 09:17:00; clock2: cyd again",
			},
			others: []string{"index.html"},
		},
		{
			name: "Blackboard", site: "Blackboard", files: map[string]string{
				"Exercise_8_aadams_attempt_2026-11-03-10-11-12.txt":      "Name: Ann Adams (aadams)\nAssignment: Exercise_8\n",
				"Exercise_8_aadams_attempt_2026-11-03-10-11-12_work.zip": zipOf(map[string]string{clock2: "old"}),
				"Exercise_8_aadams_attempt_2026-11-04-10-11-12.txt":      "\ufeffName: Ann Adams (aadams)\r\n",
				"Exercise_8_aadams_attempt_2026-11-04-10-11-12_work.zip": work("ann"),
				"Exercise_8_bob_b_attempt_2026-11-03-10-11-13_clock2.go": "bob",
				"Exercise_8_bob_b_attempt_2026-11-03-10-11-13_ftpd.go":   "bob",
				"Exercise_8_cyd_attempt_2026-11-03-10-11-14.zip":         work("cyd"),
			},
			want: []string{
				"Ann Adams; username aadams; 2026-11-04 10:11:12; clock2: ann; ftpd: ann",
				"bob_b; username bob_b; 2026-11-03 10:11:13; clock2: bob; ftpd: bob",
				"cyd; username cyd; 2026-11-03 10:11:14; clock2: cyd; ftpd: cyd",
			},
		},
		{
			name: "Gradescope", folder: "exports", site: "Gradescope", files: map[string]string{
				"assignment_99_export/submission_1/" + clock2:         "old",
				"assignment_99_export/submission_2/" + clock2:         "ann and bob",
				"assignment_99_export/submission_3/clock2.go":         "cyd",
				"assignment_99_export/submission_4/metadata-less.pdf": "",
				"assignment_99_export/submission_metadata.yml": `---
submission_1:
  :submitters:
  - :name: Ann Adams
    :sid: '007'
    :email: ann@example.edu
  :created_at: 2026-11-03 10:11:12.000000000 Z
  :score: 0.0
submission_2:
  :submitters:
  - :name: Ann Adams
    :sid: '007'
    :email: ann@example.edu
  - :name: "Bob \"B\" Baker"
    :sid: '008'
    :email: bob@example.edu
  :created_at: 2026-11-04 10:11:12.123456789 Z
  :results:
    :tests:
    - :name: a test
      :score: 1
submission_3:
  :submitters:
  - :name: 'Cyd O''Hara'
    :sid:
    :email: cyd@example.edu
  :history:
  - :id: 1
    :created_at: 2026-11-01 10:11:12.000000000 Z
  :created_at: 2026-11-02 10:11:12.000000000 Z
submission_5:
  :submitters:
  - :name: Without files
    :sid: '009'
    :email: eve@example.edu
  :created_at: 2026-11-02 10:11:12.000000000 Z
`,
			},
			want: []string{
				"Ann Adams; id 007; email ann@example.edu; 2026-11-04 10:11:12; clock2: ann and bob",
				`Bob "B" Baker; id 008; email bob@example.edu; 2026-11-04 10:11:12; clock2: ann and bob`,
				"Cyd O'Hara; email cyd@example.edu; 2026-11-02 10:11:12; clock2: cyd",
				"Without files; id 009; email eve@example.edu; 2026-11-02 10:11:12", "submission_4; id 4",
			},
		},
		{
			name: "GitHub Classroom", folder: "exercise-8-submissions", files: map[string]string{
				"exercise-8-ann/" + clock2: "ann", "exercise-8-bob-b/" + clock2: "bob",
			},
			want: []string{"exercise-8-ann; username ann; clock2: ann", "exercise-8-bob-b; username bob-b; clock2: bob"},
		},
		{
			name: "Classroom 50", files: map[string]string{
				"cs-ex8_submissions_2026_11_03_T10_11_12/cs-ex8-ann/" + clock2: "ann",
				"cs-ex8_submissions_2026_11_03_T10_11_12/cs-ex8-bob/" + clock2: "bob",
				"cs-ex8_submissions_2026_11_03_T10_11_12/scores.csv":           "",
			},
			want:   []string{"cs-ex8-ann; username ann; clock2: ann", "cs-ex8-bob; username bob; clock2: bob"},
			others: []string{"cs-ex8_submissions_2026_11_03_T10_11_12/scores.csv"},
		},
		{
			name: "VPL", site: "VPL", files: map[string]string{
				"Adams Ann 41 aadams/2026-11-03-10-11-12/clock2.go":              "old",
				"Adams Ann 41 aadams/2026-11-03-10-11-12.ceg/execution.txt":      "",
				"Adams Ann 41 aadams/2026-11-04-10-11-12/clock2.go":              "ann",
				"Adams Ann 41 aadams/2026-11-04-10-11-12/ex8.2/ftpd/ftpd.go":     "ann",
				"Adams Ann 41 aadams/2026-11-04-10-11-12.ceg/clock2.go":          "ceg",
				"Adams Ann 41 aadams/Report.txt":                                 "",
				"van der Berg Bob 42 bob.b/2026-11-03-10-11-13/clock2/clock2.go": "bob",
			},
			want: []string{
				"Adams Ann; id 41; username aadams; 2026-11-04 10:11:12; clock2: ann; ftpd: ann",
				"van der Berg Bob; id 42; username bob.b; 2026-11-03 10:11:13; clock2: bob",
			},
		},
		{
			name: "Autolab", site: "Autolab", files: map[string]string{
				"ann@example.edu_9_handin.tar":  tarOf(map[string]string{clock2: "old"}),
				"ann@example.edu_10_handin.tar": tarOf(map[string]string{clock2: "ann", "x@": "/etc/passwd"}),
				"b_2_c@example.edu_1_clock2.go": "bob",
			},
			want: []string{"ann@example.edu; email ann@example.edu; clock2: ann", "b_2_c@example.edu; email b_2_c@example.edu; clock2: bob"},
		},
		{
			name: "PrairieLearn", site: "PrairieLearn", files: map[string]string{
				"ann@example.edu_1_clock2_1_9_clock2.go":        "old",
				"ann@example.edu_1_clock2_1_10_clock2.go":       "ann",
				"ann@example.edu_1_ftp_server_1_2_ftpd.go":      "ann",
				"b_2_c@example.edu_1_clock2_1_9_770_clock2.go":  "old",
				"b_2_c@example.edu_1_clock2_2_1_801_clock2.go":  "bob",
				"b_2_c@example.edu_1_clock2_2_1_801_wall_1.txt": "",
			},
			want: []string{
				"ann@example.edu; email ann@example.edu; clock2: ann; ftpd: ann", "b_2_c@example.edu; email b_2_c@example.edu; clock2: bob",
			},
		},
		{
			name: "PrairieLearn, a student with a file of two", site: "PrairieLearn", files: map[string]string{
				"ann@example.edu_1_clock2_1_1_clock2.go": "ann",
			},
			want: []string{"ann@example.edu; email ann@example.edu; clock2: ann"},
		},
		{
			// It looks like PrairieLearn. What counts is the same.
			name: "Autolab, with numbers in the name", site: "PrairieLearn", files: map[string]string{
				"ann@example.edu_1_ex_8_1_handin.zip": work("ann"), "bob@example.edu_12_ex_8_1_handin.zip": work("bob"), "bob@example.edu_9_ex_8_1_handin.zip": work("old"),
			},
			want: []string{"ann@example.edu; email ann@example.edu; clock2: ann; ftpd: ann", "bob@example.edu; email bob@example.edu; clock2: bob; ftpd: bob"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := cmp.Or(tt.folder, "class")
			c := newClass(folder, list(export(tt.files)))
			if diff := gocmp.Diff(tt.want, describe(t, c)); diff != "" {
				t.Errorf("students of the folder mismatch (-want +got):\n%s", diff)
			}
			if diff := gocmp.Diff(tt.others, c.Others); diff != "" {
				t.Errorf("other files mismatch (-want +got):\n%s", diff)
			}
			if c.Site != tt.site {
				t.Errorf("the names are those of %q, want %q", c.Site, tt.site)
			}

			// The same as an archive.
			for name, text := range map[string]string{folder + ".zip": zipOf(tt.files), folder + ".tar.gz": tarOf(tt.files)} {
				name = filepath.Join(t.TempDir(), name)
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
				c, err := Open(name)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				if diff := gocmp.Diff(tt.want, describe(t, c)); diff != "" {
					t.Errorf("students of %s mismatch (-want +got):\n%s", filepath.Base(name), diff)
				}
			}
		})
	}
}
