package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/kit/program"
)

// watcher is the tool that sees when a file is saved. It looks twice a second, and so
// it does on network file systems and those of containers, which send no events.
const watcher = "github.com/air-verse/air@v1.67.4"

// saved is what the watcher prints once it watches, and whenever a file was saved.
const saved = "workbook-saved"

// A watchRequest is what the command watch is asked for.
type watchRequest struct{ gradeRequest } // of one exercise

func watchCommand(ctx context.Context, args []string) (status int, err error) {
	req := watchRequest{gradeRequest: gradeRequest{format: "text"}}
	flags := newFlags("watch", "ex8.1|ex8.2")
	flags.BoolVar(&req.verbose, "v", false, "print every failure in full, and what the program printed")
	flags.StringVar(&req.Only, "run", "", "run only the tests and cases that match `pattern`, as of go test -run")
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	if err := req.check(flags.Args()); err != nil {
		return trouble, err
	}
	if req.Top, err = top(); err != nil {
		return trouble, err
	}
	req.Race = grade.RaceDetector(ctx)
	// However it ends, the watcher must end too.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	return right, req.watch(ctx)
}

// check checks the request, and finds the exercise that args name.
func (req *watchRequest) check(args []string) (err error) {
	switch {
	case len(args) == 0:
		return fmt.Errorf("which exercise? want one of %s", names(grade.Exercises))
	case len(args) > 1:
		return fmt.Errorf("unexpected argument %q: flags come first, and then one exercise", args[1])
	}
	e, err := exercise(args[0])
	if err != nil {
		return err
	}
	req.Exercises = []grade.Exercise{e}
	return req.Check()
}

// watch grades the exercise, and again whenever a file of it is saved, until ctx ends.
// A grading that is under way then is given up.
func (req *watchRequest) watch(ctx context.Context) error {
	e := req.Exercises[0]
	temp, err := os.MkdirTemp("", "workbook")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	fmt.Println("starting the watcher, which at first is fetched and built ...")
	proxy, err := cacheFirst(ctx)
	if err != nil {
		return err
	}
	cmd := watch(filepath.Join(req.Top, filepath.FromSlash(e.Folder)), temp)
	cmd.Env = append(os.Environ(), "GOPROXY="+proxy, "GOFLAGS=", "air_wd=")
	w, err := program.Start(cmd)
	if err != nil {
		return err
	}
	defer w.Stop()
	giveUp := func() {}
	defer func() { giveUp() }()
	for saves := 0; ; {
		err := w.Await(ctx, func(text string) bool {
			n := strings.Count(text, saved)
			more := n > saves
			saves = n
			return more
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && saves == 0:
			return fmt.Errorf("cannot run %s, which sees when a file is saved; the first time it is fetched, "+
				"which requires a network:\n%s\nWithout it, run make %s after each save", watcher, strings.TrimSpace(w.Output()), e.Name)
		case err != nil:
			return err
		}
		giveUp()
		giveUp = req.begin(ctx)
	}
}

// watch returns the command that watches the files in a folder. It writes only in temp.
func watch(folder, temp string) *exec.Cmd {
	cmd := exec.Command("go", "run", watcher,
		"-root", folder, "-tmp_dir", temp,
		"-build.poll", "true",
		"-build.delay", "100", // ms in which a program may save several files
		"-build.cmd", "echo "+saved,
		"-build.full_bin", "exit 0", // there is nothing else to run
	)
	cmd.Dir = temp // where there is no configuration of the tool
	return cmd
}

// cacheFirst returns the value of GOPROXY by which the go command looks for a module in
// its cache before it asks the network. By itself it would ask each time whether the
// version is still good, and fail without a network.
func cacheFirst(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	cache, proxy, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	folder := filepath.ToSlash(filepath.Join(strings.TrimSpace(cache), "cache", "download"))
	if !strings.HasPrefix(folder, "/") {
		folder = "/" + folder // of a drive of Windows
	}
	file := url.URL{Scheme: "file", Path: folder}
	return file.String() + "," + proxy, nil
}

// begin begins to grade, and returns a function that gives that up and returns when
// nothing of it is left.
func (req *watchRequest) begin(ctx context.Context) (giveUp func()) {
	if terminal(os.Stdout) {
		fmt.Print("\x1b[H\x1b[2J") // clears the screen
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		_, err := req.grade(ctx)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			fmt.Fprintf(os.Stderr, "workbook watch: %v\n", err)
		default:
			fmt.Printf("\nWatching %s. Save a file to grade again; Ctrl-C ends.\n", req.Exercises[0].Folder)
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}
