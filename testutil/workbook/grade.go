package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grade"
	"example.com/workbook/testutil/report"
	"example.com/workbook/testutil/timeline"
)

func gradeCommand(ctx context.Context, args []string) (status int, err error) {
	flags := flag.NewFlagSet("grade", flag.ContinueOnError)
	var opts grade.Options
	var style report.Style
	flags.BoolVar(&style.Verbose, "v", false, "tell every failure in full, and what the program printed")
	flags.StringVar(&opts.Only, "run", "", "run only the tests and cases that match `pattern`, as of go test -run")
	flags.StringVar(&opts.Submission, "submission", "", "grade the exercises in `folder`, somebody else's copy of the workbook")
	flags.DurationVar(&opts.Timeout, "timeout", grade.DefaultTimeout, "give each program that `long`")
	if err := flags.Parse(args); err != nil {
		return trouble, nil
	}
	if opts.Exercises, err = exercises(flags.Args()); err != nil {
		return trouble, err
	}
	if opts.Top, err = top(); err != nil {
		return trouble, err
	}
	opts.Race = cgo(ctx)
	bar := newBar(os.Stderr)
	fmt.Printf("building %s…\n", names(opts.Exercises))
	opts.Progress = bar.show
	r, err := grade.Run(ctx, opts)
	bar.clear()
	if err != nil {
		return trouble, err
	}
	style.Color = color(os.Stdout)
	style.ASCII = timeline.Locale() == timeline.ASCII
	if err := report.Text(os.Stdout, r, style); err != nil {
		return trouble, err
	}
	if !r.Full() {
		return wrong, nil
	}
	return right, nil
}

// exercises returns the exercises that the arguments name.
func exercises(args []string) ([]grade.Exercise, error) {
	if len(args) == 0 || len(args) == 1 && args[0] == "all" {
		return grade.Exercises, nil
	}
	var found []grade.Exercise
	for _, arg := range args {
		n := len(found)
		for _, e := range grade.Exercises {
			if arg == e.Name || "ex"+arg == e.Name {
				found = append(found, e)
			}
		}
		if len(found) == n {
			return nil, fmt.Errorf("there is no exercise %q: want %s or all", arg, names(grade.Exercises))
		}
	}
	return found, nil
}

func names(exercises []grade.Exercise) string {
	var all []string
	for _, e := range exercises {
		all = append(all, e.Name)
	}
	return strings.Join(all, ", ")
}

// top returns the folder of the workbook, which holds the working directory.
func top() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := dir; d != filepath.Dir(d); d = filepath.Dir(d) {
		if text, err := os.ReadFile(filepath.Join(d, "go.mod")); err == nil && strings.Contains(string(text), "module example.com/workbook\n") {
			return d, nil
		}
	}
	return "", fmt.Errorf("%s is not in the workbook", dir)
}

// cgo reports whether the go command can use the race detector.
func cgo(ctx context.Context) bool {
	out, err := exec.CommandContext(ctx, "go", "env", "CGO_ENABLED").Output()
	return err == nil && strings.TrimSpace(string(out)) == "1"
}
