package main

import (
	"bufio"
	"io"
	"io/fs"
	"iter"
	"net"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// list sends the files of a directory, one a line, as ls -l shows them.
func (s *session) list(arg string) {
	flags, name := s.cutFlags(arg)
	s.sendList("LIST", name, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return appendKind(appendLong(line, info), info, flags)
	})
}

// nlst sends only the names.
func (s *session) nlst(arg string) {
	flags, name := s.cutFlags(arg)
	s.sendList("NLST", name, func(line []byte, prefix string, info fs.FileInfo) []byte {
		return appendKind(append(append(line, prefix...), info.Name()...), info, flags)
	})
}

// sendList sends a line for each file that arg stands for, which add appends to an
// empty one. The prefix turns a file's name into one that means it in the working
// directory.
func (s *session) sendList(verb, arg string, add func(line []byte, prefix string, info fs.FileInfo) []byte) {
	s.offset = 0 // REST is for the next transfer, and this is one
	l, err := s.find(arg)
	if err != nil {
		s.reply(refusal(arg, absent, err))
		return
	}
	defer l.close()
	s.carry(verb+" "+s.path(l.dir), func(t *transfer, conn net.Conn) error {
		w := bufio.NewWriterSize(steady{conn, t, s.srv.stall}, 32<<10)
		for info, err := range l.files() {
			if err != nil {
				return err
			}
			line := add(w.AvailableBuffer(), l.prefix(), info)
			makePrintable(line)
			w.Write(append(line, "\r\n"...))
		}
		return w.Flush() // returns the first error of all writes
	})
}

// appendLong appends the line of LIST for a file. There is no standard; all clients
// understand that of ls -l. The time is UTC. Package fmt would make a
// LIST a third slower.
func appendLong(line []byte, info fs.FileInfo) []byte {
	mode := info.Mode() & (fs.ModeDir | fs.ModePerm)
	line = append(line, mode.String()...)
	to, isLink := info.(link)
	if isLink {
		line[len(line)-len("-rwxrwxrwx")] = 'l'
	}
	line = append(line, " 1 ftp ftp "...)
	size := strconv.FormatInt(info.Size(), 10)
	const blank = "            "
	line = append(line, blank[min(len(size), len(blank)):]...)
	line = append(line, size...)
	when := info.ModTime().UTC()
	layout := " Jan _2 15:04 "
	if age := time.Since(when); age > 180*24*time.Hour || age < 0 {
		layout = " Jan _2  2006 "
	}
	line = when.AppendFormat(line, layout)
	line = append(line, info.Name()...)
	if isLink {
		line = append(append(line, " -> "...), to.target...)
	}
	return line
}

// cutFlags returns the flags of ls, such as -a, that some clients put before the name in
// LIST, and the name. What is the name of a file is no flag.
func (s *session) cutFlags(arg string) (flags, name string) {
	for isFlag.MatchString(arg) {
		if _, err := s.lstat(arg); err == nil {
			break
		}
		flag, rest, _ := strings.Cut(arg, " ")
		flags, arg = flags+flag, rest
	}
	return flags, arg
}

var isFlag = regexp.MustCompile(`^-[A-Za-z0-9]*( |$)`)

// appendKind appends a slash to the name of a directory if -F is among the flags, as ls
// does. Vim knows directories by it.
func appendKind(line []byte, info fs.FileInfo, flags string) []byte {
	if info.IsDir() && strings.Contains(flags, "F") {
		line = append(line, '/')
	}
	return line
}

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

// batch is how many entries of a directory are read at once. A large directory
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

// A link is a symbolic link in a listing. It must not look like the directory that it
// leads to: a client that removes a tree would empty that, and one that fetches
// a tree might go round forever.
type link struct {
	fs.FileInfo // of the link itself
	target      string
}

// listed reports whether the client may see a file: it is a file or a directory, or leads
// to one.
func listed(info fs.FileInfo) bool {
	_, isLink := info.(link)
	return isLink || info.IsDir() || info.Mode().IsRegular()
}

// lstat returns what there is to say of a file. That of a link is a link, if the client
// could have what it leads to.
func (s *session) lstat(name string) (fs.FileInfo, error) {
	name = inRoot(s.path(name))
	info, err := s.srv.root.Lstat(name)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return info, err
	}
	to, err := s.srv.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !listed(to) {
		return nil, fs.ErrInvalid
	}
	target, err := s.srv.root.Readlink(name)
	return link{info, target}, err
}
