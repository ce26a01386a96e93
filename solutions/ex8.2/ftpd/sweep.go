package main

import (
	"io/fs"
	"os"
)

// sweep removes the uploads that were under way when a server was killed. Those that go
// to another server are locked.
func sweep(root *os.Root) {
	fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !isPartial(name) {
			return nil
		}
		if f, err := root.OpenFile(name, os.O_RDONLY|largeFile, 0); err == nil {
			if lock(f) {
				root.Remove(name)
			}
			f.Close()
		}
		return nil
	})
}
