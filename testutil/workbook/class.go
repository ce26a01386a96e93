package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/grade"
	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/sandbox"
	"example.com/workbook/testutil/suite"
)

// gradeClass grades each folder in a folder, which are copies of the workbook by one
// student each, and writes a table with a line for each. A student who is in the table
// already, with the very same files, is not graded again.
func (req *gradeRequest) gradeClass(ctx context.Context) (status int, err error) {
	students, others, err := studentsIn(req.class)
	if err != nil {
		return trouble, err
	}
	for _, name := range others {
		if other := filepath.Join(req.class, name); other != filepath.Clean(req.out) {
			fmt.Fprintf(os.Stderr, "workbook grade: %s is no folder, and left out\n", other)
		}
	}
	t := newTable(req.out, req.Exercises)
	if err := t.read(); err != nil {
		return trouble, err
	}
	if err := sandbox.Namespaces(); err != nil {
		req.jobs = 1 // programs share ports
		fmt.Fprintf(os.Stderr, "workbook grade: without a sandbox, one student at a time: %v\n", err)
	}
	if req.jobs == 0 {
		req.jobs = runtime.GOMAXPROCS(0)
	}
	bar := newBar(os.Stderr)
	defer bar.clear()
	var group errgroup.Group
	group.SetLimit(req.jobs)
	progress := counter{all: len(students), show: bar.show}
	bar.show(0, len(students))
	for _, student := range students {
		group.Go(func() error {
			defer progress.add()
			folder := filepath.Join(req.class, student)
			digest, err := fingerprint(folder)
			if err != nil {
				return err
			}
			if ctx.Err() != nil || t.has(student, digest) {
				return context.Cause(ctx)
			}
			opts := req.Options
			opts.Submission = folder
			r, err := grade.Run(ctx, opts)
			if err != nil {
				return fmt.Errorf("%s: %w", student, err)
			}
			return t.add(student, digest, r)
		})
	}
	return right, errors.Join(group.Wait(), t.write(students))
}

// studentsIn returns the names of the folders in a folder, and of what else is there,
// such as a zip file that nobody has unpacked, or a link.
func studentsIn(dir string) (students, others []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			students = append(students, e.Name())
		default:
			others = append(others, e.Name())
		}
	}
	if len(students) == 0 {
		return nil, nil, fmt.Errorf("there are no folders in %s, one for each student", dir)
	}
	return students, others, nil
}

// fingerprint returns what changes whenever a Go file in a folder does.
func fingerprint(dir string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(name) != ".go" {
			return err
		}
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintln(sum, strings.TrimPrefix(name, dir))
		_, err = io.Copy(sum, file)
		return err
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%.8x", sum.Sum(nil)), nil
}

// A counter counts students.
type counter struct {
	mu        sync.Mutex // guards done
	done, all int
	show      func(done, all int)
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.show(c.done, c.all)
}

// A table has a line for each student. Its methods are safe for concurrent use.
type table struct {
	file   string
	header []string

	mu    sync.Mutex // guards lines and the file
	lines map[string][]string
}

// The columns that every table has.
const (
	studentColumn = iota
	digestColumn
)

func newTable(file string, exercises []grade.Exercise) *table {
	t := &table{file: file, header: []string{"student", "files"}, lines: make(map[string][]string)}
	for _, e := range exercises {
		for _, p := range e.Programs {
			for _, column := range []string{"verdict", "core", "sturdy", "extra"} {
				t.header = append(t.header, p.Name+" "+column)
			}
		}
	}
	t.header = append(t.header, "core", "core of", "sturdy", "sturdy of", "extra", "next")
	return t
}

// read reads what the file holds, if it is a table of the same columns.
func (t *table) read() error {
	text, err := os.ReadFile(t.file)
	if errors.Is(err, fs.ErrNotExist) {
		return os.WriteFile(t.file, line(t.header), 0o666)
	}
	if err != nil {
		return err
	}
	r := csv.NewReader(strings.NewReader(string(text)))
	r.FieldsPerRecord = -1
	if header, err := r.Read(); err != nil || !slices.Equal(header, t.header) {
		return fmt.Errorf("%s is not a table of this class and these exercises: move it away first", t.file)
	}
	for {
		fields, err := r.Read()
		if err != nil {
			break // the end, or a line that was not written to its end
		}
		for i, field := range fields {
			if plain, ok := strings.CutPrefix(field, "'"); ok && formula(plain) {
				fields[i] = plain
			}
		}
		if len(fields) == len(t.header) {
			t.lines[fields[studentColumn]] = fields
		}
	}
	return t.save(t.students())
}

// has reports whether the student is in the table with files of that fingerprint.
func (t *table) has(student, digest string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	fields, ok := t.lines[student]
	return ok && fields[digestColumn] == digest
}

// add adds the line for a student, to the file too.
func (t *table) add(student, digest string, r report.Report) error {
	fields := []string{student, digest}
	for _, p := range r.Programs {
		verdict := string(p.Verdict.Kind)
		if verdict == "" {
			verdict = "graded"
		}
		fields = append(fields, verdict)
		for _, g := range []suite.Group{suite.Core, suite.Sturdy, suite.Extra} {
			fields = append(fields, strconv.Itoa(p.Score(g).Earned))
		}
	}
	core, sturdy := r.Score(suite.Core), r.Score(suite.Sturdy)
	for _, n := range []int{core.Earned, core.Max, sturdy.Earned, sturdy.Max, r.Score(suite.Extra).Earned} {
		fields = append(fields, strconv.Itoa(n))
	}
	fields = append(fields, next(r))
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines[student] = fields
	file, err := os.OpenFile(t.file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(line(fields))
	return errors.Join(err, file.Close())
}

// next returns what a student should mend first.
func next(r report.Report) string {
	f, ok := r.First()
	if !ok {
		return ""
	}
	return f.String()
}

// write writes the table of those students, sorted, in the place of what the file
// holds.
func (t *table) write(students []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.save(students)
}

func (t *table) save(students []string) error {
	return report.WriteFile(t.file, func(w io.Writer) error {
		text := line(t.header)
		for _, student := range slices.Sorted(slices.Values(students)) {
			if fields, ok := t.lines[student]; ok {
				text = append(text, line(fields)...)
			}
		}
		_, err := w.Write(text)
		return err
	})
}

func (t *table) students() []string {
	var names []string
	for name := range t.lines {
		names = append(names, name)
	}
	return names
}

// line returns a line of CSV, in which a spreadsheet will not take a field for a formula.
func line(fields []string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	var quoted []string
	for _, field := range fields {
		if formula(field) {
			field = "'" + field
		}
		quoted = append(quoted, field)
	}
	w.Write(quoted)
	w.Flush() // neither fails on a strings.Builder
	return []byte(b.String())
}

func formula(field string) bool {
	return field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0]))
}
