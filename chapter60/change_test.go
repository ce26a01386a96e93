package chapter60_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// A change is one that the reader is told to make, and a test that then fails.
type change struct {
	file     string // "clock2/clock2.go"
	old, new string // a line
	test     string
}

var changes = map[string]change{
	"no-go": {
		"clock2/clock2.go", "\t\tgo handleConn(conn)\n", "\t\thandleConn(conn)\n",
		"TestServe/serves_a_second_client_at_once",
	},
	"no-close": {
		"clock2/clock2.go", "\tdefer conn.Close()\n", "",
		"TestClock/closes_the_connection_of_a_client_that_has_left",
	},
	"late-reader": {
		"clock2/clock2_test.go", "\t\tlines := bufio.NewReader(client)\n", "\t\tlines := bufio.NewReader(client)\n\t\ttime.Sleep(3 * time.Second)\n",
		"TestHandleConn",
	},
}

// apply returns the text of the file with the change in it.
func (c change) apply() (string, error) {
	source, err := os.ReadFile(c.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), c.old); n != 1 {
		return "", fmt.Errorf("%s has the line %q %d times, want once", c.file, c.old, n)
	}
	return strings.Replace(string(source), c.old, c.new, 1), nil
}

// diff returns the change as lines to take out and to put in.
func (c change) diff() (string, error) {
	if _, err := c.apply(); err != nil {
		return "", err
	}
	added := strings.TrimPrefix(c.new, c.old)
	if added != c.new {
		return " " + c.old + "+" + added, nil
	}
	text := "-" + c.old
	if c.new != "" {
		text += "+" + c.new
	}
	return text, nil
}

// failure returns what the test prints when the change is made.
func (c change) failure() (string, error) {
	changed, err := c.apply()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "change")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	file, err := filepath.Abs(c.file)
	if err != nil {
		return "", err
	}
	copied := filepath.Join(dir, filepath.Base(file))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{file: copied}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(
		os.WriteFile(copied, []byte(changed), 0o666),
		os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o666),
	); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "test", "-overlay="+filepath.Join(dir, "overlay.json"), "-run=^"+strings.ReplaceAll(c.test, "/", "$/^")+"$", "./"+filepath.Dir(c.file))
	cmd.Env = append(os.Environ(), "TZ=UTC")
	out, err := cmd.CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); !failed {
		return "", fmt.Errorf("%v: error %v, want a test that fails; it printed\n%s", cmd, err, out)
	}
	return tidy(string(out)), nil
}

// changing matches what is not the same in each run, or each year, of a failing test: how
// long it took, where the code of a case is, and the end.
var changing = regexp.MustCompile(`(?m) \([0-9.]+s\)$|^ +the test: .*\n|^FAIL.*\n`)

// tidy returns the output of a failing test as the chapter shows it. The package cmp prints
// some blanks as others, so that programs do not depend on its output.
func tidy(out string) string {
	out = strings.NewReplacer("\u00a0", " ", "\t", " ").Replace(changing.ReplaceAllString(out, ""))
	return regexp.MustCompile(`(?m) +$`).ReplaceAllString(out, "")
}
