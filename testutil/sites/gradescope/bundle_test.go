package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/program"
)

// top is the folder of the workbook.
const top = "../../.."

func newFile(name string, perm int64, text string) file {
	return file{&tar.Header{Name: name, Mode: perm, ModTime: time.Unix(1_780_000_000, 0)}, []byte(text)}
}

func TestBundle(t *testing.T) {
	files := []file{
		newFile("go.mod", 0o664, "module example.com/workbook\n"),
		newFile("solutions/run", 0o775, "#!/bin/sh\n"),
		newFile("testutil/sites/gradescope/run_autograder", 0o664, "#!/bin/bash\n"),
		newFile("testutil/sites/gradescope/setup.sh", 0o775, "#!/bin/bash\necho\n"),
	}
	var b bytes.Buffer
	if err := bundle(&b, files); err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Name string
		Perm fs.FileMode
		Text string
	}
	var got []entry
	for _, f := range open(t, b.Bytes()).File {
		got = append(got, entry{f.Name, f.Mode(), read(t, f)})
	}
	want := []entry{
		{"setup.sh", 0o755, "#!/bin/bash\necho\n"},
		{"run_autograder", 0o755, "#!/bin/bash\n"},
		{"go.mod", 0o664, "module example.com/workbook\n"},
		{"solutions/run", 0o775, "#!/bin/sh\n"},
		{"testutil/sites/gradescope/run_autograder", 0o664, "#!/bin/bash\n"},
		{"testutil/sites/gradescope/setup.sh", 0o775, "#!/bin/bash\necho\n"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bundle mismatch (-want +got):\n%s", diff)
	}
	var again bytes.Buffer
	if err := bundle(&again, files); err != nil || !bytes.Equal(again.Bytes(), b.Bytes()) {
		t.Errorf("the same files gave another bundle, %v", err)
	}
}

func TestBundleWantsTheScripts(t *testing.T) {
	err := bundle(io.Discard, []file{newFile("testutil/sites/gradescope/setup.sh", 0o755, "")})
	const want = "there is no testutil/sites/gradescope/run_autograder in the last commit"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("bundle() = %v, want an error with %q", err, want)
	}
}

func TestCommittedLeavesOutWhatIsNotCommitted(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "kept.txt"), "committed")
	write(t, filepath.Join(dir, "folder", "run"), "#!/bin/sh\n")
	for _, args := range [][]string{
		{"init", "-q"},
		{"add", "."},
		{"update-index", "--chmod=+x", "folder/run"},
		{"-c", "user.name=Gopher", "-c", "user.email=gopher@example.com", "-c", "commit.gpgsign=false",
			"-c", "core.hooksPath=", "commit", "-q", "-m", "Begin"},
	} {
		runGit(t, dir, args...)
	}
	write(t, filepath.Join(dir, "kept.txt"), "changed")
	write(t, filepath.Join(dir, "new.txt"), "new")
	files, err := committed(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, f := range files {
		got[f.header.Name] = string(f.data)
		if executable := f.header.Mode&0o111 != 0; executable != (f.header.Name == "folder/run") {
			t.Errorf("%s has the permissions %o", f.header.Name, f.header.Mode)
		}
	}
	want := map[string]string{"kept.txt": "committed", "folder/run": "#!/bin/sh\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("committed() mismatch (-want +got):\n%s", diff)
	}
}

func TestCommittedSaysWhatGitSays(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
	_, err := committed(t.Context(), dir)
	const want = "not a git repository"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("committed() outside of a repository = %v, want an error with %q", err, want)
	}
}

func TestScriptsWantTheSameClientsAsTheTests(t *testing.T) {
	setup := readFile(t, "setup.sh")
	for client := range strings.FieldsSeq(between(t, readFile(t, filepath.Join(top, ".ci", "run")), "for client in ", "; do")) {
		if client != `\` && !strings.Contains(setup, client) {
			t.Errorf("setup.sh does not install %s, as .ci/run does", client)
		}
	}
}

func open(t *testing.T, archive []byte) *zip.Reader {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func read(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// write writes a file, in a folder that may be new. A script can be executed.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if strings.HasPrefix(text, "#!") {
		err = program.WriteExecutable(name, []byte(text))
	} else {
		err = os.WriteFile(name, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// between returns what stands in text between two others.
func between(t *testing.T, text, before, after string) string {
	t.Helper()
	_, text, found := strings.Cut(text, before)
	text, _, ended := strings.Cut(text, after)
	if !found || !ended {
		t.Fatalf("there is no text between %q and %q", before, after)
	}
	return text
}

func runGit(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	if _, err := git(t.Context(), dir, args...); err != nil {
		t.Fatal(err)
	}
}
