// Package handin reads the exports of course systems: it finds the students of a class, and
// the programs in their submissions.
//
//	class, err := handin.Open("submissions.zip")
//	if err != nil {
//		log.Fatal(err)
//	}
//	defer class.Close()
//	for _, student := range class.Students {
//		work := student.Work(programs)
//		...
//	}
//
// A folder and an archive are read in the same way. Nothing is unpacked: a file of an
// archive is read when its text is asked for.
package handin

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Class is what a course system has handed out.
type Class struct {
	Site     string    // "Canvas"; "" if its names are those of no system
	Students []Student // sorted by name, one for each
	Others   []string  // files that belong to no student

	closer io.Closer // nil if there is nothing to close
}

// Close ends the reading of a class.
func (c Class) Close() error {
	if c.closer == nil {
		return nil
	}
	return c.closer.Close()
}

// A Student is one of a class, with all that the names of the export say of them. What
// they do not say is empty.
type Student struct {
	Name     string // differs from those of the others
	ID       string // the number that the system has for them
	Username string
	Email    string
	Time     time.Time // when it was handed in
	Late     bool

	// Feedback is how the names of files begin that the system takes back as feedback for
	// this student; "" if it takes none by their names.
	Feedback string

	Older []string // the attempts that do not count, since there is a newer one

	namesakes bool     // the Name has more than the name, since others have the same
	files     []File   // of the newest attempt
	notes     []string // on what was left out of it
}

// FullName returns the name of a student, which others may have too.
func (s Student) FullName() string {
	if s.namesakes {
		return s.Name[:strings.LastIndex(s.Name, " (")]
	}
	return s.Name
}

// newClass finds the students in the files of an export. The name is that of the folder or
// archive that holds them.
func newClass(name string, files []File) Class {
	name, files = unwrap(name, files)
	class := Class{}
	top := entries(files)
	s := namingOf(top)
	class.Site = s.name
	var all []handed
	for _, e := range top {
		switch found := s.handed(e); {
		case len(found) > 0:
			all = append(all, found...)
		case e.isDir() || isArchive(e.name) || hasExt(e.name, otherExts):
			all = append(all, plain(name, e))
		case e.name != metadataFile:
			class.Others = append(class.Others, e.files[0].Path)
		}
	}
	if s.name == blackboard {
		all = withUsernames(all)
	}
	all = withSubmitters(all, top)
	class.Students = students(all)
	return class
}

// An entry is a file or folder at the top of an export.
type entry struct {
	name  string
	files []File // in it, or the file itself
}

func (e entry) isDir() bool {
	return len(e.files) != 1 || e.files[0].Name != e.name || e.files[0].Mode.IsDir()
}

// below returns the files in a folder, named from there.
func (e entry) below() []File {
	var files []File
	for _, f := range e.files {
		if name, ok := strings.CutPrefix(f.Name, e.name+"/"); ok {
			f.Name = name
			files = append(files, f)
		} else if f.err != nil {
			files = append(files, f)
		}
	}
	return files
}

// entries returns what stands at the top, sorted.
func entries(files []File) []entry {
	found := make(map[string][]File)
	for _, f := range files {
		name, _, _ := strings.Cut(f.Name, "/")
		found[name] = append(found[name], f)
	}
	var all []entry
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, entry{name, found[name]})
	}
	return all
}

// wrapper matches the names of folders that hold the students of a class.
var wrapper = regexp.MustCompile(`^assignment_\d+_export$|_submissions_\d{4}_\d\d_\d\d_T\d\d_\d\d_\d\d$|-submissions$`)

// unwrap returns the files of a class whose students are all in one folder, named from there.
func unwrap(name string, files []File) (string, []File) {
	for {
		top := entries(files)
		if len(top) != 1 || !top[0].isDir() {
			return name, files
		}
		inside := entries(top[0].below())
		if namingOf(top).name == "" && len(inside) == 1 && inside[0].isDir() && severalHold(inside[0].below()) {
			name, files = top[0].name, top[0].below()
			continue
		}
		several := 0
		for _, e := range inside {
			if e.isDir() && !programFolder.MatchString(e.name) || isArchive(e.name) || namingOf([]entry{e}).name != "" {
				several++
			}
			if strings.HasSuffix(e.name, ".go") && namingOf([]entry{e}).name == "" || e.name == "exercises" {
				return name, files // it is a student
			}
		}
		if several < 2 && !wrapper.MatchString(top[0].name) && namingOf(inside).name == "" || namingOf(top).name != "" {
			return name, files
		}
		name, files = top[0].name, top[0].below()
	}
}

