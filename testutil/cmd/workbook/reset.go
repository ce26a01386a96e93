package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/stubs"
)

// A resetRequest is what the command reset is asked for.
type resetRequest struct {
	top      string         // of the workbook
	exercise grade.Exercise // with those programs that are to be its stubs again
	yes      bool           // without asking
}

func resetCommand(ctx context.Context, args []string) (status int, err error) {
	var req resetRequest
	flags := newFlags("reset", "ex8.1|ex8.2 [clock2|clockwall|ftpd]")
	flags.BoolVar(&req.yes, "yes", false, "restore the stubs without asking")
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	if err := req.check(flags.Args()); err != nil {
		return trouble, err
	}
	if req.top, err = top(); err != nil {
		return trouble, err
	}
	if err := req.reset(ctx); err != nil {
		return trouble, err
	}
	return right, nil
}

// check checks the request, and finds the exercise and the program that args name.
func (req *resetRequest) check(args []string) (err error) {
	if len(args) == 0 {
		return fmt.Errorf("which exercise? want one of %s", names(grade.Exercises))
	}
	for i, arg := range args {
		if i > 1 || strings.HasPrefix(arg, "-") {
			return fmt.Errorf("unexpected argument %q: flags come first, then an exercise, and then perhaps one program", arg)
		}
	}
	if req.exercise, err = exercise(args[0]); err != nil || len(args) == 1 {
		return err
	}
	req.exercise, err = only(req.exercise, args[1])
	return err
}

// reset puts the stubs back, if that is wanted.
func (req *resetRequest) reset(ctx context.Context) error {
	todo := make(map[string][]stubs.Change) // by folder
	anything := false
	for _, p := range req.exercise.Programs {
		folder := req.exercise.Folder + "/" + p.Name
		changes, err := stubs.Changes(req.path(folder), req.exercise.Name+"/"+p.Name)
		if err != nil {
			return err
		}
		todo[folder] = changes
		anything = anything || len(changes) > 0
		announce(folder, changes)
	}
	if !anything {
		return nil
	}
	if !req.yes {
		yes, err := ask(ctx, "Restore the stub?")
		if err != nil {
			return fmt.Errorf("nothing was changed: %w", err)
		}
		if !yes {
			fmt.Println("Nothing was changed.")
			return nil
		}
	}
	for _, p := range req.exercise.Programs {
		folder := req.exercise.Folder + "/" + p.Name
		if len(todo[folder]) == 0 {
			continue
		}
		if err := stubs.Restore(req.path(folder), todo[folder]); err != nil {
			return fmt.Errorf("%s is as it was before: %w", folder, err)
		}
		fmt.Printf("%s is the stub again.\n", folder)
	}
	return nil
}

func (req *resetRequest) path(name string) string {
	return filepath.Join(req.top, filepath.FromSlash(name))
}

// announce says what is to be done in a folder.
func announce(folder string, changes []stubs.Change) {
	if len(changes) == 0 {
		fmt.Printf("%s already has the original stub.\n", folder)
		return
	}
	fmt.Printf("%s:\n", folder)
	for _, c := range changes {
		what := "will be restored; your file will be kept as " + c.Kept
		switch {
		case c.Added:
			what = "is not part of the stub; it will be kept as " + c.Kept
		case c.Kept == "":
			what = "will be restored (it is missing)"
		}
		fmt.Printf("  %-18s %s\n", c.Name, what)
	}
}

// ask asks a question on the terminal, and reports whether the answer is yes. It is an
// error if there is no one to ask.
func ask(ctx context.Context, question string) (yes bool, err error) {
	if !device(os.Stdin) {
		return false, errors.New("standard input is not a terminal; -yes does it without asking")
	}
	fmt.Fprintf(os.Stderr, "%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() { // which ends with the program, if there is no answer
		defer close(answers)
		if line, err := bufio.NewReader(os.Stdin).ReadString('\n'); err == nil {
			answers <- line
		}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(os.Stderr)
		return false, errors.New("interrupted")
	case answer, ok := <-answers:
		if !ok { // e.g., /dev/null
			fmt.Fprintln(os.Stderr)
			return false, errors.New("there was no answer; -yes does it without asking")
		}
		answer = strings.ToLower(strings.TrimSpace(answer))
		return answer == "y" || answer == "yes", nil
	}
}
