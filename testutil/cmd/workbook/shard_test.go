package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
)

// classOf returns a class of so many students.
func classOf(students int) handin.Class {
	var class handin.Class
	for i := range students {
		class.Students = append(class.Students, handin.Student{Name: fmt.Sprintf("student %03d", i), ID: fmt.Sprint(1000 + i)})
	}
	return class
}

func TestShardsShareAClass(t *testing.T) {
	class := classOf(200)
	shards := make(map[string]string)
	for number := 1; number <= 16; number++ {
		s := shard{number, 16}
		share := s.take(class.Students)
		if len(share) < 3 || len(share) > 30 {
			t.Errorf("part %v has %d of 200 students", &s, len(share))
		}
		for _, student := range share {
			if other, ok := shards[student.ID]; ok {
				t.Errorf("%s is in part %s and in part %v", student.Name, other, &s)
			}
			shards[student.ID] = s.String()
		}
	}
	if len(shards) != 200 {
		t.Errorf("%d of 200 students are in a part", len(shards))
	}

	// Another student of the same name changes the name, and not the part.
	for _, student := range classOf(300).Students {
		student.Name += " (" + student.ID + ")"
		was, ok := shards[student.ID]
		s := shard{}
		if s.Set(was); ok && !s.has(student) {
			t.Errorf("%s was in part %s, and is not after others have handed in", student.Name, was)
		}
	}
}

func TestShardIsANumberOfHowMany(t *testing.T) {
	for _, text := range []string{"", "3", "0/4", "5/4", "-1/4", "1/0", "a/b", "1/4/2", "1/4 ", "1/99999999999999999999"} {
		if err := new(shard).Set(text); err == nil {
			t.Errorf("-shard %q is taken", text)
		}
	}
	s := shard{3, 16}
	if got, n, ok := parseShardColumn(s.column(7)); got != s || n != 7 || !ok {
		t.Errorf("the column %q is that of %v of %d students, %t", s.column(7), &got, n, ok)
	}
}

