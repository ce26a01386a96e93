//go:build linux || darwin || freebsd

package grade

import "syscall"

// freeSpace returns how many bytes the user can still write in a folder.
func freeSpace(dir string) (free int64, ok bool) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, false
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true
}
