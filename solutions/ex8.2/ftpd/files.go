package main

import (
	"bufio"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
)

// A listing is what a client may list: the files of a directory, or those of
// them that match a pattern, or one file.
type listing struct {
	s       *session
	dir     string // as the client wrote it; "" for the working directory
	pattern string // "" for all files
	open    *os.File
	one     fs.FileInfo // the only file, or nil
}

// find returns the listing for a name. The last part of the name may be a pattern
// such as *.txt (standard clients' mget asks for NLST *.txt).
func (s *session) find(name string) (*listing, error) {
	f, info, err := s.open(name)
	if err == nil && info.IsDir() {
		return &listing{s: s, dir: name, open: f}, nil
	}
	dir, last := path.Split(name)
	if err == nil {
		f.Close()
		info, err = s.lstat(name)
		return &listing{s: s, dir: dir, one: info}, err
	}
	if _, bad := path.Match(last, ""); bad != nil || !strings.ContainsAny(last, "*?[") {
		return nil, err
	}
	f, info, err = s.open(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		f.Close()
		return nil, fs.ErrNotExist
	}
	return &listing{s: s, dir: dir, pattern: last, open: f}, nil
}

func (l *listing) close() {
	if l.open != nil {
		l.open.Close()
	}
}

// prefix returns what stands before the name of each file.
func (l *listing) prefix() string {
	if l.dir == "" || strings.HasSuffix(l.dir, "/") {
		return l.dir
	}
	return l.dir + "/"
}

// writeTo writes a line for each file of the listing, which add appends to an empty one.
func (l *listing) writeTo(w io.Writer, add func(line []byte, prefix string, info fs.FileInfo) []byte) error {
	out := bufio.NewWriterSize(w, 32<<10)
	for info, err := range l.files() {
		if err != nil {
			return err
		}
		line := add(out.AvailableBuffer(), l.prefix(), info)
		makePrintable(line)
		out.Write(append(line, "\r\n"...))
	}
	return out.Flush() // returns the first error of all writes
}

// batch is how many entries of a directory are read at the same time. A large directory
// is never held as a whole, so its files come in no order.
const batch = 256

// files returns the files of the listing. It may be ranged over once.
func (l *listing) files() iter.Seq2[fs.FileInfo, error] {
	return func(yield func(fs.FileInfo, error) bool) {
		if l.one != nil {
			yield(l.one, nil)
			return
		}
		for {
			entries, err := l.open.ReadDir(batch)
			for _, e := range entries {
				if info, ok := l.info(e); ok && !yield(info, nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// info returns what there is to say of an entry, if it belongs to the listing and
// the client could have it.
func (l *listing) info(e fs.DirEntry) (info fs.FileInfo, ok bool) {
	name := e.Name()
	if isPartial(name) {
		return nil, false
	}
	if l.pattern != "" {
		hidden := strings.HasPrefix(name, ".") && !strings.HasPrefix(l.pattern, ".")
		if match, _ := path.Match(l.pattern, name); hidden || !match {
			return nil, false
		}
	}
	info, err := e.Info()
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		info, err = l.s.lstat(l.prefix() + name)
	}
	return info, err == nil && listed(info)
}
