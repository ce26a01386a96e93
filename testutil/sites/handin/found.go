package handin

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Found is a program that was found.
type Found struct {
	Program
	From string // where, in the export

	files  []File // named from its folder
	others []File // below its folder, which it may import or embed
	older  []File // of the same names
}

// where returns where a candidate was found.
func (c candidate) where() string {
	if c.path != "." && c.rank >= byFolder {
		return c.path
	}
	return c.files[0].Path
}

// changed returns when the last of the files was changed.
func (f folder) changed() time.Time {
	var last time.Time
	for _, file := range f.files {
		if file.Time.After(last) {
			last = file.Time
		}
	}
	return last
}

// found returns what the candidate holds of p, and the paths of files that may be a part of
// any program.
func (c candidate) found(p Program, files []File, programs []Program) (found Found, leftOut []string) {
	found = Found{Program: p, From: c.where()}
	if c.rank >= byFolder && !c.mixed {
		for _, f := range files {
			name, ok := strings.CutPrefix(f.Path, c.path+"/")
			if !ok || f.Mode.IsDir() {
				continue
			}
			f.Name = name
			switch inside := strings.Contains(name, "/"); {
			case !inside && path.Ext(name) == ".go" && (own(name) || f.Mode.IsRegular()):
				found.files = append(found.files, f)
			default:
				found.others = append(found.others, f)
			}
		}
		return found, nil
	}
	var open []File
	for _, f := range c.files {
		f.Name = plainName(f.base())
		owner := ownerOf(f.Name, programs)
		switch {
		case owner == p.Dir, owner == "" && (!c.mixed || c.rank >= byFolder):
			found.add(f)
		case owner == "" && c.mixed:
			leftOut = append(leftOut, f.Path)
			open = append(open, f)
		}
	}
	for _, f := range needed(found.files, open) {
		found.add(f)
	}
	for i, f := range found.files {
		if c.rank < byFolder && (i == 0 || f.Name == p.name()+".go") {
			found.From = f.Path
		}
	}
	return found, leftOut
}

// ownerOf returns the program whose stub has a file of that name; "" if there is none.
func ownerOf(name string, programs []Program) string {
	for _, p := range programs {
		if slices.Contains(p.Stub, name) {
			return p.Dir
		}
	}
	return ""
}

// add adds a file, unless there is a newer one of that name.
func (f *Found) add(file File) {
	i := slices.IndexFunc(f.files, func(other File) bool { return other.Name == file.Name })
	if i < 0 {
		f.files = append(f.files, file)
		return
	}
	other := f.files[i]
	newer := cmp.Or(
		cmp.Compare(file.upload, other.upload),
		file.Time.Compare(other.Time),
		cmp.Compare(len(file.Path), len(other.Path)),
		strings.Compare(file.Path, other.Path),
	)
	if newer > 0 {
		f.files[i], file = file, other
	}
	f.older = append(f.older, file)
}

// replaced says which files are not graded, since there are newer ones of their names.
func (f Found) replaced() []string {
	var notes []string
	for _, file := range f.files {
		var older []string
		for _, other := range f.older {
			if other.Name == file.Name {
				older = append(older, other.Path)
			}
		}
		if len(older) > 0 {
			notes = append(notes, fmt.Sprintf("%s is graded, and not %s", file.Path, some(older)))
		}
	}
	return notes
}

// A NotFileError is that something stands in place of a file of a program.
type NotFileError struct {
	Name string
	Mode fs.FileMode
}

func (e *NotFileError) Error() string {
	return fmt.Sprintf("%s is %s, and not a file", e.Name, typeName(e.Mode))
}

