package ftptest

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"example.com/workbook/testutil/kit/isolate"
)

// To create the files of a site takes longer than most cases. So the cases that are tried in
// one process hand them on, as long as they are as they were. A case that does not pass
// there is run again, with files that no other has had.

// spare is the files that the next site of this process gets.
var spare struct {
	sync.Mutex
	files *siteFiles // nil if there are none
}

// siteFiles are the files and folders of a site as they were created.
type siteFiles struct {
	base string
	was  map[string]fs.FileInfo // by path
}

// take returns the files that the last site has handed on; nil if it has not.
func takeSpare() *siteFiles {
	spare.Lock()
	defer spare.Unlock()
	files := spare.files
	spare.files = nil
	return files
}

// handOn hands on the files of the site, and reports whether it could.
func (s *site) handOn() bool {
	if s.files == nil || !s.files.asTheyWere() {
		return false
	}
	spare.Lock()
	defer spare.Unlock()
	if spare.files != nil {
		return false
	}
	spare.files = s.files
	return true
}

// filesIn notes how the files in base are, if they may be handed on; otherwise it returns nil.
func filesIn(base string) *siteFiles {
	if !isolate.Trying() {
		return nil
	}
	return look(base)
}

func look(base string) *siteFiles {
	files := &siteFiles{base: base, was: make(map[string]fs.FileInfo)}
	err := filepath.WalkDir(base, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		files.was[name], err = d.Info()
		return err
	})
	if err != nil {
		return nil
	}
	return files
}

// asTheyWere reports whether nothing has changed since the files were created: no name,
// mode, time or text.
func (f *siteFiles) asTheyWere() bool {
	now := look(f.base)
	if now == nil || len(now.was) != len(f.was) {
		return false
	}
	for name, was := range f.was {
		is, ok := now.was[name]
		if !ok || is.Mode() != was.Mode() || !is.ModTime().Equal(was.ModTime()) || !os.SameFile(is, was) {
			return false
		}
	}
	for at, files := range map[string]map[string]string{filepath.Join(f.base, "root"): tree, f.base: outside} {
		for name, want := range files {
			if text, err := os.ReadFile(filepath.Join(at, filepath.FromSlash(name))); err != nil || string(text) != want {
				return false
			}
		}
	}
	return true
}
