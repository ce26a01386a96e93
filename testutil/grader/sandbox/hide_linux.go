package sandbox

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// private are the folders in which users keep what is theirs, and in which there are
// sockets and terminals.
var private = []string{"/run", "/var/run", "/tmp", "/var/tmp", "/dev/shm", "/dev/pts", "/home", "/root"}

// public are folders that a program needs, even if one is the home of a user.
var public = []string{"/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/dev", "/proc", "/sys"}

// hide puts empty folders into the place of those that are private, and of home. What is
// kept is seen in them all the same.
func hide(home string, kept []string) error {
	for _, dir := range hidden(home) {
		if err := hideFolder(dir, kept); err != nil {
			return err
		}
	}
	return nil
}

// hidden returns the folders to hide, with no links and none inside of another.
func hidden(home string) []string {
	var dirs []string
	isPublic := func(dir string) bool { return within(home, dir) || within(dir, home) }
	if filepath.IsAbs(home) && !slices.ContainsFunc(public, isPublic) {
		dirs = append(dirs, home)
	}
	var found []string
	for _, dir := range append(dirs, private...) {
		if dir, err := filepath.EvalSymlinks(dir); err == nil {
			found = append(found, dir)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	var outer []string
	for _, dir := range found {
		if !slices.ContainsFunc(outer, func(o string) bool { return within(dir, o) }) {
			outer = append(outer, dir)
		}
	}
	return outer
}

// within reports whether name is dir or in it.
func within(name, dir string) bool {
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// hideFolder puts an empty folder into the place of dir, with those of kept in it that are
// in dir.
func hideFolder(dir string, kept []string) error {
	var files []*os.File
	for _, name := range kept {
		if name == dir || !within(name, dir) {
			continue
		}
		const onlyPath = 0x200000 // O_PATH
		fd, err := syscall.Open(name, onlyPath|syscall.O_CLOEXEC, 0)
		if err != nil {
			return fmt.Errorf("open %s: %w", name, err)
		}
		file := os.NewFile(uintptr(fd), name)
		defer file.Close()
		files = append(files, file)
	}
	if err := mount("hidden", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=755,size=64k"); err != nil {
		return err
	}
	for _, file := range files {
		if err := place(file); err != nil {
			return err
		}
	}
	return nil
}

// place mounts an open file or folder at its name, which is hidden.
func place(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(file.Name()); err == nil {
		return nil // it is in another one that is kept
	}
	if err := os.MkdirAll(filepath.Dir(file.Name()), 0o755); err != nil {
		return err
	}
	if info.IsDir() {
		err = os.Mkdir(file.Name(), 0o755)
	} else {
		err = os.WriteFile(file.Name(), nil, 0o644)
	}
	if err != nil {
		return err
	}
	return mount(fmt.Sprintf("/proc/self/fd/%d", file.Fd()), file.Name(), "", syscall.MS_BIND|syscall.MS_REC, "")
}
