package grade

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The go command links a test binary each time, unless the last one is in place of the
// new one and nothing has changed since. So the last one of each program of the
// workbook itself is kept in the user's cache. What cannot be kept is linked again.

// lend puts the last test binaries of programs in place of the new ones, in dir, and
// returns the files.
func (g *grading) lend(dir string, programs []string) (lent []string) {
	for _, p := range programs {
		binary := testBinary(dir, p)
		if kept := g.kept(p); kept != "" && linkOrCopy(kept, binary) == nil {
			lent = append(lent, binary)
		}
	}
	return lent
}

// keep keeps the test binary of a program for the next grading.
func (g *grading) keep(program, binary string) {
	kept := g.kept(program)
	if kept == "" {
		return
	}
	was, err := os.Stat(kept)
	if is, err2 := os.Stat(binary); err == nil && err2 == nil && os.SameFile(was, is) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return
	}
	temp := fmt.Sprintf("%s.%d", kept, os.Getpid()) // another grading may keep the same program now
	if err := linkOrCopy(binary, temp); err != nil || os.Rename(temp, kept) != nil {
		os.Remove(temp)
	}
}

// A vetted is what go vet has said of the program in a test binary that is kept.
type vetted struct {
	Binary  string // the sum of the binary and of the flags of go vet
	Remarks []string
}

// keepRemarks keeps what go vet says of a program, which was built, for the next grading.
func (g *grading) keepRemarks(program string, remarks []string) {
	kept, sum := g.kept(program), g.sumOf(program)
	if kept == "" || sum == "" {
		return
	}
	text, err := json.Marshal(vetted{sum, remarks})
	if err != nil {
		return
	}
	temp := fmt.Sprintf("%s.vet.%d", kept, os.Getpid())
	if os.WriteFile(temp, text, 0o600) != nil || os.Rename(temp, kept+".vet") != nil {
		os.Remove(temp)
	}
}

// keptRemarks returns what go vet says of a program, which was built, if that is known from
// the last grading: a program of which the binary is the same has the same files, but for
// comments.
func (g *grading) keptRemarks(program string) (remarks []string, ok bool) {
	kept := g.kept(program)
	if kept == "" {
		return nil, false
	}
	text, err := os.ReadFile(kept + ".vet")
	var v vetted
	if err != nil || json.Unmarshal(text, &v) != nil || v.Binary == "" || v.Binary != g.sumOf(program) {
		return nil, false
	}
	return v.Remarks, true
}

// sumOf returns the sum of a program's test binary; "" if it cannot be read.
func (g *grading) sumOf(program string) string {
	f, err := os.Open(testBinary(g.temp, program))
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	fmt.Fprintln(sum, analyzers)
	if _, err := io.Copy(sum, f); err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

// linkOrCopy makes a file called name that holds what old does. It is an error if there
// is one of that name.
func linkOrCopy(old, name string) error {
	if os.Link(old, name) == nil {
		return nil
	}
	in, err := os.Open(old) // on another file system
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		os.Remove(name)
	}
	return err
}

// kept returns the file in which the test binary of a program is kept; "" if none is.
func (g *grading) kept(program string) string {
	dir, err := os.UserCacheDir()
	if err != nil || g.Submission != "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Append(nil, g.Top, g.Race))
	name := fmt.Sprintf("%s-%x.test", strings.ReplaceAll(program, "/", "-"), sum[:8])
	return filepath.Join(dir, "workbook", "tests", name)
}
