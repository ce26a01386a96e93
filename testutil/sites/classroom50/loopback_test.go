//go:build unix

package classroom50

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/suites/suite"
)

// The limits of the site.
const (
	maxBundle = 10 << 20 // bytes, compressed
	maxResult = 10 << 20
)

// A release is what the site publishes of a submission.
type release struct {
	Status string // "success", "failure", or "error" if there is none
	Score  string // "4 of 5"
	Body   string // what a student sees beside the points
}

// A site is what Classroom 50's runner does with a submission: it gets the bundle of the
// assignment from the public pages of the classroom, starts its autograder.py in the checkout,
// checks result.json, and publishes a release.
type site struct {
	bundle *httptest.Server
	env    []string
}

// newSite returns a site that serves a bundle on loopback.
func newSite(t *testing.T, bundle []byte) site {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(bundle) }))
	t.Cleanup(server.Close)
	return site{server, []string{
		"CLASSROOM=cs", "ASSIGNMENT=ex8", "SUBMISSION_TAG=submit/2026-11-03", "COMMIT_URL=https://example.com/c", "RELEASE_URL=https://example.com/r",
		"REVIEW_URL=https://example.com/v", "OWNER=ann", "ASSIGNMENT_TYPE=individual",
	}}
}

// grade grades a checkout. change is called when the bundle is unpacked.
func (s site) grade(t *testing.T, r runner, change func(bundle string)) (release, error) {
	t.Helper()
	res, err := s.bundle.Client().Get(s.bundle.URL)
	if err != nil {
		return release{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxBundle+1))
	if err != nil || len(text) > maxBundle {
		return release{}, fmt.Errorf("the bundle has %d bytes or more: %w", len(text), tooLong(err))
	}
	bundle := filepath.Join(r.root, "downloaded")
	if err := unpack(text, bundle); err != nil {
		return release{}, err
	}
	change(bundle)
	out, err := r.run(t, append(s.env, "CLASSROOM50_BUNDLE_DIR="+bundle), "python3", filepath.Join(bundle, "autograder.py"))
	if err != nil {
		return release{Status: "error"}, fmt.Errorf("autograder.py: %w\n%s", err, out)
	}
	result, err := os.ReadFile(r.result())
	if err != nil || len(result) > maxResult {
		return release{Status: "error"}, fmt.Errorf("result.json of %d bytes: %w", len(result), tooLong(err))
	}
	published, err := validate(result)
	if err != nil {
		return release{Status: "error"}, fmt.Errorf("result.json: %w in\n%s", err, result)
	}
	body, err := os.ReadFile(r.body())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return release{}, err
	}
	published.Body = string(body)
	return published, nil
}

func tooLong(err error) error {
	if err == nil {
		return errors.New("too long")
	}
	return err
}

// unpack unpacks a bundle.
func unpack(text []byte, dir string) error {
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for files := tar.NewReader(z); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := errors.Join(root.MkdirAll(filepath.Dir(header.Name), 0o777), root.WriteFile(header.Name, text, header.FileInfo().Mode())); err != nil {
			return err
		}
	}
}

// validate checks a result as the runner does: all fields, whole numbers and no booleans in
// their places, and no score beyond its maximum. What the runner knows itself it does not read.
func validate(text []byte) (release, error) {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return release{}, err
	}
	for _, key := range []string{"schema", "classroom", "assignment", "submission", "commit", "release", "review", "datetime"} {
		if s, ok := doc[key].(string); !ok || s == "" {
			return release{}, fmt.Errorf("%s is %v, want a text", key, doc[key])
		}
	}
	if doc["schema"] != "classroom50/result/v1" || !strings.HasPrefix(doc["submission"].(string), "submit/") {
		return release{}, fmt.Errorf("the schema is %v and the submission %v", doc["schema"], doc["submission"])
	}
	score, max, err := scoreOf(doc)
	if err != nil {
		return release{}, err
	}
	tests, ok := doc["tests"].([]any)
	if !ok {
		return release{}, fmt.Errorf("tests is %v, want a list", doc["tests"])
	}
	published := release{Status: "success", Score: fmt.Sprintf("%d of %d", score, max)}
	for _, test := range tests {
		test, ok := test.(map[string]any)
		if !ok {
			return release{}, errors.New("a test is not an object")
		}
		name, ok := test["test-name"].(string)
		passed, ok2 := test["passed"].(bool)
		if _, _, err := scoreOf(test); err != nil || !ok || !ok2 || name == "" {
			return release{}, fmt.Errorf("the test %v: %w", test, err)
		}
		if !passed {
			published.Status = "failure"
		}
	}
	return published, nil
}