// severalHold reports whether two folders hold a file of Go of the same name, so that they are
// those of two students.
func severalHold(files []File) bool {
	in := make(map[string]string) // by the name of a file, a folder
	for _, f := range files {
		folder, rest, below := strings.Cut(f.Name, "/")
		if !below || !own(f.base()) || programFolder.MatchString(folder) || junk(rest) {
			continue
		}
		if other, ok := in[f.base()]; ok && other != folder {
			return true
		}
		in[f.base()] = folder
	}
	return false
}

// programFolder matches the names of folders in a copy of the workbook.
var programFolder = regexp.MustCompile(`^(exercises|solutions|chapter\d+|testutil|ex\d+\.\d+|clock2|clockwall|ftpd)$`)

// handed is a part of what one student has handed in.
type handed struct {
	key     string // the same for all that a student has handed in
	student Student
	task    string // of which the newest attempt counts; "" if the system hands out one
	attempt string // a later one is greater; "" if the system hands out no other
	path    string // in the export
	files   []File
}

// students returns one student for each key, with the files of the newest attempt.
func students(all []handed) []Student {
	byKey := make(map[string][]handed)
	for _, h := range all {
		byKey[h.key] = append(byKey[h.key], h)
	}
	names := make(map[string]int)
	var found []Student
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		s := newest(byKey[key])
		names[s.Name]++
		found = append(found, s)
	}
	for i, s := range found {
		if names[s.Name] > 1 {
			found[i].Name = fmt.Sprintf("%s (%s)", s.Name, cmp.Or(s.ID, s.Username, s.Email, "by name"))
			found[i].namesakes = true
		}
	}
	slices.SortFunc(found, func(a, b Student) int { return strings.Compare(a.Name, b.Name) })
	return found
}

// newest returns the student of some parts, with those of the last attempt at each task.
func newest(parts []handed) Student {
	last := make(map[string]handed) // by task
	for _, h := range parts {
		if before, ok := last[h.task]; !ok || h.attempt > before.attempt {
			last[h.task] = h
		}
	}
	s := last[parts[len(parts)-1].task].student
	s.files, s.Older = nil, nil
	var upload int64
	for _, h := range parts {
		if h.attempt == last[h.task].attempt {
			s.files = append(s.files, h.files...)
			s.Late = s.Late || h.student.Late
			for _, f := range h.files {
				if f.upload > upload { // Canvas looks for the newest
					upload, s.Feedback = f.upload, h.student.Feedback
				}
			}
		} else if !slices.Contains(s.Older, h.path) {
			s.Older = append(s.Older, h.path)
		}
	}
	return s
}

// plain returns what a folder or an archive holds that is named after its student.
func plain(class string, e entry) handed {
	h := handed{student: Student{Name: e.name}, path: e.name, files: e.below()}
	if !e.isDir() {
		h.student.Name = stem(e.name)
		h.files = e.files
	}
	h.key = "plain " + h.student.Name
	if repository, ok := strings.CutPrefix(h.student.Name, repositories(class)); ok && repository != "" {
		h.student.Username = repository
	}
	return h
}

// repositories returns how the names of the repositories begin that are in a folder of that
// name, which GitHub Classroom or Classroom 50 has written; otherwise what no name begins with.
func repositories(class string) string {
	if assignment, ok := strings.CutSuffix(class, "-submissions"); ok {
		return assignment + "-"
	}
	if at := wrapper.FindStringIndex(class); at != nil && at[0] > 0 {
		return class[:at[0]] + "-"
	}
	return "/"
}

// stem returns the name of a file without what says that it is an archive.
func stem(name string) string {
	for _, ext := range archiveExts {
		if len(name) > len(ext) && strings.EqualFold(name[len(name)-len(ext):], ext) {
			return name[:len(name)-len(ext)]
		}
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".tar") // of "ann.tar.xz"
}
