package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/suite"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// A result is what a run of the program leaves.
type result struct {
	Status         int
	Stdout, Stderr string            // with "in TIME" for the time that a get takes
	Files          map[string]string // contents by name
}

// start starts the program in dir. The caller must call wait.
func start(t *testing.T, dir string, stdin io.Reader, args ...string) (p *os.Process, wait func() result) {
	t.Helper()
	cmd := program.Command(args...)
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "GORACE=atexit_sleep_ms=0")
	cmd.Dir = dir
	var stdout, stderr strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), suite.Patience())
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	return cmd.Process, func() result {
		t.Helper()
		defer cancel()
		defer stop()
		cmd.Wait() // its error is the exit status
		if ctx.Err() != nil {
			t.Fatalf("ftp did not end; it printed %q and %q", stdout.String(), stderr.String())
		}
		return result{cmd.ProcessState.ExitCode(), withoutTime(stdout.String()), stderr.String(), readFiles(t, dir)}
	}
}

var timeTaken = regexp.MustCompile(`in \d+\.\ds`)

func withoutTime(s string) string { return timeTaken.ReplaceAllString(s, "in TIME") }

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func readFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

func TestFTP(t *testing.T) {
	allBytes := make([]byte, 256)
	for i := range allBytes {
		allBytes[i] = byte(i)
	}
	binary := strings.Repeat(string(allBytes), 1000)

	_, noDir := os.Create(filepath.Join(t.TempDir(), "b", "c"))
	noDir = cause(noDir)

	refused := unused(t)
	_, refusal := net.Dial("tcp", refused)

	type files = map[string]string
	tests := []struct {
		name   string
		script script
		before files
		input  string
		want   result
		sent   string // the commands that the server got after the login; unchecked if empty
	}{
		{
			name: "logs_in_and_out_without_a_word",
			want: result{},
			sent: "QUIT",
		},
		{
			name:   "needs_no_password_after_230",
			script: script{"USER anonymous": {reply: "230 come in"}, "PASS guest@": {reply: "503 I know you"}},
			input:  "close\n",
			want:   result{},
			sent:   "QUIT",
		},
		{
			name: "reads_replies_of_many_lines",
			script: script{
				"":               {reply: "220-welcome\n220-you\n 220 are\n221 at\nhome\n220 here"},
				"USER anonymous": {reply: "331-name?\n331 password?"},
				"PWD":            {reply: "257-\"/\" no,\n257 \"/\" yes"},
				"CWD a":          {reply: "550-no such\n550 directory"},
			},
			input: "cd a\npwd\n",
			want:  result{Status: 1, Stdout: "/\n", Stderr: "cd a: 550 no such directory\n"},
		},
		{
			name: "reads_replies_that_are_a_code_alone",
			script: script{
				"":               {reply: "220-welcome\n220"},
				"USER anonymous": {reply: "331"},
				"PASS guest@":    {reply: "230"},
				"CWD a":          {reply: "250"},
				"CWD b":          {reply: "550"},
				"TYPE I":         {reply: "200"},
				"SIZE a":         {reply: "502"},
				"RETR a":         {reply: "150", data: "x", after: "226"},
			},
			input: "cd a\ncd b\nget a\n",
			want:  result{Status: 1, Stdout: "got a: 1 byte in TIME\n", Stderr: "cd b: 550 \n", Files: files{"a": "x"}},
		},
		{
			name:   "takes_a_227_for_EPSV_as_no_answer",
			script: script{"EPSV": {reply: "227 Entering Passive Mode (127,0,0,1,195,80)"}, "LIST": file("a\n")},
			input:  "ls\nls\n",
			want:   result{Stdout: "a\na\n"},
			sent:   "EPSV\nPASV\nLIST\nPASV\nLIST\nQUIT",
		},
		{
			name:   "falls_back_to_PASV_if_the_port_of_EPSV_cannot_be_reached",
			script: script{"EPSV": {reply: "229 listening (|||" + port(unused(t)) + "|)"}, "LIST": file("a\n"), "RETR a": file("x")},
			input:  "ls\nget a\n",
			want:   result{Stdout: "a\ngot a: 1 byte in TIME\n", Files: files{"a": "x"}},
			sent:   "EPSV\nPASV\nLIST\nTYPE I\nSIZE a\nPASV\nRETR a\nQUIT",
		},
		{
			name: "reports_a_port_of_EPSV_that_cannot_be_reached_if_there_is_no_PASV",
			script: script{
				"EPSV": {reply: "229 listening (|||" + port(refused) + "|)"},
				"PASV": {reply: "502 no"},
			},
			input: "ls\n",
			want:  result{Status: 1, Stderr: "ls: dial " + refused + " for the data: " + cause(refusal).Error() + "\n"},
		},
		{
			name: "changes_and_prints_the_directory",
			script: script{
				"CWD a  b": {reply: "250 ok"},
				"PWD":      {reply: `257 "/a  ""b""" is it`},
			},
			input: "  cd   a  b \n\npwd\nquit\n",
			want:  result{Stdout: "/a  \"b\"\n"},
			sent:  "CWD a  b\nPWD\nQUIT",
		},
		{
			name: "lists_directories",
			script: script{
				"LIST":     {reply: "150 look", data: "a\r\nb\tc\r\n", after: "226 that was it"},
				"LIST d e": {reply: "125 look", data: "no end", after: "250 that was it"},
				"LIST f":   {reply: "150 look", after: "226 nothing there"},
				"LIST g":   {reply: "450 later"},
			},
			input: "ls\nls d e\nls f\nls g\nbye\n",
			want:  result{Status: 1, Stdout: "a\nb\tc\nno end\n", Stderr: "ls g: 450 later\n"},
			sent:  "EPSV\nLIST\nEPSV\nLIST d e\nEPSV\nLIST f\nEPSV\nLIST g\nQUIT",
		},
		{
			name: "lets_no_control_character_through",
			script: script{
				"LIST":  {reply: "150 look", data: "\x1b[2Jü\xff\u009b\r\r\n\x00", after: "226 ok"},
				"PWD":   {reply: "257 \"/\a\""},
				"CWD a": {reply: "550 \x1b]0;a\x07"},
			},
			input: "ls\npwd\ncd a\n",
			want:  result{Status: 1, Stdout: "?[2Jü???\n?\n/?\n", Stderr: "cd a: 550 ?]0;a?\n"},
		},
		{
			name:   "falls_back_to_PASV_for_good_and_to_the_host_that_it_knows",
			script: script{"EPSV": {reply: "500 what?"}, "LIST": file("a\n")},
			input:  "ls\nls\n",
			want:   result{Stdout: "a\na\n"},
			sent:   "EPSV\nPASV\nLIST\nPASV\nLIST\nQUIT",
		},
		{
			name:   "reports_a_server_without_data_connections",
			script: script{"EPSV": {reply: "500 what?"}, "PASV": {reply: "502 no"}},
			input:  "ls\n",
			want:   result{Status: 1, Stderr: "ls: PASV: 502 no\n"},
		},
		{
			name:   "gets_an_empty_file",
			script: script{"RETR a": file(""), "SIZE a": {reply: "213 0"}},
			input:  "get a\n",
			want:   result{Stdout: "got a: 0 bytes in TIME\n", Files: files{"a": ""}},
			sent:   "TYPE I\nSIZE a\nEPSV\nRETR a\nQUIT",
		},
		{
			name:   "gets_all_bytes_as_they_are",
			script: script{"RETR a": file(binary)},
			input:  "get a\n",
			want:   result{Stdout: "got a: 256,000 bytes in TIME\n", Files: files{"a": binary}},
		},
		{
			name:   "switches_between_text_and_bytes",
			script: script{"RETR a": file("x"), "RETR b": file("y"), "LIST": file("")},
			input:  "get a\nget b\nls\n",
			want:   result{Stdout: "got a: 1 byte in TIME\ngot b: 1 byte in TIME\n", Files: files{"a": "x", "b": "y"}},
			sent:   "TYPE I\nSIZE a\nEPSV\nRETR a\nSIZE b\nEPSV\nRETR b\nTYPE A\nEPSV\nLIST\nQUIT",
		},
		{
			name: "takes_names_with_spaces",
			script: script{
				"RETR a b":   file("1"),
				"RETR /c/d":  file("22"),
				"RETR /c/ d": file("333"),
			},
			input: "get \"a b\"\nget \"a b\" \"e f\"\nget /c/d\nget /c/d e\nget \"/c/ d\"\n",
			want: result{
				Stdout: "got a b: 1 byte in TIME\ngot e f: 1 byte in TIME\ngot d: 2 bytes in TIME\n" +
					"got e: 2 bytes in TIME\ngot  d: 3 bytes in TIME\n",
				Files: files{"a b": "1", "e f": "1", "d": "22", "e": "22", " d": "333"},
			},
		},
		{
			name:   "replaces_an_older_copy",
			before: files{"a": "old and long"},
			script: script{"RETR a": file("new")},
			input:  "get a\n",
			want:   result{Stdout: "got a: 3 bytes in TIME\n", Files: files{"a": "new"}},
		},
		{
			name:   "reports_a_file_that_does_not_exist_and_goes_on",
			before: files{"a": "old"},
			script: script{"RETR a": {reply: "550 no such file"}, "PWD": {reply: `257 "/"`}},
			input:  "get a\npwd\n",
			want:   result{Status: 1, Stdout: "/\n", Stderr: "get a: 550 no such file\n", Files: files{"a": "old"}},
		},
		{
			name:   "keeps_the_old_copy_of_a_file_that_breaks_off",
			before: files{"a": "old"},
			script: script{
				"RETR a": {reply: "150 here it comes", data: "ne", cut: true, after: "426 oh"},
				"RETR b": {reply: "150 here it comes", data: "ne", after: "451 oh"},
				"PWD":    {reply: `257 "/"`},
			},
			input: "get a\nget b\npwd\n",
			want:  result{Status: 1, Stdout: "/\n", Stderr: "get a: 426 oh\nget b: 451 oh\n", Files: files{"a": "old"}},
		},
		{
			name:   "keeps_the_old_copy_of_a_file_that_is_too_short",
			before: files{"a": "old"},
			script: script{"RETR a": file("ne"), "SIZE a": {reply: "213 3"}},
			input:  "get a\n",
			want:   result{Status: 1, Stderr: "get a: the copy has 2 bytes, and the file 3 bytes\n", Files: files{"a": "old"}},
		},
		{
			name:   "keeps_the_copy_of_a_file_that_has_grown",
			script: script{"RETR a": file("longer"), "SIZE a": {reply: "213 3"}},
			input:  "get a\n",
			want:   result{Stdout: "got a: 6 bytes in TIME\n", Files: files{"a": "longer"}},
		},
		{
			name:   "leaves_no_file_if_the_server_hangs_up",
			script: script{"RETR a": {reply: "150 here it comes", data: "ne", hangUp: true}},
			input:  "get a\npwd\n",
			want:   result{Status: 1, Stderr: "ftp: get a: server closed the connection\n"},
		},
		{
			name:  "writes_only_to_the_current_directory_unless_told_else",
			input: "get ..\nget a/..\nget .\nget a/\nget /\nget a b/c\n",
			want: result{Status: 1, Stderr: strings.ReplaceAll(
				"get ..: NO\nget a/..: NO\nget .: NO\nget a/: NO\nget /: NO\n", "NO", errNoName.Error()) +
				"get a b/c: create a file in b: " + noDir.Error() + "\n"},
		},
		{
			name:   "says_so_if_the_server_hangs_up",
			script: script{"PWD": {reply: "257 \"/\"", hangUp: true}},
			input:  "pwd\npwd\npwd\n",
			want:   result{Status: 1, Stdout: "/\n", Stderr: "ftp: pwd: server closed the connection\n"},
		},
		{
			name:   "says_so_if_the_server_has_enough",
			script: script{"PWD": {reply: "421 go home", hangUp: true}},
			input:  "pwd\npwd\n",
			want:   result{Status: 1, Stderr: "ftp: pwd: server closed the connection: 421 go home\n"},
		},
		{
			name:  "reports_commands_that_it_does_not_know",
			input: "CD a\nput a\ncd\nget\nget \"\"\nget a b c\nget \"a\nget \"a\"b\npwd a\nhelp me\nclose now\n",
			want: result{Status: 1, Stderr: "CD: unknown command; help lists those there are\n" +
				"put: unknown command; help lists those there are\n" +
				"usage: cd DIR\nusage: get FILE [LOCAL]\nusage: get FILE [LOCAL]\nusage: get FILE [LOCAL]\n" +
				"get \"a: no quote at the end of the name\n" +
				"get \"a\"b: no space behind the quote at the end of the name\n" +
				"usage: pwd\nusage: help\nusage: close\n"},
			sent: "QUIT",
		},
		{
			name:  "sends_one_line_for_one_line",
			input: "cd a\rQUIT\n",
			want:  result{Status: 1, Stderr: "cd a?QUIT: a name cannot contain the end of a line\n"},
			sent:  "QUIT",
		},
		{
			name:  "explains_itself",
			input: "help\n",
			want: result{Stdout: "" +
				"cd DIR             go to the directory DIR of the server\n" +
				"ls [DIR]           list the directory, or DIR\n" +
				"get FILE [LOCAL]   get FILE, and call the copy LOCAL\n" +
				"pwd                print the name of the directory\n" +
				"close              end the session; so do quit and bye\n" +
				"help               print this list\n"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := serve(t, tt.script)
			dir := t.TempDir()
			writeFiles(t, dir, tt.before)
			_, wait := start(t, dir, strings.NewReader(tt.input), srv.addr)
			got := wait()
			if tt.want.Files == nil {
				tt.want.Files = files{}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ftp with the input %q (-want +got):\n%s", tt.input, diff)
			}
			if tt.sent == "" {
				return
			}
			if diff := cmp.Diff(tt.sent, srv.sent()); diff != "" {
				t.Errorf("ftp with the input %q sent (-want +got):\n%s", tt.input, diff)
			}
		})
	}
}

