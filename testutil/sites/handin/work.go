package handin

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Program is what to look for.
type Program struct {
	Dir  string   // where the workbook has it, "exercises/ex8.1/clock2"
	Stub []string // the names of the files of its stub, "clock2.go"

	// Texts are those of the stub, by name. A folder with the stub itself counts less than
	// any other. There may be none.
	Texts map[string][]byte
}

func (p Program) name() string { return path.Base(p.Dir) }

// Work is what was found of the programs in what a student has handed in.
type Work struct {
	Found   []Found  // in the order of the programs
	Missing []Lost   // in the order of the programs
	Notes   []string // what there is to know of it, a sentence each
}

// Lost is a program that was not found.
type Lost struct {
	Program
	Why string // "no folder clock2 and no file clock2.go among the 2 files: a.pdf, b.pdf"
}

// searching is held by the one student whose archives are in memory.
var searching sync.Mutex

// Work looks for programs. An error is not about what the student has handed in, but about
// a folder that cannot be read, in which a program may be.
func (s Student) Work(programs []Program) (Work, error) {
	searching.Lock()
	defer searching.Unlock()
	var w Work
	w.Notes = slices.Clone(s.notes)
	var unread error
	for _, f := range s.files {
		if f.err != nil && !f.archived {
			unread = f.err
		}
	}
	if len(s.Older) > 0 {
		w.Notes = append(w.Notes, "the newest attempt is graded, and not "+strings.Join(s.Older, ", "))
	}
	files, notes := expand(slices.DeleteFunc(slices.Clone(s.files), func(f File) bool { return junk(f.Name) }))
	w.Notes = append(w.Notes, notes...)
	folders := foldersOf(files)
	taken, open := make(map[string]bool), []string{} // by path; those that may be a part of any program
	for _, p := range programs {
		all := candidates(folders, p, programs)
		if unread != nil && !slices.ContainsFunc(all, func(c candidate) bool { return c.rank > byFolder+1 }) {
			return Work{}, unread
		}
		if len(all) == 0 {
			w.Missing = append(w.Missing, Lost{p, lost(p, files, notes)})
			continue
		}
		for i := range all {
			all[i].begun = len(all) == 1 || !all[i].isStub(p)
		}
		best := slices.MaxFunc(all, compare)
		found, leftOut := best.found(p, files, programs)
		if err := found.hold(); err != nil {
			w.Missing = append(w.Missing, Lost{p, err.Error()})
			continue
		}
		w.Found = append(w.Found, found)
		w.Notes = append(w.Notes, found.replaced()...)
		for _, f := range found.files {
			taken[f.Path] = true
		}
		open = append(open, leftOut...)
		var others []string
		for _, other := range all {
			if other.path != best.path && other.rank > byHalf {
				others = append(others, other.where())
			}
		}
		if len(others) > 0 {
			w.Notes = append(w.Notes, fmt.Sprintf("%s is taken from %s, and not from %s", p.name(), found.From, some(others)))
		}
	}
	slices.Sort(open)
	for _, file := range slices.Compact(open) {
		if !taken[file] {
			w.Notes = append(w.Notes, file+" is not graded: it stands beside the files of several programs, and may be a part of any")
		}
	}
	return w, nil
}

// lost says what was handed in instead of a program.
func lost(p Program, files []File, notes []string) string {
	var names []string
	for _, f := range files {
		if !f.Mode.IsDir() {
			names = append(names, f.Path)
		}
	}
	if len(names) == 0 {
		return strings.Join(append([]string{"nothing was handed in"}, notes...), "; ")
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return -cmp.Compare(btoi(strings.HasSuffix(a, ".go")), btoi(strings.HasSuffix(b, ".go")))
	})
	why := fmt.Sprintf("no folder %s and no file %s.go among the %s handed in: %s", p.name(), p.name(), count(len(names), "file"), some(names))
	return strings.Join(append([]string{why}, notes...), "; ")
}

