package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/cmd/sidebyside"
	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/timeline"
)

// A compareRequest is what the command compare is asked for.
type compareRequest struct {
	top      string         // of the workbook
	exercise grade.Exercise // with the programs to show
	file     string         // the only one to show; "" for all
	spoil    bool           // even if core points are missing
	diff     bool           // as git does
}

func compareCommand(ctx context.Context, args []string) (status int, err error) {
	spoil := os.Getenv("SPOIL")
	req := compareRequest{spoil: spoil != "" && spoil != "0"}
	flags := newFlags("compare", "ex8.1|ex8.2 [program [file]]")
	flags.BoolVar(&req.spoil, "spoil", req.spoil, "show the solution even if core points are missing, as with the environment variable SPOIL=1")
	flags.BoolVar(&req.diff, "diff", false, "show the differences as git diff does")
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	if err := req.check(flags.Args()); err != nil {
		return trouble, err
	}
	if req.top, err = top(); err != nil {
		return trouble, err
	}
	return req.compare(ctx)
}

// check checks the request, and finds the exercise, program and file that args name.
func (req *compareRequest) check(args []string) (err error) {
	if len(args) == 0 {
		return fmt.Errorf("which exercise? want one of %s", names(grade.Exercises))
	}
	if req.exercise, err = exercise(args[0]); err != nil {
		return err
	}
	if len(args) > 3 || strings.HasPrefix(args[len(args)-1], "-") {
		return fmt.Errorf("unexpected argument %q: flags come first, and then an exercise, a program and a file", args[len(args)-1])
	}
	if len(args) > 1 {
		if req.exercise, err = only(req.exercise, args[1]); err != nil {
			return err
		}
	}
	if len(args) > 2 {
		req.file = strings.TrimSuffix(args[2], ".go") + ".go"
	}
	if _, err := exec.LookPath("git"); req.diff && err != nil {
		return errors.New("-diff requires git, which is not installed; leave it out to see the files side by side")
	}
	return nil
}

// compare shows the files, if the student is to see them.
func (req *compareRequest) compare(ctx context.Context) (status int, err error) {
	pairs, err := req.pairs()
	if err != nil {
		return trouble, err
	}
	if !req.spoil {
		r, err := graded(ctx, req.top, req.exercise)
		if err != nil {
			return trouble, err
		}
		if !r.Done() {
			style := report.Style{ASCII: timeline.Locale() == timeline.ASCII, Color: color(os.Stderr)}
			return wrong, report.Missing(os.Stderr, r, style)
		}
	}
	show := req.sideBySide
	if req.diff {
		show = req.gitDiff
	}
	text, err := show(ctx, pairs)
	if err != nil {
		return trouble, err
	}
	return right, page(text)
}

// A pair is a file of the student's and the one of that name in the solution, by their
// paths in the workbook. One of them is "" if it is not there.
type pair struct{ mine, solution string }

// alone reports whether only one side has the file.
func (p pair) alone() bool { return p.mine == "" || p.solution == "" }

// pairs returns the files to show: of each program first the one of its name.
func (req *compareRequest) pairs() ([]pair, error) {
	var all []pair
	var known []string
	for _, p := range req.exercise.Programs {
		found := make(map[string]pair) // by the name of the file
		mine, solution := req.exercise.Folder+"/"+p.Name, "solutions/"+req.exercise.Name+"/"+p.Name
		files, err := grade.Files(filepath.Join(req.top, mine))
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			found[name] = pair{mine: mine + "/" + name}
		}
		if files, err = grade.Files(filepath.Join(req.top, solution)); err != nil {
			return nil, err
		}
		for _, name := range files {
			found[name] = pair{found[name].mine, solution + "/" + name}
		}
		for _, name := range order(found, p.Name+".go") {
			if req.file == "" || req.file == name {
				all = append(all, found[name])
			}
			known = append(known, name)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no file %q: want one of %s", req.file, strings.Join(known, ", "))
	}
	return all, nil
}

// order returns the names of files: first the main one, and last those that stand alone.
func order(files map[string]pair, main string) []string {
	rank := func(name string) int {
		switch p := files[name]; {
		case p.alone():
			return 2
		case name == main:
			return 0
		}
		return 1
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
	return names
}

const legend = `Yours is on the left, the solution on the right.
 | they differ
 < only yours has it
 > only the solution has it
`

// sideBySide returns the files in two columns. Of several, those that stand alone are
// only named.
func (req *compareRequest) sideBySide(_ context.Context, pairs []pair) (string, error) {
	style := sidebyside.Style{Width: screenWidth(), Color: color(os.Stdout), ASCII: timeline.Locale() == timeline.ASCII}
	var b strings.Builder
	b.WriteString(legend)
	var alone []pair
	for _, p := range pairs {
		if p.alone() && req.file == "" {
			alone = append(alone, p)
			continue
		}
		mine, err := req.text(p.mine, "(you have no such file)")
		if err != nil {
			return "", err
		}
		solution, err := req.text(p.solution, "(the solution has no such file)")
		if err != nil {
			return "", err
		}
		b.WriteByte('\n')
		b.WriteString(sidebyside.Format(mine, solution, style))
	}
	if len(alone) > 0 {
		b.WriteByte('\n')
		b.WriteString(req.listing(alone))
	}
	return b.String(), nil
}

// listing names files that stand alone, and says how to see one.
func (req *compareRequest) listing(alone []pair) string {
	var b strings.Builder
	b.WriteString("Only one side has these files:\n")
	for _, p := range alone {
		mark := "<"
		if p.mine == "" {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %s\n", mark, p.mine+p.solution)
	}
	args := strings.Split(alone[0].mine+alone[0].solution, "/") // solutions, ex8.1, clock2, clock2.go
	args[0] = "go tool workbook compare"
	if req.spoil {
		args[0] += " -spoil"
	}
	fmt.Fprintf(&b, "To see the first of them:\n  %s\n", strings.Join(args, " "))
	return b.String()
}

// maxLines is how many lines of a file can stand beside those of another.
const maxLines = 20_000

// text returns a file of the workbook, or if there is none, with that title.
func (req *compareRequest) text(name, none string) (sidebyside.Text, error) {
	if name == "" {
		return sidebyside.Text{Title: none}, nil
	}
	body, err := os.ReadFile(filepath.Join(req.top, name))
	if err != nil {
		return sidebyside.Text{}, err
	}
	if strings.Count(string(body), "\n") > maxLines {
		return sidebyside.Text{}, fmt.Errorf("%s has more than %d lines: use -diff", name, maxLines)
	}
	return sidebyside.Text{Title: name, Body: string(body)}, nil
}

// gitDiff returns what git says of the files.
func (req *compareRequest) gitDiff(ctx context.Context, pairs []pair) (string, error) {
	when := "never"
	if color(os.Stdout) {
		when = "always"
	}
	var b strings.Builder
	for _, p := range pairs {
		const nothing = "/dev/null" // to git, on each system
		cmd := exec.CommandContext(ctx, "git", "diff", "--no-index", "--color="+when, "--",
			cmp.Or(p.mine, nothing), cmp.Or(p.solution, nothing))
		cmd.Dir = req.top
		out, err := cmd.Output()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
			err = nil // there are differences
		} else if ok {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
		}
		if err != nil {
			return "", fmt.Errorf("git diff %s: %w", cmp.Or(p.mine, p.solution), err)
		}
		b.Write(out)
	}
	if b.Len() == 0 {
		return "Your files are those of the solution.\n", nil
	}
	return b.String(), nil
}
