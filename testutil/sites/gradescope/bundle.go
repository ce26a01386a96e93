// Gradescope builds the bundle that makes Gradescope an autograder of this workbook.
//
// Usage:
//
//	go run ./testutil/sites/gradescope [-o gradescope.zip]
//
// It is run in the top folder of a clone. The bundle holds the workbook as it was last
// committed, and in its root the scripts setup.sh and run_autograder of this folder.
// What is not committed stays out, and is named. The same commit gives the same bundle.
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/report"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gradescope: ")
	name := flag.String("o", "gradescope.zip", "write the bundle to `file`")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	files, err := committed(ctx, ".")
	if err != nil {
		log.Fatal(err)
	}
	err = report.WriteFile(*name, func(w io.Writer) error { return bundle(w, files) })
	if err != nil {
		log.Fatal(err)
	}
	changed, err := git(ctx, ".", "status", "--porcelain", "--untracked-files=no", "--", ".")
	if err != nil {
		log.Fatal(err)
	}
	if len(changed) > 0 {
		log.Printf("%s holds the last commit, without these changes:\n%s", *name, changed)
	}
}

// A file is one of the bundle, in memory.
type file struct {
	header *tar.Header
	data   []byte
}

// committed returns the files of the last commit in a folder, in order.
func committed(ctx context.Context, dir string) ([]file, error) {
	archive, err := git(ctx, dir, "archive", "HEAD")
	if err != nil {
		return nil, err
	}
	var files []file
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := r.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read what git archive wrote: %w", err)
		}
		switch header.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			return nil, fmt.Errorf("%s is not a regular file", header.Name)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("read what git archive wrote of %s: %w", header.Name, err)
		}
		files = append(files, file{header, data})
	}
}

// git runs a git command in a folder, and returns what it prints.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil, fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(exit.Stderr))
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

// scripts are those that Gradescope looks for in the root of the bundle.
var scripts = []string{"setup.sh", "run_autograder"}

// bundle writes a zip archive of files, with the scripts in its root too.
func bundle(w io.Writer, files []file) error {
	z := zip.NewWriter(w)
	for _, script := range scripts {
		const here = "testutil/sites/gradescope/"
		i := slices.IndexFunc(files, func(f file) bool { return f.header.Name == here+script })
		if i < 0 {
			return fmt.Errorf("there is no %s%s in the last commit of this folder, which is not the top of the workbook", here, script)
		}
		f := files[i]
		if err := add(z, script, 0o755, f); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := add(z, f.header.Name, f.header.FileInfo().Mode().Perm(), f); err != nil {
			return err
		}
	}
	return z.Close()
}

// add adds a file to an archive, under a name and with its permissions.
func add(z *zip.Writer, name string, perm os.FileMode, f file) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.header.ModTime.UTC()}
	header.SetMode(perm)
	w, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = w.Write(f.data)
	return err
}