// some returns the first of some names, in a list.
func some(names []string) string {
	const most = 5
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return strings.Join(names, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A folder holds files of a program.
type folder struct {
	path  string // in the export; "." for its top
	name  string // as its student has named it, without a number that marks a copy
	files []File // right in it
}

// foldersOf returns the folders that have Go files, sorted by their paths.
func foldersOf(files []File) []folder {
	byPath := make(map[string]*folder)
	for _, f := range files {
		if f.Mode.IsDir() || !own(plainName(f.base())) {
			continue
		}
		dir := path.Dir(f.Path)
		if byPath[dir] == nil {
			byPath[dir] = &folder{path: dir, name: path.Dir(f.Name)}
		}
		byPath[dir].files = append(byPath[dir].files, f)
	}
	var all []folder
	for _, dir := range slices.Sorted(maps.Keys(byPath)) {
		all = append(all, *byPath[dir])
	}
	return all
}

// own reports whether a file of that name belongs to a program.
func own(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}

var copyMark = regexp.MustCompile(`(?: ?\(\d+\)|-\d+)(\.go)?$`)

// plainName returns the name that a file or folder had before a browser or a course system
// marked it as one more of that name: "clock2.go" for "clock2-1.go" and "clock2 (1).go".
func plainName(name string) string { return copyMark.ReplaceAllString(name, "$1") }

// A rank says how sure it is that a folder holds a program.
type rank int

// The ranks.
const (
	byNothing rank = iota
	byHalf         // it has half of the files of the stub
	byMain         // it has the file of the name of the program
	byFolder       // the folder has the name of the program; each element before it counts one more
)

// A candidate is a folder that may hold a program.
type candidate struct {
	folder
	rank   rank
	mixed  bool // it holds other programs too
	upload int64
	begun  bool // it holds more than the stub
}

// isStub reports whether the folder holds the stub of p as it was handed out.
func (f folder) isStub(p Program) bool {
	for _, file := range f.files {
		stub, ok := p.Texts[file.base()]
		if !ok {
			return false
		}
		text, err := file.read(maxFile)
		if err != nil || !bytes.Equal(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), stub) {
			return false
		}
	}
	return true
}

// candidates returns the folders that may hold p.
func candidates(folders []folder, p Program, programs []Program) []candidate {
	var all []candidate
	for _, f := range folders {
		c := candidate{folder: f, rank: f.rankOf(p)}
		if c.rank == byNothing {
			continue
		}
		for _, other := range programs {
			if other.Dir != p.Dir && f.has(other.Stub) > 0 && c.rank <= byFolder {
				c.mixed = true
			}
		}
		for _, file := range f.files {
			c.upload = max(c.upload, file.upload)
		}
		all = append(all, c)
	}
	return all
}

// rankOf returns how sure it is that the folder holds p.
func (f folder) rankOf(p Program) rank {
	want, got := strings.Split(p.Dir, "/"), strings.Split(f.name, "/")
	same := 0
	for same < min(len(want), len(got)) {
		if !strings.EqualFold(want[len(want)-1-same], plainName(strings.TrimSpace(got[len(got)-1-same]))) {
			break
		}
		same++
	}
	switch {
	case same > 0:
		return byFolder + rank(same-1)
	case f.has([]string{p.name() + ".go"}) > 0:
		return byMain
	case 2*f.has(p.Stub) > len(p.Stub):
		return byHalf
	}
	return byNothing
}

// has returns how many of the names are those of its files.
func (f folder) has(names []string) int {
	n := 0
	for _, name := range names {
		if slices.ContainsFunc(f.files, func(file File) bool { return plainName(file.base()) == name }) {
			n++
		}
	}
	return n
}

// compare compares candidates: the better one is greater.
func compare(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(btoi(a.begun), btoi(b.begun)),
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.upload, b.upload),
		-cmp.Compare(strings.Count(a.name, "/"), strings.Count(b.name, "/")),
		a.changed().Compare(b.changed()),
		cmp.Compare(a.path, b.path),
	)
}
