package program

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommandLineGetsItsValues(t *testing.T) {
	for _, tt := range []struct {
		name          string
		command, args []string
		want          []string
	}{
		{"a_port_and_a_root", []string{"ftp", "-p", "{port}", "{root}"}, []string{"-port", "2121", "-root", "/x y"}, []string{"ftp", "-p", "2121", "/x y"}},
		{"inside_of_words", []string{"ftp", "--listen=:{port}", "{root}/"}, []string{"-port", "2121", "-root", "/x"}, []string{"ftp", "--listen=:2121", "/x/"}},
		{"no_root", []string{"clock", "{port}"}, []string{"-port", "8010"}, []string{"clock", "8010"}},
		{"a_bad_port", []string{"ftp", "{port}", "{root}"}, []string{"-port", "x"}, []string{"ftp", "x", "."}},
		{"clocks", []string{"wall", "-v", "{clocks}"}, []string{"A=localhost:1", "B=localhost:2"}, []string{"wall", "-v", "A=localhost:1", "B=localhost:2"}},
		{"no_clocks", []string{"wall", "{clocks}"}, nil, []string{"wall"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Target{Command: tt.command}.args(tt.args)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q with %q mismatch (-want +got):\n%s", tt.command, tt.args, diff)
			}
		})
	}
}

func TestCommandLineIsReadAsAShellReadsIt(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	program := "ftpd"
	if runtime.GOOS == "windows" {
		program += ".exe" // which the command need not say
	}
	for _, name := range []string{program, "server.py"} {
		if err := os.WriteFile(name, nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	ftpd, script := filepath.Join(here, program), filepath.Join(here, "server.py")
	for _, tt := range []struct {
		line string
		want []string // nil if it is an error
	}{
		{"./ftpd -p {port}", []string{ftpd, "-p", "{port}"}},
		{`./ftpd server.py  'a b' "" {port}`, []string{ftpd, script, "a b", "", "{port}"}},
		{"./nosuch {port}", nil},
		{"./ftpd", nil},
		{"./ftpd '{port}", nil},
		{" ", nil},
	} {
		got, err := ParseCommand(tt.line, "{port}")
		if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) != (tt.want != nil) {
			t.Errorf("ParseCommand(%q) = %v, mismatch (-want +got):\n%s", tt.line, err, diff)
		}
	}
}
