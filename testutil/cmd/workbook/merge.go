package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
)

// mergeCommand puts the parts of a class together that several machines have graded.
func mergeCommand(ctx context.Context, args []string) (status int, err error) {
	var req gradeRequest
	flags := newFlags("merge", "part.csv...")
	flags.StringVar(&req.out, "o", "", "write the whole table to `file`")
	flags.StringVar(&req.class, "class", "", "name the students in `folder` or an archive who are in no part")
	flags.StringVar(&req.html, "html", "", "put the pages of the parts, such as part.html beside part.csv, together in `file`, too")
	flags.StringVar(&req.feedback, "feedback", "", "pack what was written into `folder`, as the course system takes it back")
	flags.StringVar(&req.grades, "grades", "", "fill the points into a copy of `file`, a CSV file of the course system")
	flags.StringVar(&req.column, "column", "", "write the points into the column of that `name`")
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	switch {
	case req.out == "":
		return trouble, errors.New("which file is the whole table for? want -o FILE")
	case flags.NArg() == 0:
		return trouble, errors.New("which parts? want the files that grade -class -shard has written")
	case req.class == "" && (req.grades != "" || req.feedback != ""):
		return trouble, errors.New("-grades and -feedback require -class")
	case slices.ContainsFunc(flags.Args(), func(part string) bool { return sameFile(part, req.out) }):
		return trouble, fmt.Errorf("-o %s is one of the parts", req.out)
	}
	if err := req.checkFiles(); err != nil {
		return trouble, err
	}
	if err := ctx.Err(); err != nil {
		return trouble, err
	}
	return req.merge(flags.Args())
}

// A part is a table of a part of a class.
type part struct {
	file     string
	header   []string
	shard    shard
	students int // when it is whole
	lines    map[string][]string
}

// readPart reads a file that grade -class -shard has written.
func readPart(file string) (part, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return part{}, err
	}
	rows := csv.NewReader(strings.NewReader(string(text)))
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if err != nil {
		return part{}, fmt.Errorf("%s is not a table of a class", file)
	}
	p := part{file: file, header: header[:len(header)-1]}
	var ok bool
	if p.shard, p.students, ok = parseShardColumn(header[len(header)-1]); !ok {
		return part{}, fmt.Errorf("%s is not a part of a class: it was written without -shard", file)
	}
	t := &table{file: file, header: header, shard: p.shard, lines: make(map[string][]string)}
	if err := t.parse(text); err != nil {
		return part{}, err
	}
	for name, fields := range t.lines {
		t.lines[name] = fields[:len(fields)-1]
	}
	p.lines = t.lines
	return p, nil
}

// merge writes the whole table. The status is right if nothing is missing.
func (req *gradeRequest) merge(files []string) (status int, err error) {
	var parts []part
	for _, file := range files {
		p, err := readPart(file)
		if err != nil {
			return trouble, err
		}
		parts = append(parts, p)
	}
	whole, err := together(parts)
	if err != nil {
		return trouble, err
	}
	whole.file = req.out
	missing := missingIn(parts)
	var class handin.Class
	var sheet *gradebook.Sheet
	if req.class != "" {
		if class, err = handin.Open(req.class); err != nil {
			return trouble, err
		}
		defer class.Close()
		missing = append(missing, absent(class, whole, parts[0].shard.all)...)
	}
	if req.grades != "" {
		if sheet, err = req.readGrades(); err != nil {
			return trouble, err
		}
	}
	if err := whole.write(); err != nil {
		return trouble, err
	}
	unseen, err := req.mergePages(parts)
	if err != nil {
		return trouble, err
	}
	complete := true
	if req.class != "" {
		if err := req.packFeedback(class); err != nil {
			return trouble, err
		}
	}
	if sheet != nil {
		if complete, err = req.fillGrades(sheet, class, whole); err != nil {
			return trouble, err
		}
	}
	for _, sentence := range append(missing, unseen...) {
		fmt.Fprintln(os.Stderr, "workbook merge:", report.Visible(sentence))
	}
	fmt.Fprintf(os.Stderr, "workbook merge: %s has %d students\n", req.out, len(whole.lines))
	if len(missing)+len(unseen) > 0 || !complete {
		return wrong, nil
	}
	return right, nil
}