// typeName says what a file is that is not regular.
func typeName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// Copy copies the programs into a folder, to where the workbook has them. Of a file that
// is too long to be graded it copies no more than the grader needs to see that.
func (w Work) Copy(dir string) error {
	for _, f := range w.Found {
		err := f.each(func(file File, text []byte) error {
			name := filepath.Join(dir, filepath.FromSlash(f.Dir), filepath.FromSlash(file.Name))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			return os.WriteFile(name, text, 0o644)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sum writes what differs for work of which other files are copied.
func (w Work) Sum(sum io.Writer) error {
	for _, f := range w.Found {
		fmt.Fprintf(sum, "%q\n", f.Dir)
		err := f.each(func(file File, text []byte) error {
			_, err := fmt.Fprintf(sum, "%q %d %d\n%s\n", file.Name, file.Size, len(text), text)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, lost := range w.Missing {
		fmt.Fprintf(sum, "%q %q\n", lost.Dir, lost.Why)
	}
	return nil
}

// hold has the texts of the program in memory, and no more of the archives that they are in. It
// returns why one cannot be read, though its archive can; nil if all can be.
func (f *Found) hold() error {
	texts := make(map[string][]byte) // by path
	err := f.each(func(file File, text []byte) error {
		texts[file.Path] = text
		return nil
	})
	if damaged, ok := errors.AsType[*damagedError](err); ok {
		return damaged
	}
	if err != nil {
		return nil // it is the error of each reader of the program, too
	}
	for _, files := range []*[]File{&f.files, &f.others} {
		*files = slices.DeleteFunc(*files, func(file File) bool {
			_, ok := texts[file.Path]
			return file.archived && !ok
		})
		for i, file := range *files {
			if file.archived {
				(*files)[i].open = held(texts[file.Path])
			}
		}
	}
	for i := range f.older {
		f.older[i].open = nil
	}
	return nil
}

// embedDirective matches a line that makes a program embed other files of its folder.
var embedDirective = regexp.MustCompile(`(?m)^//go:embed\s`)

// Of a program there are no more files and bytes than these, or only one more file, since the
// grader refuses more.
const (
	maxProgramFiles = 200
	maxProgram      = 16 << 20
)

// each calls do with each file of a program. If it imports packages of its own, so it does
// with those, and if it embeds any files, with those that it may embed.
func (f Found) each(do func(file File, text []byte) error) error {
	files, size := 0, 0
	whole := func(file File) (text []byte, err error) {
		if text, err = f.read(file); err != nil {
			return nil, err
		}
		files, size = files+1, size+len(text)
		return text, do(file, text)
	}
	embeds, imports := false, false
	for _, file := range f.files {
		if files > maxProgramFiles || size > maxProgram {
			return nil
		}
		text, err := whole(file)
		if err != nil {
			return err
		}
		embeds = embeds || embedDirective.Match(text)
		imports = imports || bytes.Contains(text, []byte("/"+f.Dir+"/"))
	}
	for _, source := range []bool{true, false} { // a package may embed files, too
		for _, file := range f.others {
			wanted := embeds
			if source {
				wanted = imports && own(path.Base(file.Name))
			}
			if !wanted || source != (path.Ext(file.Name) == ".go") || !file.Mode.IsRegular() || !filepath.IsLocal(filepath.FromSlash(file.Name)) {
				continue
			}
			if files > maxProgramFiles || size > maxProgram {
				return nil
			}
			text, err := whole(file)
			if err != nil {
				return err
			}
			embeds = embeds || source && embedDirective.Match(text)
		}
	}
	return nil
}

// read returns the text of a file of the program, or as much of it as the grader needs to
// see that it is too long.
func (f Found) read(file File) ([]byte, error) {
	switch regular := file.Mode.IsRegular(); {
	case !regular && file.archived:
		return nil, &damagedError{file.Path, errors.New("it is " + typeName(file.Mode))}
	case !regular:
		return nil, &NotFileError{f.Dir + "/" + file.Name, file.Mode}
	}
	text, err := file.read(maxFile)
	if err != nil && file.archived {
		return nil, &damagedError{file.Path, err}
	}
	return text, err
}

// A damagedError is that a file in an archive cannot be read.
type damagedError struct {
	path string
	err  error
}

func (e *damagedError) Error() string { return fmt.Sprintf("%s cannot be read: %v", e.path, e.err) }
func (e *damagedError) Unwrap() error { return e.err }
