package handin

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Open returns the class in a folder or an archive.
func Open(name string) (Class, error) {
	files, closer, err := open(name)
	if err != nil {
		return Class{}, err
	}
	c := newClass(className(name), files)
	c.closer = closer
	return c, nil
}

// OpenStudent returns what one student has handed in, a folder or an archive.
func OpenStudent(name string) (Student, io.Closer, error) {
	files, closer, err := open(name)
	return Student{Name: className(name), files: files}, closer, err
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

func open(name string) ([]File, io.Closer, error) {
	if err := Check(name); err != nil {
		return nil, nil, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, err
		}
		return list(root.FS()), root, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	files, err := archived(file, info.Size())
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", name, err), file.Close())
	}
	return files, file, nil
}

// archived returns the files in an archive that holds a class.
func archived(file *os.File, size int64) ([]File, error) {
	var files []File
	begin := make([]byte, 2)
	if _, err := file.ReadAt(begin, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if isZip(begin) {
		r, err := zip.NewReader(file, size)
		if err != nil {
			return nil, err
		}
		if len(r.File) > maxEntries {
			return nil, fmt.Errorf("it has more than %d files", maxEntries)
		}
		files = zipped(r)
	} else {
		left := int64(maxArchive)
		var err error
		if files, err = tarred(file, &left); err != nil {
			return nil, fmt.Errorf("%w; unpack it, and name the folder", err)
		}
	}
	var all []File
	for _, f := range files {
		if name, ok := local(f.Name); ok && name != "." && !junkBelow(name) {
			f.Name, f.Path = name, name
			all = append(all, f)
		}
	}
	return all, nil
}
