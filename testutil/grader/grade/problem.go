package grade

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// A Problem is an error that is not about a program under test: this machine, or the
// grader, keeps it from being graded. It must not cost any points.
type Problem struct {
	Cause  string // "write /tmp/x: no space left on device"
	Remedy string // "free some space, or set TMPDIR to another folder"
	Last   bool   // no other program can be graded before the remedy
}

func (p *Problem) Error() string {
	return "grader problem: " + oneLine(p.Cause) + "; " + p.Remedy
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// remedies are what to do about the errors of the operating system that are not about a
// program, and about other messages that hold such a text.
var remedies = []struct {
	err    error
	text   string // in lower case
	remedy string
}{
	{syscall.ENOSPC, "no space left on device", "free some space, or set TMPDIR to a folder that has more"},
	{nil, "disk quota exceeded", "free some space, or set TMPDIR to a folder that has more"},
	{syscall.ENOMEM, "cannot allocate memory", memoryRemedy},
	{nil, "out of memory", memoryRemedy},
	{nil, "failed to allocate", memoryRemedy},
	{nil, "threadsanitizer", memoryRemedy},
	{nil, "signal: killed", memoryRemedy},
	{nil, "was killed from outside", "find out what kills processes on this machine, such as a monitor of memory, and grade again"},
	{nil, "signal: cpu time limit exceeded", "raise the limit of processor time (ulimit -t)"},
	{nil, "file size limit exceeded", "raise the limit of the size of files (ulimit -f)"},
	{nil, "file too large", "raise the limit of the size of files (ulimit -f)"},
	{syscall.EMFILE, "too many open files", "raise the limit of open files (ulimit -n)"},
	{syscall.EAGAIN, "resource temporarily unavailable", "end some processes, or raise the limit of processes (ulimit -u)"},
	{nil, "failed to create new os thread", "end some processes, or raise the limit of processes (ulimit -u)"},
	{syscall.EROFS, "read-only file system", "set TMPDIR and GOCACHE to folders that can be written"},
	{nil, "c compiler", compilerRemedy},
	{nil, "runtime/cgo", compilerRemedy},
	{nil, "requires cgo", compilerRemedy},
	{nil, "module lookup disabled", modulesRemedy},
	{nil, "dial tcp", modulesRemedy},
	{nil, "proxyconnect", modulesRemedy},
	{nil, "proxy.golang.org", modulesRemedy},
	{nil, "missing go.sum entry", "restore go.mod and go.sum of the workbook"},
	{nil, "checksum mismatch", "restore go.sum of the workbook, and run go clean -modcache"},
	{fs.ErrPermission, "permission denied", "give the user who grades access to it"},
	{nil, "input/output error", "check the disk"},
}

const (
	memoryRemedy   = "give the grader more memory, or raise its limits (ulimit -v, ulimit -d)"
	compilerRemedy = "install a C compiler such as gcc, which the race detector needs, or set CGO_ENABLED=0 to grade without it"
	modulesRemedy  = "run go mod download in the workbook while there is a network"
)

// problemIn returns the first problem that a line of text tells about; nil if there is
// none. Headings of the go command do not count.
func problemIn(text string) *Problem {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") {
			continue
		}
		for _, r := range remedies {
			if strings.Contains(strings.ToLower(line), r.text) {
				return &Problem{Cause: strings.TrimSpace(line), Remedy: r.remedy}
			}
		}
	}
	return nil
}

// asProblem returns err as a [Problem], unless it says that ctx has ended.
func asProblem(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*Problem](err); ok || err == nil || ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return err
	}
	for _, r := range remedies {
		if r.err != nil && errors.Is(err, r.err) {
			return &Problem{Cause: err.Error(), Remedy: r.remedy}
		}
	}
	if p := problemIn(err.Error()); p != nil {
		return p
	}
	return &Problem{Cause: err.Error(), Remedy: "grade again, and if this stays, report it to the authors of the workbook"}
}

// minSpace is how much space a grading needs for its files, most of it for what the go
// command builds.
const minSpace = 100 << 20 // bytes

// newTemp creates a folder for all that a grading writes, in which programs can be
// executed: in the usual place for such folders, or if that does not do, in another.
// try tries it.
func newTemp(try func(dir string) error) (dir string, err error) {
	parents := []string{os.TempDir()}
	if cache, err := os.UserCacheDir(); err == nil {
		parents = append(parents, filepath.Join(cache, "workbook"))
	}
	parents = append(parents, "/var/tmp")
	var first error
	for i, parent := range parents {
		if i > 0 {
			os.MkdirAll(parent, 0o755) // if this fails, so does the next call
		}
		dir, err := newTempIn(parent, try)
		if err == nil {
			return dir, nil
		}
		if first == nil {
			first = err
		}
	}
	return "", &Problem{
		Cause:  "no folder for temporary files: " + first.Error(),
		Remedy: fmt.Sprintf("set TMPDIR to a folder with %d MiB of free space in which files can be executed", minSpace>>20),
	}
}

func newTempIn(parent string, try func(dir string) error) (dir string, err error) {
	if dir, err = os.MkdirTemp(parent, "workbook"); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	if free, ok := freeSpace(dir); ok && free < minSpace {
		return "", fmt.Errorf("%s: %d MiB of space left", parent, free>>20)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // a confined program is run by another user
		return "", err
	}
	if err := try(dir); err != nil {
		return "", fmt.Errorf("start a program in %s: %w", parent, err)
	}
	return dir, nil
}

// makeFolder creates a folder with exactly those permissions, whatever the umask.
func makeFolder(dir string, perm fs.FileMode) error {
	if err := os.MkdirAll(dir, perm); err != nil {
		return err
	}
	return os.Chmod(dir, perm)
}

// writeFile writes a file that all users can read, whatever the umask.
func writeFile(name string, text []byte) error {
	if err := os.WriteFile(name, text, 0o644); err != nil {
		return err
	}
	return os.Chmod(name, 0o644)
}

// removeAll removes a folder with all that it holds, also what its owner may not read, if
// that is this user. Folders may be nested to any depth: before it removes one, it moves
// those in it to the top. [os.RemoveAll] has a file open for each level.
func removeAll(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return os.RemoveAll(dir)
	}
	folders := removeFiles(root, ".")
	moved := rand.Text() // no file has that name
	for n := 0; len(folders) > 0; {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		root.Chmod(folder, 0o700) // if this or another of these calls fails, os.RemoveAll returns the error
		for _, name := range removeFiles(root, folder) {
			n++
			to := fmt.Sprint(moved, n)
			root.Chmod(name, 0o700) // to move it
			if root.Rename(name, to) == nil {
				folders = append(folders, to)
			}
		}
		root.Remove(folder)
	}
	root.Close()
	return os.RemoveAll(dir)
}

// removeFiles removes the files in a folder of root, and returns the names of the folders there,
// as far as it can.
func removeFiles(root *os.Root, folder string) (folders []string) {
	file, err := root.Open(folder)
	if err != nil {
		return nil
	}
	defer file.Close()
	for {
		const some = 1000 // there may be millions
		entries, err := file.ReadDir(some)
		for _, e := range entries {
			if name := path.Join(folder, e.Name()); e.IsDir() {
				folders = append(folders, name)
			} else {
				root.Remove(name)
			}
		}
		if err != nil {
			return folders
		}
	}
}
