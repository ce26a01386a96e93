package grade

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/report"
)

// The limits of a program's files, which are far more than any needs.
const (
	maxFiles = 200
	maxSize  = 1 << 20  // bytes of one
	maxTotal = 16 << 20 // bytes of all
)

// A copying copies the files of a program out of a submission.
type copying struct {
	p       *report.Program
	root    *os.Root // the submission
	from    string   // the folder of the program there
	to      string   // where the copies go
	names   []string // the files that are copied, which may be paths
	total   int      // how many bytes they have
	imports bool     // the program may import packages of its own
	embeds  bool     // it embeds files
	leftOut []string // which files are not part of it, a sentence each
}

// copyOut copies a program's files out of a submission into the folder to. If it imports packages
// of its own, it also copies those, and if it embeds files, also the others in its folder. It
// returns their names, which may be paths from there, and which files are not part of the program,
// a sentence each.
func copyOut(submission string, p *report.Program, to string) (names, leftOut []string, err error) {
	root, err := os.OpenRoot(submission)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	c := &copying{p: p, root: root, from: path.Join(within(root), p.Dir), to: to}
	err = c.program()
	if err == nil && c.imports {
		err = c.packages()
	}
	if err == nil && c.embeds {
		err = c.embedded()
	}
	if err != nil {
		c.names = nil
	}
	return c.names, c.leftOut, err
}

// program copies the Go files in the folder of the program.
func (c *copying) program() error {
	entries, err := fs.ReadDir(c.root.FS(), c.from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	c.leftOut = leftOut(c.p, entries)
	for _, e := range entries {
		if e.IsDir() || !own(e.Name()) {
			continue
		}
		if !e.Type().IsRegular() {
			return &Problem{
				Cause:  fmt.Sprintf("%s/%s is %s, and not a file", c.p.Dir, e.Name(), typeName(e.Type())),
				Remedy: "put the file itself in its place",
			}
		}
		text, err := c.file(e.Name())
		if err != nil {
			return err
		}
		c.embeds = c.embeds || embedDirective.Match(text)
		c.imports = c.imports || bytes.Contains(text, []byte("/"+c.p.Dir+"/"))
	}
	return nil
}

// packages copies the Go files of packages below the folder of the program.
func (c *copying) packages() error {
	return fs.WalkDir(c.root.FS(), c.from, func(name string, d fs.DirEntry, err error) error {
		name, below := strings.CutPrefix(name, c.from+"/")
		switch {
		case err != nil || !below:
			return err
		case d.IsDir() && noPackage(d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular() || !own(d.Name()) || !strings.Contains(name, "/"):
			return nil
		}
		text, err := c.file(name)
		if err != nil {
			return err
		}
		if why := forbidden(text); why != "" {
			return refusal(c.p.Dir + "/" + name + " " + why)
		}
		c.embeds = c.embeds || embedDirective.Match(text)
		return nil
	})
}

// embedded copies all files in and below the folder of the program that are not in Go.
func (c *copying) embedded() error {
	return fs.WalkDir(c.root.FS(), c.from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || path.Ext(name) == ".go" {
			return err
		}
		if slices.Contains(foreign, path.Ext(name)) {
			c.leftOut = append(c.leftOut, c.p.Dir+strings.TrimPrefix(name, c.from)+" is not part of the program: of the files that the go command compiles, only Go files are")
			return nil
		}
		_, err = c.file(strings.TrimPrefix(name, c.from+"/"))
		return err
	})
}

// file copies a file, and returns its text.
func (c *copying) file(name string) (text []byte, err error) {
	tooLong := refusal(fmt.Sprintf("%s/%s is longer than %d bytes", c.p.Dir, name, maxSize))
	// A program of 32 bits cannot open a file of 2 GiB.
	if info, err := c.root.Lstat(path.Join(c.from, name)); err == nil && info.Size() > maxSize {
		return nil, tooLong
	}
	file, err := c.root.Open(path.Join(c.from, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if text, err = read(file); errors.Is(err, errTooLong) {
		return nil, tooLong
	} else if err != nil {
		return nil, err
	}
	copied := filepath.Join(c.to, filepath.FromSlash(name))
	if err := makeFolder(filepath.Dir(copied), 0o755); err != nil {
		return nil, err
	}
	changed := text
	if strings.Contains(name, "/") && own(path.Base(name)) {
		changed = withKit(text)
	}
	if err := writeFile(copied, changed); err != nil {
		return nil, err
	}
	c.names = append(c.names, name)
	switch c.total += len(text); {
	case len(c.names) > maxFiles:
		return nil, refusal(fmt.Sprintf("there are more than %d files in %s", maxFiles, c.p.Dir))
	case c.total > maxTotal:
		return nil, refusal(fmt.Sprintf("the files in %s have more than %d bytes", c.p.Dir, maxTotal))
	}
	return text, nil
}

// A refusal is an error that is about the submission.
type refusal string

func (r refusal) Error() string { return string(r) }

// foreign are the extensions of files that the go command builds into a program and that are
// not in Go. The grader cannot see what is in them.
var foreign = []string{
	".s", ".S", ".sx", ".syso", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx",
	".f", ".F", ".for", ".f90", ".swig", ".swigcxx",
}

// withKit returns the text of a file in a package that a program imports, changed so that it
// imports package isolate. Go then initializes isolate before that package, which could otherwise
// read the key for the answers of a case, and write answers. No line gets another number.
func withKit(text []byte) []byte {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.PackageClauseOnly)
	if err != nil {
		return text // the go command does not build it
	}
	end := fset.Position(file.Name.End()).Offset
	return slices.Concat(text[:end:end], []byte("; import _ \"example.com/workbook/testutil/kit/isolate\""), text[end:])
}

// noPackage reports whether the go command finds no packages in a folder of that name.
func noPackage(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

var embedDirective = regexp.MustCompile(`(?m)^//go:embed\s`)

// typeName says what a file is that is not regular.
func typeName(t fs.FileMode) string {
	switch {
	case t&fs.ModeSymlink != 0:
		return "a symbolic link"
	case t&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case t&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// within returns the folder of the workbook in a submission, which some course sites
// wrap into another.
func within(root *os.Root) string {
	if _, err := root.Stat("exercises"); err == nil {
		return "."
	}
	if found, err := fs.Glob(root.FS(), "*/exercises"); err == nil && len(found) == 1 {
		return path.Dir(found[0])
	}
	return "."
}

var errTooLong = errors.New("the file is too long")

// readFile reads a file that may be of any size, or no file at all.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s, and not a file", name, typeName(info.Mode().Type()))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return read(file)
}

// read reads a file. It is errTooLong if that is longer than maxSize.
func read(file *os.File) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSize {
		return nil, errTooLong
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err == nil && len(text) > maxSize {
		return nil, errTooLong
	}
	return text, err
}
