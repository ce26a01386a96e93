package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// programsFor returns a folder with two programs, and a list of others.
func programsFor(t *testing.T) (folder, list string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, mode := range map[string]os.FileMode{"ann": 0o755, "bob": 0o755, "notes.txt": 0o644} {
		if err := os.MkdirAll("programs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("programs", name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	text := "# the best two\n\nann: programs/ann\nbob the builder: ./programs/bob -p {port} {root}\n"
	if err := os.WriteFile("list", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return "programs", "list"
}

func TestClassMayBeOfPrograms(t *testing.T) {
	folder, list := programsFor(t)
	for _, tt := range []struct {
		class string
		want  []string
	}{
		{folder, []string{"ann: programs/ann", "bob: programs/bob"}},
		{list, []string{"ann: programs/ann", "bob the builder: bob -p {port} {root}"}},
	} {
		all, err := targetRequest{kind: "ftpd"}.readPrograms(tt.class)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range all {
			words := p.target.Command
			if len(words) > 0 {
				words[0] = filepath.Base(words[0])
			}
			got = append(got, p.name+": "+p.target.Program+strings.Join(words, " "))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("programs of the class %s mismatch (-want +got):\n%s", tt.class, diff)
		}
	}
}

func TestClassOfProgramsSaysWhatIsWrongWithIt(t *testing.T) {
	programsFor(t)
	for text, want := range map[string]string{
		"":                               "there are no programs",
		"ann":                            "line 1",
		"ann: programs/ann '{root}":      "a quote is open",
		"a: programs/ann\na: programs/b": "two programs named a",
	} {
		if err := os.WriteFile("bad", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := (targetRequest{kind: "ftpd"}).readPrograms("bad"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the list %q: %v, want an error with %q", text, err, want)
		}
	}
}

func TestProgramFlagsThatDoNotFitAreRefused(t *testing.T) {
	programsFor(t)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		request targetRequest
		want    string
	}{
		{targetRequest{program: "programs/ann"}, "-program and -kind"},
		{targetRequest{program: "programs/ann", command: "programs/ann {port}", kind: "ftpd"}, "only one of -program and -command"},
		{targetRequest{command: "programs/ann {port}", kind: "clockwall"}, "{clocks} is missing"},
		{targetRequest{address: "127.0.0.1:1", kind: "ftpd"}, "-dir"},
		{targetRequest{address: "127.0.0.1:1", dir: full, kind: "clock"}, "-kind ftpd"},
		{targetRequest{address: "127.0.0.1:1", dir: full, kind: "ftpd"}, "mine is in it"},
		{targetRequest{address: "127.0.0.1", dir: t.TempDir(), kind: "ftpd"}, "missing port"},
		{targetRequest{address: "127.0.0.1:1", dir: t.TempDir(), kind: "ftpd"}, "refused"},
		{targetRequest{program: "programs/ann", password: "x", kind: "ftpd"}, "-user"},
		{targetRequest{program: "programs/ann", user: "x", kind: "clock"}, "-kind ftpd"},
	} {
		if _, err := tt.request.target(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want an error with %q", tt.request, err, tt.want)
		}
	}
}

// A server that always uses the same port needs no {port} in its command.
func TestCommandOfAServerNeedsNoPort(t *testing.T) {
	programsFor(t)
	for _, kind := range []string{"clock", "ftpd"} {
		if target, err := (targetRequest{command: "programs/ann -v", kind: kind}).target(); err != nil || len(target.Command) != 2 {
			t.Errorf("a command of a %s without {port}: %v, %v, want its two words", kind, target, err)
		}
	}
}