// gradedPart writes the part of a class as a grading does, with a page beside it, and returns its
// file. All students have handed in the same, and were graded in a certain way. Of the part,
// only the first students are there.
func gradedPart(t *testing.T, dir, name string, class handin.Class, s shard, way string, first int) string {
	t.Helper()
	share := s.take(class.Students)
	table := newTable(filepath.Join(dir, name+".csv"), grade.Exercises[:1])
	table.setShard(s, len(share))
	table.setWorth(gradebook.Weights{Core: 1, Robustness: 1}, gradebook.Penalty{})
	if err := table.read(); err != nil {
		t.Fatal(err)
	}
	page := report.NewClass()
	for _, student := range share[:min(first, len(share))] {
		r := grade.Unfinished(grade.Exercises[:1])
		digest, err := fingerprint(handin.Work{}, way)
		if err == nil {
			err = table.add(student, digest, handin.Work{}, r)
		}
		if err == nil {
			err = page.Add(student.Name, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if first < len(share) { // it was killed
		return table.file
	}
	table.mark(share)
	if err := table.write(); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteFile(filepath.Join(dir, name+".html"), page.Write); err != nil {
		t.Fatal(err)
	}
	return table.file
}

const whole = 1 << 10 // more than a part has

func TestMergePutsPartsTogether(t *testing.T) {
	class := classOf(40)
	half := handin.Class{Students: class.Students[:20]} // before the others handed in
	type part struct {
		name  string
		class handin.Class
		shard shard
		way   string
		first int
	}
	parts := func(first ...part) []part { return first }
	good := parts(part{"a", class, shard{1, 3}, "", whole}, part{"b", class, shard{2, 3}, "", whole}, part{"c", class, shard{3, 3}, "", whole})
	for _, tt := range []struct {
		name   string
		parts  []part
		status int
		says   string // on standard error, or as error
		rows   int
		absent int // from the page
	}{
		{"all parts", good, right, "has 40 students", 40, 0},
		{"a lost part", good[:2], wrong, "part 3/3 is missing", 40 - len(shard{3, 3}.take(class.Students)), 0},
		{"a node that has died", append(parts(part{"dead", class, shard{1, 3}, "", 2}), good[1:]...), wrong,
			fmt.Sprintf("part 1/3 has 2 of %d students: grade it again, into ", len(shard{1, 3}.take(class.Students))), 42 - len(shard{1, 3}.take(class.Students)), 2},
		{"a node that has died, and one in its place", append(parts(part{"dead", class, shard{1, 3}, "", 2}), good...), right, "has 40 students", 40, 0},
		{"a part from before others handed in", append(parts(part{"early", half, shard{1, 3}, "", whole}), good...), right, "has 40 students", 40, 0},
		{"the same part twice, and another lost", parts(good[0], part{"again", class, shard{1, 3}, "", whole}, good[1]), wrong, "part 3/3 is missing", 40 - len(shard{3, 3}.take(class.Students)), 0},
		{"other flags", append(parts(part{"flags", class, shard{1, 3}, "-run x", whole}), good[1:]...), trouble, "were graded with different suites, flags or kinds of machines", 0, 0},
		{"other results of a student", append(parts(part{"flags", class, shard{1, 3}, "-run x", whole}), good...), trouble, "with different results", 0, 0},
		{"parts of another number", append(parts(part{"four", class, shard{4, 4}, "", whole}), good...), trouble, "is one of 3 parts, and ", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			args := []string{"merge", "-o", filepath.Join(dir, "results.csv"), "-html", filepath.Join(dir, "class.html")}
			for _, p := range tt.parts {
				args = append(args, gradedPart(t, dir, p.name, p.class, p.shard, p.way, p.first))
			}
			_, stderr, status := workbook(t, args...)
			if status != tt.status || !strings.Contains(stderr, tt.says) {
				t.Errorf("exit status %d, standard error\n%s\nwant status %d, and %q", status, stderr, tt.status, tt.says)
			}
			text, err := os.ReadFile(filepath.Join(dir, "results.csv"))
			if tt.rows == 0 {
				if err == nil {
					t.Errorf("there is a table all the same")
				}
				return
			}
			if said := strings.Contains(stderr, fmt.Sprintf("dead.html is missing: %d of its students are not on the page", tt.absent)); said != (tt.absent > 0) {
				t.Errorf("standard error\n%s\nsays that students are not on the page: %t", stderr, said)
			}
			if rows := strings.Count(string(text), "\nstudent "); rows != tt.rows || strings.Contains(string(text), "shard") {
				t.Errorf("the table has %d rows, want %d, and no word of parts:\n%s", rows, tt.rows, text)
			}
			page, err := os.ReadFile(filepath.Join(dir, "class.html"))
			if err != nil || !strings.Contains(string(page), fmt.Sprintf("a class of %d", tt.rows-tt.absent)) {
				t.Errorf("the page is not that of %d students: %v", tt.rows-tt.absent, err)
			}
		})
	}
}

func TestMergeNamesWhoIsInNoPart(t *testing.T) {
	dir := t.TempDir()
	class := copies(t, map[string]string{"ann/x.go": "", "bob/x.go": "", "cyd/x.go": ""})
	known := handin.Class{Students: []handin.Student{{Name: "ann"}, {Name: "bob"}}}
	var files []string
	for number := 1; number <= 2; number++ {
		files = append(files, gradedPart(t, dir, fmt.Sprint("part-", number), known, shard{number, 2}, "", whole))
	}
	_, stderr, status := workbook(t, append([]string{"merge", "-o", filepath.Join(dir, "results.csv"), "-class", class}, files...)...)
	if want := "workbook merge: cyd has no row: cyd is of part "; status != wrong || !strings.Contains(stderr, want) {
		t.Errorf("exit status %d, standard error\n%s\nwant status %d, and %q", status, stderr, wrong, want)
	}
}

// A part never goes into the file of another one, not even if both begin it at the same time.
func TestPartsDoNotShareAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "part.csv")
	errs := make([]error, 8)
	var parts sync.WaitGroup
	for i := range errs {
		parts.Go(func() {
			table := newTable(file, grade.Exercises[:1])
			table.setShard(shard{i + 1, len(errs)}, 3)
			errs[i] = table.read()
		})
	}
	parts.Wait()
	var got []string
	for _, err := range errs {
		if err == nil {
			got = append(got, "its own")
		} else if strings.HasSuffix(err.Error(), ": each needs a file of its own") || strings.HasSuffix(err.Error(), "move it away first") {
			got = append(got, "refused")
		} else {
			got = append(got, err.Error())
		}
	}
	slices.Sort(got)
	want := append([]string{"its own"}, slices.Repeat([]string{"refused"}, len(errs)-1)...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts that begin the same file mismatch (-want +got):\n%s", diff)
	}

	// The whole class does not go into the file of a part, nor the other way round.
	if err := newTable(file, grade.Exercises[:1]).read(); err == nil || !strings.Contains(err.Error(), "of the class, and not 1/1") {
		t.Errorf("reading a part as a whole class gives %v, want an error", err)
	}
}
