package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// get gets a copy of a file. Its argument names the file and perhaps the copy.
func (s *session) get(ctx context.Context, arg string) error {
	names, err := words(arg)
	if err != nil {
		return err
	}
	if len(names) > 2 || slices.Contains(names, "") {
		return errUsage
	}
	remote, local := names[0], names[len(names)-1]
	if len(names) == 1 {
		if local, err = localName(remote); err != nil {
			return err
		}
	}
	start := time.Now()
	n, err := s.fetch(ctx, remote, local)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "got %s: %s in %.1fs\n", printable(local), size(n), time.Since(start).Seconds())
	return nil
}

var errNoName = errors.New("no name for the copy; say get FILE LOCAL")

// localName returns the name in the current directory for a copy of remote.
func localName(remote string) (string, error) {
	name := remote[strings.LastIndex(remote, "/")+1:]
	if name == "." || !filepath.IsLocal(name) || filepath.Base(name) != name {
		return "", errNoName
	}
	return name, nil
}

// fetch copies the file remote of the server to local, and returns its size. On
// its way it is in a temporary file beside local, so that local is complete or
// as it was before.
func (s *session) fetch(ctx context.Context, remote, local string) (n int64, err error) {
	if err := s.conn.setType(ctx, "I"); err != nil {
		return 0, err
	}
	total, err := s.conn.size(ctx, remote)
	if err != nil {
		return 0, err
	}
	temp, err := createBeside(local)
	if err != nil {
		return 0, err
	}
	defer os.Remove(temp.Name()) // finds nothing if all went well
	defer temp.Close()

	bar := &progress{out: s.bars, name: local, total: total}
	n, err = s.conn.retrieve(ctx, io.MultiWriter(temp, bar), "RETR", remote)
	bar.clear()
	if err != nil {
		return n, err
	}
	if n < total { // if there are more, it has grown
		return n, fmt.Errorf("the copy has %s, and the file %s", size(n), size(total))
	}
	if err := temp.Close(); err != nil {
		return n, err
	}
	return n, os.Rename(temp.Name(), local)
}

// unknown is the size of a file that the server does not tell.
const unknown = -1

// size asks for the size of a file. Servers need not know the command SIZE.
func (c *conn) size(ctx context.Context, file string) (int64, error) {
	r, err := c.cmd(ctx, "2", "SIZE", file)
	if _, failed := errors.AsType[*failure](err); failed {
		return unknown, nil
	}
	if err != nil {
		return unknown, fmt.Errorf("SIZE: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(r.text), 10, 64)
	if err != nil || n < 0 {
		return unknown, nil
	}
	return n, nil
}

// createBeside creates a file with a name of its own in the directory of local,
// with the permissions that local has or would get.
func createBeside(local string) (*os.File, error) {
	perm := fs.FileMode(0o666) // less the umask
	switch info, err := os.Stat(local); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a rename would replace even a device
		return nil, fmt.Errorf("%s is not a regular file", local)
	default:
		perm = info.Mode().Perm()
	}
	dir := filepath.Dir(local)
	name := ".ftp-" + strconv.FormatUint(rand.Uint64(), 36)
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, fmt.Errorf("create a file in %s: %w", dir, cause(err))
	}
	return f, nil
}
