package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A tree is a directory with all below it, but for what links lead to: they may lead
// anywhere.
type tree struct {
	fs.ReadLinkFS // Lstat does not follow links
}

func newTree(dir string) (tree, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return tree{}, err
	}
	if !info.IsDir() {
		return tree{}, fmt.Errorf("%s is not a directory", dir)
	}
	return tree{os.DirFS(dir).(fs.ReadLinkFS)}, nil
}

// name returns the name that package fs has for a file.
func name(elements []string) string {
	if len(elements) == 0 {
		return "."
	}
	return strings.Join(elements, "/")
}

// stat returns what there is to know of a file or directory. Any other thing is an
// error, and so is a link, wherever it stands on the way.
func (t tree) stat(elements []string) (fs.FileInfo, error) {
	for i := 1; i < len(elements); i++ {
		info, err := t.Lstat(name(elements[:i]))
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fs.ErrNotExist
		}
	}
	info, err := t.Lstat(name(elements))
	if err != nil {
		return nil, err
	}
	if len(elements) > 0 && !visible(info) {
		return nil, fs.ErrPermission
	}
	return info, nil
}

func visible(info fs.FileInfo) bool { return info.IsDir() || info.Mode().IsRegular() }

// open opens a regular file.
func (t tree) open(elements []string) (fs.File, error) {
	info, err := t.stat(elements)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid
	}
	return t.Open(name(elements))
}

// glob returns the files of a directory, sorted; or a file; or the files whose names
// match the last element, if it is a pattern.
func (t tree) glob(elements []string) ([]fs.FileInfo, error) {
	info, err := t.stat(elements)
	if err == nil && !info.IsDir() {
		return []fs.FileInfo{info}, nil
	}
	pattern := "*"
	if err != nil {
		if len(elements) == 0 || !strings.ContainsAny(elements[len(elements)-1], "*?[") {
			return nil, err
		}
		pattern = elements[len(elements)-1]
		elements = elements[:len(elements)-1]
		if _, err := t.stat(elements); err != nil {
			return nil, err
		}
	}
	entries, err := fs.ReadDir(t, name(elements))
	var found []fs.FileInfo
	for _, e := range entries {
		match, _ := path.Match(pattern, e.Name())
		if info, err := e.Info(); err == nil && match && visible(info) {
			found = append(found, info)
		}
	}
	return found, err
}
