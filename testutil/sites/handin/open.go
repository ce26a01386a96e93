package handin

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Open returns the class in a folder or an archive.
func Open(name string) (Class, error) {
	files, out, closer, err := open(name)
	if err != nil {
		return Class{}, err
	}
	if len(out) > 0 {
		closer.Close()
		return Class{}, fmt.Errorf("read %s: it holds the name %q, which leads out of it; unpack it, and name the folder", name, out[0])
	}
	c := newClass(className(name), files)
	c.closer = closer
	return c, nil
}

// OpenStudent returns what one student has handed in, a folder or an archive.
func OpenStudent(name string) (Student, io.Closer, error) {
	files, out, closer, err := open(name)
	s := Student{Name: className(name), files: files}
	for _, name := range out {
		s.notes = append(s.notes, fmt.Sprintf("the name %q leads out of the archive, and is left out", name))
	}
	return s, closer, err
}

// Check returns an error if there is nothing of that name that can be opened.
func Check(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() && (!info.Mode().IsRegular() || !isArchive(name)) {
		return fmt.Errorf("%s is not a folder, a zip file or a tar file", name)
	}
	return nil
}

func className(name string) string {
	if full, err := filepath.Abs(name); err == nil {
		name = full
	}
	name = filepath.Base(name)
	if isArchive(name) {
		return stem(name)
	}
	return name
}

// open returns the files in a folder or an archive, and the names in the archive that lead
// out of it.
func open(name string) (files []File, out []string, closer io.Closer, err error) {
	if err := Check(name); err != nil {
		return nil, nil, nil, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, nil, err
		}
		if files = list(root.FS()); len(files) >= maxEntries {
			root.Close()
			return nil, nil, nil, fmt.Errorf("%s has more than %d files and folders: name a folder with some of the students", name, maxEntries)
		}
		return files, nil, root, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, nil, err
	}
	files, out, err = archived(file, info.Size())
	if err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("read %s: %w", name, err), file.Close())
	}
	return files, out, file, nil
}

// archived returns the files in an archive that holds a class, and the names that lead out
// of it.
func archived(file *os.File, size int64) (all []File, out []string, err error) {
	if size == 0 {
		return nil, nil, errors.New("it is empty")
	}
	var files []File
	begin := make([]byte, 2)
	if _, err := file.ReadAt(begin, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	if isZip(begin) {
		r, err := zip.NewReader(file, size)
		if err != nil {
			return nil, nil, err
		}
		if len(r.File) > maxEntries {
			return nil, nil, fmt.Errorf("it has more than %d files", maxEntries)
		}
		files = zipped(r)
	} else {
		files, err = tarred(file, newRoom())
		switch {
		case errors.Is(err, errNoArchive):
			return nil, nil, err
		case err != nil:
			return nil, nil, fmt.Errorf("%w; unpack it, and name the folder", err)
		}
	}
	for _, f := range files {
		switch name, ok := local(f.Name); {
		case !ok:
			out = append(out, f.Name)
		case name == ".":
		case !junkBelow(name):
			f.Name, f.Path = name, name
			all = append(all, f)
		default: // of a student who has handed in nothing else, perhaps
			if folder := folderOf(name); folder != "." {
				all = append(all, File{Name: folder, Path: folder, Mode: fs.ModeDir, archived: true})
			}
		}
	}
	return lastOfEach(all), out, nil
}

// folderOf returns the nearest folder around a file that may be a student's; "." if there is none.
func folderOf(name string) string {
	for name = path.Dir(name); name != "." && junkBelow(name); {
		name = path.Dir(name)
	}
	return name
}
