package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// page shows a text on standard output. On a terminal it does so by a pager, if there
// is one, and returns when the user has left that.
func page(text string) error {
	if args := pager(); terminal(os.Stdout) && len(args) > 0 {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), os.Stdout, os.Stderr
		if os.Getenv("LESS") == "" {
			cmd.Env = append(os.Environ(), "LESS=FRX") // as git does: colors, and no pages for what fits on one
		}
		if err := cmd.Start(); err == nil {
			if err := cmd.Wait(); err != nil {
				return fmt.Errorf("pager %s: %w", strings.Join(args, " "), err)
			}
			return nil
		} // else there is no such program
	}
	_, err := io.WriteString(os.Stdout, text)
	return err
}

// pager returns the command in the environment variable PAGER, by default less. It is
// empty if the user wants none.
func pager() []string {
	if command, ok := os.LookupEnv("PAGER"); ok {
		return strings.Fields(command)
	}
	return []string{"less"}
}

// screenWidth returns how many columns there are on standard output: as many as the
// environment variable COLUMNS says, or the terminal has.
func screenWidth() int {
	const most = 1000
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return min(n, most)
	}
	if n := columns(os.Stdout); n > 0 {
		return min(n, most)
	}
	return 80
}
