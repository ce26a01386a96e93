package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/suites/suite"
)

// The bundle grades the solutions with what a container of Gradescope has: root with the
// capabilities that Docker leaves to it, so that there are no namespaces.
func TestBundleGivesTheSolutionsAllPoints(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds the workbook in another folder; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if os.Getuid() != 0 {
		t.Skip("Gradescope grades as root")
	}
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip(err)
	}
	root, err := os.MkdirTemp("", "gradescope")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil { // as the root of a container is
		t.Fatal(err)
	}
	unpackBundle(t, filepath.Join(root, "autograder", "source"))
	submission := filepath.Join(root, "autograder", "submission", "exercises")
	if err := os.CopyFS(submission, os.DirFS(filepath.Join(top, "solutions"))); err != nil {
		t.Fatal(err)
	}
	// What setup.sh has fetched and built.
	out, err := exec.Command("go", "env", "GOCACHE", "GOPATH", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i, folder := range strings.Fields(string(out)) {
		name := filepath.Join(root, []string{"var/cache/workbook/build", "var/cache/workbook/go", "usr/local/go"}[i])
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(folder, name); err != nil {
			t.Fatal(err)
		}
	}

	script := filepath.Join(root, "autograder", "source", "run_autograder")
	cmd := exec.CommandContext(t.Context(), "setpriv", "--inh-caps=-sys_admin,-sys_resource", "--bounding-set=-sys_admin,-sys_resource", script)
	cmd.Env = []string{"WORKBOOK_ROOT=" + root, "PATH=" + os.Getenv("PATH"), "HOME=/root"}
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("run_autograder = %v:\n%s", err, printed)
	}
	var results struct {
		Output string
		Tests  []struct {
			Name, Output string
			Score        float64
			MaxScore     float64 `json:"max_score"`
		}
	}
	text := readFile(t, filepath.Join(root, "autograder", "results", "results.json"))
	if err := json.Unmarshal([]byte(text), &results); err != nil {
		t.Fatal(err)
	}
	if len(results.Tests) == 0 {
		t.Errorf("results.json has no tests:\n%s\n%s", text, printed)
	}
	for _, test := range results.Tests {
		if test.Score < test.MaxScore && (os.Getenv("CI") != "" || !strings.Contains(test.Output, "not checked")) {
			t.Errorf("%s: %v of %v points: %s", test.Name, test.Score, test.MaxScore, test.Output)
		}
	}
}

// unpackBundle unpacks the bundle of the last commit into a folder.
func unpackBundle(t *testing.T, dir string) {
	t.Helper()
	files, err := committed(t.Context(), top)
	if err != nil {
		t.Skipf("without a bundle: %v", err)
	}
	var b bytes.Buffer
	if err := bundle(&b, files); err != nil {
		t.Fatal(err)
	}
	for _, f := range open(t, b.Bytes()).File {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(read(t, f)), f.Mode()); err != nil {
			t.Fatal(err)
		}
	}
}
