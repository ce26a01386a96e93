package handin

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A File is one that a student has handed in, or a folder.
type File struct {
	Name string // where it stands among the others: "work/clock2/clock2.go"
	Path string // where it stands in the export: "Ann_12_assignsubmission_file/work.zip/clock2/clock2.go"
	Mode fs.FileMode
	Size int64
	Time time.Time // when it was changed, if that is known

	upload   int64 // greater for one that was handed in later; 0 if not known
	archived bool  // it is in an archive
	err      error // why it cannot be read, if that is known
	open     func() (io.ReadCloser, error)
}

// maxFile is how much of a file is read. The grader refuses longer ones.
const maxFile = 1<<20 + 1 // bytes

// read returns the first bytes of a file, at most limit.
func (f File) read(limit int64) ([]byte, error) {
	if f.err != nil {
		return nil, f.err
	}
	if f.open == nil || !f.Mode.IsRegular() { // to open a named pipe blocks
		return nil, errors.New("it is " + typeName(f.Mode))
	}
	r, err := f.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	b.Grow(int(min(f.Size, limit)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(r, limit))
	return b.Bytes(), err
}

// held returns how a file is opened whose text is in memory.
func held(text []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}

// maxEntries is how many files and folders one export or archive can have.
const maxEntries = 200_000

// list returns what is in a folder, but for what is never a student's. A folder that cannot
// be read is among the files, with its error.
func list(fsys fs.FS) []File {
	var files []File
	fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case name == "." && err == nil:
			return nil
		case err == nil && junkBelow(name) && d.IsDir():
			return fs.SkipDir
		case err == nil && junkBelow(name):
			return nil
		case len(files) >= maxEntries:
			return fs.SkipAll
		}
		f := File{Name: name, Path: name, Mode: fs.ModeDir, err: err}
		if err != nil {
			files = append(files, f)
			return fs.SkipDir
		}
		f.Mode = d.Type()
		if info, err := d.Info(); err == nil {
			f.Mode, f.Size, f.Time = info.Mode(), info.Size(), info.ModTime()
		} else {
			f.err = err
		}
		f.open = func() (io.ReadCloser, error) { return fsys.Open(name) }
		files = append(files, f)
		return nil
	})
	return files
}

// junk reports whether a file of that name is not a student's work: what systems, editors
// and tools leave behind, and the parts of the workbook that hold the same programs.
func junk(name string) bool {
	before := ""
	for element := range strings.SplitSeq(name, "/") {
		switch {
		case strings.HasPrefix(element, "."), slices.Contains(notWork, element):
			return true
		case before == "solutions" && exerciseName.MatchString(element):
			return true
		}
		before = element
	}
	return false
}

// notWork are the names of folders that hold no work of a student.
var notWork = []string{"__MACOSX", "node_modules", "vendor", "testutil", "chapter60"}

var exerciseName = regexp.MustCompile(`^ex\d+\.\d+$`)

// junkBelow reports so of a file in an export, at whose top there may be students of any name.
func junkBelow(name string) bool {
	first, rest, _ := strings.Cut(name, "/")
	return strings.HasPrefix(first, ".") || first == "__MACOSX" || rest != "" && junk(rest)
}

// base returns the last element of the name of a file.
func (f File) base() string { return path.Base(f.Name) }
