package main

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
)

// partialPrefix and a text of package crypto/rand are the name of an upload under way.
const partialPrefix = ".ftpd-"

var partialText = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// isPartial reports whether a name is that of an upload under way. It is not listed, and
// clients cannot name it.
func isPartial(name string) bool {
	text, ok := strings.CutPrefix(path.Base(name), partialPrefix)
	return ok && partialText.MatchString(text)
}

// sweep removes the uploads that were under way when a server was killed. Those that go
// to another server are locked.
func (srv *server) sweep() {
	fs.WalkDir(srv.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !isPartial(name) {
			return nil
		}
		if f, err := srv.root.OpenFile(name, os.O_RDONLY|largeFile, 0); err == nil {
			if lock(f) {
				srv.root.Remove(name)
			}
			f.Close()
		}
		return nil
	})
}
