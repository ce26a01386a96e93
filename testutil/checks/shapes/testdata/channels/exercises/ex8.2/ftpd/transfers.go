package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// send sends all of r on a data connection.
func (v *visitor) send(r io.Reader) {
	if v.door == nil {
		v.say(425, "Say PASV or EPSV first.")
		return
	}
	v.say(150, "Here it comes.")
	conn, err := v.connection()
	if err != nil {
		v.say(425, "You have not come for it.")
		return
	}
	stop := context.AfterFunc(v.ctx, func() { conn.Close() })
	defer stop()
	_, err = io.Copy(conn, r)
	if closeErr := conn.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		v.say(426, "It did not arrive.")
		return
	}
	v.say(226, "That was it.")
}

func retr(v *visitor, arg string) {
	name := inRoot(v.path(arg))
	info, err := v.files.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		v.say(550, "There is no such file.")
		return
	}
	f, err := v.files.Open(name)
	if err != nil {
		v.say(550, "You may not read it.")
		return
	}
	defer f.Close()
	v.send(f)
}

func size(v *visitor, arg string) {
	info, err := v.files.Stat(inRoot(v.path(arg)))
	if err != nil || !info.Mode().IsRegular() {
		v.say(550, "There is no such file.")
		return
	}
	v.say(213, "%d", info.Size())
}

func list(v *visitor, arg string) {
	for strings.HasPrefix(arg, "-") { // flags, as of ls
		_, arg, _ = strings.Cut(arg, " ")
	}
	v.listing(arg, func(info fs.FileInfo) string {
		kind := "-"
		if info.IsDir() {
			kind = "d"
		}
		return fmt.Sprintf("%sr--r--r-- 1 ftp ftp %12d %s %s",
			kind, info.Size(), info.ModTime().UTC().Format("Jan _2  2006"), info.Name())
	})
}

func nlst(v *visitor, arg string) {
	v.listing(arg, fs.FileInfo.Name)
}

// listing sends a line for each file of a directory, or for one file.
func (v *visitor) listing(name string, line func(fs.FileInfo) string) {
	infos, err := v.look(inRoot(v.path(name)))
	if err != nil {
		v.say(550, "There is nothing of that name.")
		return
	}
	var lines bytes.Buffer
	for _, info := range infos {
		if !strings.ContainsAny(info.Name(), "\r\n") {
			lines.WriteString(line(info) + "\r\n")
		}
	}
	v.send(&lines)
}

// look returns what there is to know of a file, or of those in a directory. Links
// stand for what they lead to, if that is in the root.
func (v *visitor) look(name string) ([]fs.FileInfo, error) {
	info, err := v.files.Stat(name)
	if err != nil || !info.IsDir() {
		return []fs.FileInfo{info}, err
	}
	entries, err := fs.ReadDir(v.files.FS(), name)
	if err != nil {
		return nil, err
	}
	var infos []fs.FileInfo
	for _, e := range entries {
		info, err := v.files.Stat(path.Join(name, e.Name()))
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			infos = append(infos, renamed{info, e.Name()})
		}
	}
	return infos, nil
}

// A renamed file is one that goes by the name of a link.
type renamed struct {
	fs.FileInfo
	name string
}

func (r renamed) Name() string { return r.name }
