// Package sandbox runs an untrusted program so that it can do little harm. On Linux the
// program sees no other process and no files of users. It reaches no sockets, and only its
// own loopback network. It can write only into a small scratch folder. Its memory, threads
// and file space are limited.
//
//	func main() {
//		sandbox.TakeRole()
//		…
//		cmd := exec.Command("/tmp/x/ftpd.test", "-port", "0")
//		sandbox.Confine("/tmp/x/scratch", nil, sandbox.User())(cmd)
//		err := cmd.Run()
//	}
//
// The sandbox needs the namespaces of Linux, and no privileges. In many containers there are
// no namespaces. There the limits still work. If Linux supports them, a filter of system
// calls blocks sockets, and Landlock protects files. If the grader is root, the program runs
// as another user. Other systems have no sandbox. [Gaps] says what a machine lacks. The
// README of testutil has a table of the protection on each system. A course site still needs
// its own sandbox: a program can use the memory of many processes.
package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/program"
)

// confinedEnv names, in the environment, the scratch folder of a program that is to be
// confined.
const confinedEnv = isolate.ConfinedEnv

// namespacesEnv is set, in the environment, inside of [Enclose].
const namespacesEnv = "WORKBOOK_NAMESPACES"

// boundEnv holds, in the environment, the [Bounds] of a program that is to be started.
const boundEnv = "WORKBOOK_BOUNDS"

// endUserEnv holds, in the environment, the number of a user whose processes are to be
// killed.
const endUserEnv = "WORKBOOK_END_USER"

// TakeRole confines this process and goes on as another program, if [Confine] or [Bound] has
// changed the command that started it so, and then does not return. Otherwise, what this process
// will start inherits none of the files that it has itself inherited, such as one that
// a shell has open. TakeRole is called first of all in main.
func TakeRole() {
	closeOnExec()
	if bounds := os.Getenv(boundEnv); bounds != "" {
		enterBounds(bounds) // does not return
	}
	if user := os.Getenv(endUserEnv); user != "" {
		endAsUser(user) // does not return
	}
	if os.Getenv(namespacesEnv) != "" {
		if err := errors.Join(loopback(), ownProcesses()); err != nil {
			fmt.Fprintf(os.Stderr, "sandbox: %v\n", err)
			os.Exit(126)
		}
	}
	if scratch := os.Getenv(confinedEnv); scratch != "" {
		os.Unsetenv(confinedEnv)
		enter(scratch) // does not return
	}
}

// Confine returns what changes a command so that it will be confined. scratch is the
// only folder that it can write; there it finds TMPDIR. It must be there, and what
// is put into it may be gone with the process. What keeps the program from being started
// is written to problems, which the program cannot write, or if that is nil, to the
// standard error of the command. If this process is root's, the program will be one of
// user, as [User] returns it.
//
// A process that calls Confine must have a main function that calls [TakeRole].
func Confine(scratch string, problems *os.File, user int) func(cmd *exec.Cmd) {
	os.Setenv(confinedEnv, scratch) // whatever environment the command gets
	os.Setenv(userEnv, strconv.Itoa(user))
	os.Setenv(homeEnv, os.Getenv("HOME"))
	if problems != nil {
		os.Setenv(problemsEnv, "1")
	}
	return func(cmd *exec.Cmd) {
		if problems != nil {
			cmd.ExtraFiles = []*os.File{problems}
		}
		if cmd.Env != nil {
			for _, name := range []string{confinedEnv, userEnv, homeEnv, problemsEnv, namespacesEnv, shownEnv} {
				if value, ok := os.LookupEnv(name); ok {
					cmd.Env = append(cmd.Env, name+"="+value)
				}
			}
		}
		confine(cmd)
	}
}

// In the environment of a program that is to be confined:
const (
	userEnv = "WORKBOOK_USER" // the number of its user
	homeEnv = "WORKBOOK_HOME" // the home of the grader's

	shownEnv    = "WORKBOOK_SHOWN" // files and folders that it may read, though others there are hidden
	writableEnv = program.Writable // a folder that it may write, beside the scratch folder
)

// Show returns the variable of the environment that lets confined programs read files and
// folders, though others beside them are hidden.
func Show(paths []string) string {
	return shownEnv + "=" + strings.Join(paths, string(filepath.ListSeparator))
}

// shown returns what a program may read, as [Show] says.
func shown() []string { return filepath.SplitList(os.Getenv(shownEnv)) }

// firstUser is the first of the numbers of users that this package uses. No machine gives
// them to its own.
const firstUser = 1 << 30

var users atomic.Int64 // how many calls of User there were

// User returns the number of a user who has no other processes.
func User() int {
	const each = 1 << 8 // users of one process
	return firstUser + os.Getpid()*each + int(users.Add(1)%each)
}

// problemsEnv says, in the environment of a program that is to be confined, that the first
// of cmd.ExtraFiles is a file for problems.
const problemsEnv = "WORKBOOK_PROBLEMS"

// Try tries what a program under test needs of this machine: that an executable file in
// dir can be started and write into the folder scratch in dir, confined, and if whole, in
// [Namespaces]. Without a scratch folder, it is not confined and writes into dir.
func Try(dir, scratch string, whole bool) error {
	if runtime.GOOS == "windows" {
		return nil // there are no scripts like this one, and no folders without programs
	}
	file := filepath.Join(dir, "try")
	const script = "#!/bin/sh\necho ok >\"$TMPDIR/tried\"\n"
	if err := program.WriteExecutable(file, []byte(script)); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := os.Chmod(file, 0o755); err != nil {
		return err
	}
	cmd := exec.Command(file)
	cmd.Env = append(os.Environ(), "TMPDIR="+cmp.Or(scratch, dir))
	if scratch != "" {
		cmd.Env = append(cmd.Env, confinedEnv+"="+scratch)
		if whole {
			Enclose(cmd)
		}
		confine(cmd)
		if whole {
			setApart(cmd)
		}
	}
	out, err := cmd.CombinedOutput()
	os.Remove(filepath.Join(cmp.Or(scratch, dir), "tried"))
	if err != nil && len(out) > 0 {
		return errors.New(strings.TrimSpace(string(out)))
	}
	return err
}

// visible are the variables of the environment that a confined program gets to see, beside
// those by which the workbook tells it what to do.
var visible = []string{"PATH", "TZ", "ZONEINFO", "TERM", "LC_ALL", "GOMAXPROCS", "GORACE"}

// environment returns what of env a confined program gets to see.
func environment(env []string, scratch string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		switch name, _, _ := strings.Cut(e, "="); name {
		case namespacesEnv, userEnv, homeEnv, shownEnv, writableEnv:
			return true
		default:
			return !strings.HasPrefix(name, "WORKBOOK_") && !slices.Contains(visible, name)
		}
	})
	home := scratch
	if dir, err := os.Getwd(); err == nil && os.Getenv(writableEnv) != "" {
		home = dir
	}
	return append(env, "HOME="+home, "TMPDIR="+scratch)
}