// scoreOf returns the points of an object, and how many there are.
func scoreOf(doc map[string]any) (score, max int64, err error) {
	var n [2]int64
	for i, key := range []string{"score", "max-score"} {
		number, ok := doc[key].(json.Number)
		if !ok {
			return 0, 0, fmt.Errorf("%s is %v, want a number", key, doc[key])
		}
		if n[i], err = number.Int64(); err != nil {
			return 0, 0, err
		}
	}
	if n[0] < 0 || n[0] > n[1] {
		return 0, 0, fmt.Errorf("the score is %d of %d", n[0], n[1])
	}
	return n[0], n[1], nil
}

// pack returns the bundle that README.md tells a teacher to make: the script, and beside it the
// workbook without the solutions.
func pack(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	add := func(name, file string) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		err = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg})
		_, err2 := w.Write(text)
		return errors.Join(err, err2)
	}
	err := filepath.WalkDir(top, func(file string, d fs.DirEntry, err error) error {
		rel, err2 := filepath.Rel(top, file)
		switch {
		case errors.Join(err, err2) != nil:
			return errors.Join(err, err2)
		case d.IsDir() && slices.Contains([]string{"solutions", ".git"}, rel):
			return filepath.SkipDir
		case d.Type().IsRegular():
			return add(filepath.ToSlash(filepath.Join("workbook", rel)), file)
		}
		return nil
	})
	if err := errors.Join(err, add("autograder.py", "autograder.py"), w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The site takes what the script and the grader make of a submission, and shows the student why
// points were lost. The bundle is within its limit.
func TestSitePublishesWhatAStudentNeedsToKnow(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("runs the grader; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if _, err := python(); err != nil {
		t.Skip(err)
	}
	workbook, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, pack(t))
	for _, tt := range []struct {
		program string
		want    release
		body    []string
	}{
		{"package main\n\nfunc main() { undefined() }\n", release{Status: "failure", Score: "0 of 92"}, []string{
			"**Next:** clock2: does not compile", "exercises/ex8.1/clock2/clock2.go:3:15: undefined: undefined",
			"not found: no folder clockwall and no file clockwall.go among the 1 file handed in",
		}},
		{"", release{Status: "error"}, nil},
	} {
		r := newRunner(t, "exit 2")
		if tt.program != "" { // the grader itself, and not one that does as it is told
			r.env = append(os.Environ(), "ROOT="+r.root)
			write(t, filepath.Join(r.checkout, "exercises", "ex8.1", "clock2", "clock2.go"), tt.program)
		}
		write(t, r.result(), `{"schema": "forged"}`)
		write(t, r.body(), "forged")
		got, err := s.grade(t, r, func(bundle string) {
			if _, err := os.Stat(filepath.Join(bundle, "workbook", "go.mod")); err != nil {
				t.Fatalf("the bundle has no workbook: %v", err)
			}
			script := filepath.Join(bundle, "autograder.py")
			write(t, script, strings.Replace(read(t, script), `EXERCISES = "all"`, `EXERCISES = "ex8.1"`, 1))
			// The same workbook, for which the go command has built all before.
			if err := errors.Join(os.RemoveAll(filepath.Join(bundle, "workbook")), os.Symlink(workbook, filepath.Join(bundle, "workbook"))); err != nil {
				t.Fatal(err)
			}
		})
		if (err != nil) != (tt.want.Status == "error") {
			t.Errorf("of %q, the site says: %v", tt.program, err)
		}
		for _, want := range tt.body {
			if !strings.Contains(got.Body, want) {
				t.Errorf("release-body.md is\n%s\nwant %q", got.Body, want)
			}
		}
		if got.Body = ""; got != tt.want {
			t.Errorf("of %q, the site publishes %+v, want %+v", tt.program, got, tt.want)
		}
	}
}
