package main

import (
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"time"
)

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
// LIST, and the name. What is the name of a file is not a flag.
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