// unused returns an address where no program listens, nor can while the test runs:
// it is the near end of a connection.
func unused(t *testing.T) string {
	t.Helper()
	ln := listen(t)
	defer ln.Close()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// port returns the port of an address.
func port(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

func TestStart(t *testing.T) {
	refused := unused(t)
	_, refusal := net.Dial("tcp", refused)
	addr := func(s script) string { return serve(t, s).addr }

	full := addr(script{"": {reply: "421 too many of you", hangUp: true}})
	mute := addr(script{"": {hangUp: true}})
	clock := addr(script{"": {reply: "15:04:05"}})
	private := addr(script{"USER anonymous": {reply: "530-members\n530 only"}})
	strict := addr(script{"PASS guest@": {reply: "530 no"}})

	login := func(addr string) string { return "ftp: log in to " + addr + " as anonymous: " }
	tests := []struct {
		name   string
		args   []string
		status int
		stderr string
	}{
		{"reports_an_argument_too_many", []string{"a", "b"}, 2, "usage: ftp [host[:port]]\n"},
		{"reports_an_unknown_flag", []string{"-x"}, 2, "flag provided but not defined: -x\nusage: ftp [host[:port]]\n"},
		{"prints_its_usage", []string{"-h"}, 0, "usage: ftp [host[:port]]\n"},
		{"reports_a_refused_connection", []string{refused}, 1, "ftp: dial " + refused + ": " + cause(refusal).Error() + "\n"},
		{"reports_a_server_that_is_full", []string{full}, 1, login(full) + "server closed the connection: 421 too many of you\n"},
		{"reports_a_server_that_hangs_up", []string{mute}, 1, login(mute) + "server closed the connection\n"},
		{"reports_a_server_of_another_kind", []string{clock}, 1, login(clock) + "server does not speak FTP: no reply: \"15:04:05\"\n"},
		{"reports_a_server_for_others", []string{private}, 1, login(private) + "530 members only\n"},
		{"reports_a_server_that_wants_another_password", []string{strict}, 1, login(strict) + "530 no\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, wait := start(t, t.TempDir(), strings.NewReader("pwd\n"), tt.args...)
			got := wait()
			want := result{Status: tt.status, Stderr: tt.stderr, Files: map[string]string{}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ftp %s (-want +got):\n%s", strings.Join(tt.args, " "), diff)
			}
		})
	}
}

// A user who is asked for every command gets the next prompt after Ctrl-C. One
// whose commands come from a pipe wants none of those that follow.

func TestCtrlCAtATerminal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C on Windows")
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt) // so that one that is not caught does not end the test
	defer signal.Stop(signals)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	srv := serve(t, script{
		"RETR a": {reply: "150 here it comes", data: "ne", abort: func() { self.Signal(os.Interrupt) }, after: "426 as you like"},
		"PWD":    {reply: "257 \"/\""},
	})
	var out, errOut strings.Builder
	s := &session{
		in:     bufio.NewScanner(strings.NewReader("get a\npwd\n")),
		out:    &out,
		errOut: &errOut,
		prompt: "ftp> ",
		bars:   io.Discard,
	}
	if err := s.run(srv.addr); err != nil {
		t.Errorf("run returned %v, want no error", err)
	}
	got := result{0, out.String(), errOut.String(), readFiles(t, ".")}
	want := result{0, "ftp> ftp> /\nftp> \n", "get a: interrupted\n", map[string]string{}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a session with Ctrl-C in the middle of get a (-want +got):\n%s", diff)
	}
}

func TestCtrlCOnAPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a test cannot press Ctrl-C on Windows")
	}
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"a": "old"})
	halfway := make(chan struct{})
	srv := serve(t, script{"RETR a": {
		reply: "150 here it comes", data: "ne", abort: func() { close(halfway) }, after: "426 as you like",
	}})
	p, wait := start(t, dir, strings.NewReader("get a\npwd\n"), srv.addr)
	<-halfway
	p.Signal(os.Interrupt)
	want := result{1, "", "ftp: get a: interrupted\n", map[string]string{"a": "old"}}
	if diff := cmp.Diff(want, wait()); diff != "" {
		t.Errorf("ftp, interrupted in the middle of get a (-want +got):\n%s", diff)
	}
}
