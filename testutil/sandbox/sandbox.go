// Package sandbox runs a program that nobody has looked at so that it can do little
// harm: on Linux it sees no other process, reaches no network but its own loopback,
// writes only into a small scratch folder, and gets no more memory, threads and
// file space than it needs.
//
//	func main() {
//		sandbox.Main()
//		…
//		cmd := exec.Command("/tmp/x/ftpd.test", "-port", "0")
//		sandbox.Confine("/tmp/x/scratch")(cmd)
//		err := cmd.Run()
//	}
//
// It takes the namespaces of Linux, and no rights. Where they are missing, as in many
// containers, only the limits hold, and if the grader is root, the program is run
// by another user. On other systems nothing holds. In no case does it stand in for the
// sandbox of a course site: a program can read what its user can read, and one that
// forks can use the memory of many.
package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"example.com/workbook/testutil/isolate"
)

// The limits of each process.
const (
	maxMemory  = 2 << 30   // bytes of data, of which the race detector takes most
	maxFile    = 256 << 20 // bytes of one file
	maxScratch = "256m"    // of all files
	maxThreads = 1024      // of all processes
	maxOpen    = 4096      // files, sockets and pipes
)

// confinedEnv names, in the environment, the scratch folder of a program that is to be
// confined.
const confinedEnv = isolate.ConfinedEnv

// namespacesEnv is set, in the environment, inside of [Enclose].
const namespacesEnv = "WORKBOOK_NAMESPACES"

// Main confines this process and goes on as another program, if [Confine] has changed
// the command that started it so, and then does not return. It is called first of all
// in main.
func Main() {
	if os.Getenv(namespacesEnv) != "" {
		if err := loopback(); err != nil {
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
// is put into it may be gone with the process.
//
// A process that calls Confine must have a main function that calls [Main].
func Confine(scratch string) func(cmd *exec.Cmd) {
	os.Setenv(confinedEnv, scratch) // whatever environment the command gets
	return confine
}

// environment returns what of env a confined program gets to see: no secrets.
func environment(env []string, scratch string) []string {
	var kept []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		switch {
		case name == "PATH", name == "TZ", name == "ZONEINFO", name == "LANG", strings.HasPrefix(name, "LC_"),
			strings.HasPrefix(name, "GO"), strings.HasPrefix(name, "WORKBOOK_"):
			kept = append(kept, e)
		}
	}
	return append(kept, "HOME="+scratch, "TMPDIR="+scratch)
}
