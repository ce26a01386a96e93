package grade

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/verdict"
)

// The limits of a program's files, which are far more than any needs.
const (
	maxFiles = 200
	maxSize  = 1 << 20 // bytes of one
)

// source returns the folder with the files of a program, and sets its verdict if
// there is anything wrong with them. Of a submission it takes copies, to stand in
// the place of the stub.
func (g *grading) source(p *report.Program) (dir string, err error) {
	dir = filepath.Join(g.Top, filepath.FromSlash(p.Dir))
	if g.Submission != "" {
		if dir, err = g.take(p, dir); err != nil {
			return "", err
		}
	}
	names, err := Files(dir)
	if err != nil {
		return "", err
	}
	if p.Verdict.Kind == "" && len(names) == 0 {
		p.Verdict = verdict.Verdict{Kind: verdict.NotStarted, Message: "there are no Go files in " + p.Dir}
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		if why := forbidden(text); g.Submission != "" && why != "" && p.Verdict.Kind == "" {
			p.Verdict = verdict.Verdict{Kind: verdict.Refused, Message: fmt.Sprintf("%s/%s %s", p.Dir, name, why)}
		}
	}
	return dir, nil
}

// Files returns the names of a program's own files in a folder.
func Files(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && own(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func own(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

// take copies a program's files out of the submission, and has them stand in the
// place of those in dir. Nothing else of the submission is looked at: its tests, its
// go.mod, and whatever is no regular file.
func (g *grading) take(p *report.Program, dir string) (copied string, err error) {
	copied = filepath.Join(g.copies(), filepath.FromSlash(p.Dir))
	if err := os.MkdirAll(copied, 0o755); err != nil {
		return "", err
	}
	stubs, err := Files(dir)
	if err != nil {
		return "", err
	}
	for _, name := range stubs {
		g.replace[filepath.Join(dir, name)] = "" // is not there
	}
	names, err := g.copy(p, copied)
	if err != nil {
		p.Verdict = verdict.Verdict{Kind: verdict.Refused, Message: err.Error()}
		return copied, nil
	}
	if len(names) == 0 {
		p.Verdict = verdict.Verdict{Kind: verdict.NotStarted, Message: "the submission has no Go files in " + p.Dir}
	}
	for _, name := range names {
		g.replace[filepath.Join(dir, name)] = filepath.Join(copied, name)
	}
	return copied, nil
}

// copy copies a program's files out of the submission into dir.
func (g *grading) copy(p *report.Program, dir string) (names []string, err error) {
	root, err := os.OpenRoot(g.Submission)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	from := path.Join(within(root), p.Dir)
	folder, err := root.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer folder.Close()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		if !e.Type().IsRegular() || !own(e.Name()) {
			continue
		}
		text, err := read(root, path.Join(from, e.Name()))
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o644); err != nil {
			return nil, err
		}
		if names = append(names, e.Name()); len(names) > maxFiles {
			return nil, fmt.Errorf("there are more than %d files in %s", maxFiles, p.Dir)
		}
	}
	return names, nil
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

func read(root *os.Root, name string) ([]byte, error) {
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, maxSize)
	}
	return text, nil
}
