package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const (
	many  = 10_000 // files in the directory that is listed
	few   = 100    // small files
	small = 1 << 10
)

// A site is what the servers serve, and what else is kept for them on the disk.
type site struct {
	settings
	temp string // holds all the rest
	root string // "large", "small/00001", "many/…" and the empty directory "up"
	ftpd string // the program of the solution
}

func newSite(ctx context.Context, set settings) (*site, error) {
	temp, err := os.MkdirTemp(set.dir, "bench")
	if err != nil {
		return nil, err
	}
	st := &site{settings: set, temp: temp, root: filepath.Join(temp, "root")}
	if err := st.fill(ctx); err != nil {
		st.remove()
		return nil, err
	}
	return st, nil
}

func (st *site) fill(ctx context.Context) (err error) {
	if st.ftpd, err = build(ctx, st.temp); err != nil {
		return err
	}
	for _, dir := range []string{"root/small", "root/many", "root/up", "empty"} {
		if err := os.MkdirAll(filepath.Join(st.temp, dir), 0o755); err != nil {
			return err
		}
	}
	// Servers that give up root want to come in, and to write.
	for dir, mode := range map[string]os.FileMode{".": 0o755, "root/up": 0o777} {
		if err := os.Chmod(filepath.Join(st.temp, dir), mode); err != nil {
			return err
		}
	}
	for i := range few {
		if err := st.write(fmt.Sprintf("small/%05d", i), small); err != nil {
			return err
		}
	}
	for i := range many {
		if err := st.write(fmt.Sprintf("many/some-file-%05d.txt", i), 0); err != nil {
			return err
		}
	}
	return st.write("large", st.size)
}

// write makes a file of so many bytes, none of them a hole.
func (st *site) write(name string, size int64) error {
	f, err := os.Create(filepath.Join(st.root, name))
	if err != nil {
		return err
	}
	defer f.Close()
	for size > 0 {
		n, err := f.Write(zeros[:min(size, int64(len(zeros)))])
		if err != nil {
			return err
		}
		size -= int64(n)
	}
	return f.Close()
}

// discard removes a file that was stored, and wants it to be whole.
func (st *site) discard(name string, size int64) error {
	file := filepath.Join(st.root, name)
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() != size {
		return fmt.Errorf("%s holds %d bytes after STOR, want %d", name, info.Size(), size)
	}
	return os.Remove(file)
}

func (st *site) remove() { os.RemoveAll(st.temp) }

// zeros is what the files hold and the clients send.
var zeros [256 << 10]byte