// together returns the rows of all parts in one table. It is an error if they were not graded
// in the same way, or say different things of a student.
func together(parts []part) (*table, error) {
	first := parts[0]
	t := &table{header: first.header, lines: make(map[string][]string)}
	from := make(map[string]string) // by student, the file
	ways := make(map[string]string) // by digest of the grader and its flags, a file
	for _, p := range parts {
		switch {
		case !slices.Equal(p.header, first.header):
			return nil, fmt.Errorf("%s is about other exercises than %s", p.file, first.file)
		case p.shard.all != first.shard.all:
			return nil, fmt.Errorf("%s is one of %d parts, and %s one of %d", p.file, p.shard.all, first.file, first.shard.all)
		}
		for _, name := range slices.Sorted(maps.Keys(p.lines)) {
			fields := p.lines[name]
			_, way, _ := strings.Cut(fields[digestColumn], "-")
			ways[way] = cmp.Or(ways[way], p.file)
			if before, ok := t.lines[name]; ok && !slices.Equal(before, fields) {
				return nil, fmt.Errorf("%s is in %s and in %s, with different results", name, from[name], p.file)
			}
			t.lines[name], from[name] = fields, p.file
		}
	}
	if len(ways) > 1 {
		files := slices.Sorted(maps.Values(ways))
		return nil, fmt.Errorf("%s were graded with different suites, flags or kinds of machines: grade all with the same workbook, Go, -run, -weights and -late", strings.Join(files, " and "))
	}
	return t, nil
}

// missingIn returns which parts of the class are not there, and which are not whole.
func missingIn(parts []part) []string {
	seen := make(map[int]map[string]bool) // by number, the students
	whole := make(map[int]part)           // by number, that which has most students
	for _, p := range parts {
		if seen[p.shard.number] == nil {
			seen[p.shard.number] = make(map[string]bool)
		}
		for name := range p.lines {
			seen[p.shard.number][name] = true
		}
		if old, ok := whole[p.shard.number]; !ok || p.students > old.students {
			whole[p.shard.number] = p
		}
	}
	var missing []string
	all := parts[0].shard.all
	for number := 1; number <= all; number++ {
		p, ok := whole[number]
		if !ok {
			missing = append(missing, fmt.Sprintf("part %d/%d is missing", number, all))
		} else if n := len(seen[number]); n < p.students {
			missing = append(missing, fmt.Sprintf("part %d/%d has %d of %d students: grade it again, into %s", number, all, n, p.students, p.file))
		}
	}
	return missing
}

// absent returns which students of the class have no row.
func absent(class handin.Class, t *table, all int) []string {
	var missing []string
	for _, s := range class.Students {
		if _, ok := t.lines[s.Name]; ok {
			continue
		}
		of := shard{1, all}
		for !of.has(s) {
			of.number++
		}
		missing = append(missing, fmt.Sprintf("%s has no row: %s is of part %v", s.Name, s.Name, &of))
	}
	return missing
}

// mergePages writes the pages of all parts into one, and returns what is not there.
func (req *gradeRequest) mergePages(parts []part) (missing []string, err error) {
	if req.html == "" {
		return nil, nil
	}
	page := report.NewClass()
	var without []part
	for _, p := range parts {
		name := p.page()
		file, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			without = append(without, p)
			continue
		}
		if err != nil {
			return nil, err
		}
		one, err := report.ReadClass(file)
		file.Close()
		if err == nil {
			err = page.Merge(one)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, p := range without {
		n := 0
		for name := range p.lines {
			if !page.Has(name) {
				n++
			}
		}
		if n > 0 {
			missing = append(missing, fmt.Sprintf("%s is missing: %d of its students are not on the page", p.page(), n))
		}
	}
	return missing, report.WriteFile(req.html, page.Write)
}

// page returns the name of the page of a part.
func (p part) page() string { return strings.TrimSuffix(p.file, filepath.Ext(p.file)) + ".html" }
