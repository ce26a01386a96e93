package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for line, want := range map[string][2]string{
		"":                 {"", ""},
		"NOOP":             {"NOOP", ""},
		"noop":             {"NOOP", ""},
		"Retr A":           {"RETR", "A"},
		"RETR two  words ": {"RETR", "two  words "},
		"RETR  a":          {"RETR", " a"},
		"RETR ":            {"RETR", ""},
		" RETR a":          {"", "RETR a"},
		"RETR\ta":          {"RETR\tA", ""},
		"SITE CHMOD 644 ä": {"SITE", "CHMOD 644 ä"},
	} {
		verb, arg := split(line)
		if got := [2]string{verb, arg}; got != want {
			t.Errorf("split(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"größe 東京":             "größe 東京",
		"a\nb\r\nc\td\x00":     "a?b??c\td?",
		"\x1b[2J\x7f":          "?[2J?",
		"\u009b2J\u0085\u00a0": "??2J??\u00a0", // control characters too, of two bytes
		"Û 雛 \x9b":             "Û 雛 \x9b",     // bytes of such, but not after 0xc2
		"gr\xf6\xdfe":          "gr\xf6\xdfe",  // no UTF-8, and yet a name
		"230 come in\r\n550":   "230 come in??550",
	} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCommands(t *testing.T) {
	tests := []struct {
		name  string
		steps []step
	}{
		{"knows_the_verbs_in_any_case", []step{{"noop", 200, ""}, {"NoOp", 200, ""}, {"pwd", 257, ""}}},
		{"does_not_know_others", []step{{"XYZZY", 500, ""}, {"", 500, ""}, {" ", 500, ""}, {" NOOP", 500, ""}, {tooLong, 500, ""}}},
		{"wants_arguments", []step{{"CWD", 501, ""}, {"CWD ", 501, ""}, {"RETR", 501, ""}, {"TYPE", 501, ""}, {"REST", 501, ""}, {"PORT", 501, ""}}},
		{"wants_no_arguments", []step{{"PWD x", 501, ""}, {"QUIT x", 501, ""}, {"CDUP ..", 501, ""}, {"PWD ", 257, ""}}},
		{"knows_two_types", []step{{"TYPE A", 200, ""}, {"TYPE a n", 200, ""}, {"TYPE i", 200, ""}, {"TYPE L 8", 200, ""}, {"TYPE E", 504, ""}, {"TYPE L 7", 504, ""}, {"TYPE A T", 504, ""}}},
		{"knows_one_mode_and_structure", []step{{"MODE S", 200, ""}, {"MODE s", 200, ""}, {"MODE B", 504, ""}, {"STRU F", 200, ""}, {"STRU R", 504, ""}}},
		{"knows_the_old_names", []step{{"XPWD", 257, ""}, {"XCWD /", 250, ""}, {"XCUP", 250, ""}}},
		{"needs_no_space_or_account", []step{{"ALLO 100", 202, ""}, {"ACCT x", 202, ""}}},
		{"knows_options", []step{{"OPTS UTF8 ON", 200, ""}, {"opts utf8", 200, ""}, {"OPTS MLST type;size;", 200, ""}, {"OPTS UTF8 OFF", 501, ""}, {"OPTS x", 501, ""}}},
		{"tells_of_itself", []step{{"SYST", 215, ""}, {"STAT", 211, ""}, {"HELP", 214, ""}, {"HELP RETR", 214, ""}, {"SITE HELP", 504, ""}}},
		{"logs_in_again", []step{{"USER other", 331, ""}, {"PWD", 530, ""}, {"PASS", 230, ""}, {"PWD", 257, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, defaults, nil).login(t).talk(tt.steps)
		})
	}
}

func TestStrangerCanDoLittle(t *testing.T) {
	s := start(t, writable(), nil)
	c := s.dial(t)
	c.want(220)
	for verb, rule := range rules {
		if !rule.stranger {
			c.do(verb+" 1", 530)
		}
	}
	c.talk([]step{{"PASS x", 503, ""}, {"NOOP", 200, ""}, {"SYST", 215, ""}, {"FEAT", 211, ""}, {"HELP", 214, ""}, {"QUIT", 221, ""}})
	c.wantEnd()
	s.wantFiles(t, files{})
}

func TestFEATListsWhatThereIs(t *testing.T) {
	c := start(t, defaults, nil).login(t)
	want := []string{"Extensions:", " EPRT", " EPSV", " MDTM", " MFMT", " MLST type*;size*;modify*;perm*;unix.mode*;", " REST STREAM", " SIZE", " TVFS", " UTF8", "End"}
	got := strings.Split(c.do("FEAT", 211), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("FEAT (-want +got):\n%s", diff)
	}
	help := c.do("HELP", 214)
	for verb := range rules {
		if !strings.Contains(help, verb) {
			t.Errorf("the reply to HELP is %q, want %s in it", help, verb)
		}
	}
}

// A command without a rule would need no login.
func TestEachCommandHasARule(t *testing.T) {
	var carriedOut []string
	for _, file := range []string{"commands.go", "extras.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\tcase (".+):`).FindAllStringSubmatch(string(text), -1) {
			for verb := range strings.SplitSeq(m[1], ", ") {
				carriedOut = append(carriedOut, strings.Trim(verb, `"`))
			}
		}
	}
	slices.Sort(carriedOut)
	// An empty line and POST, of a browser, are no commands.
	want := slices.Sorted(maps.Keys(rules))
	want = append(want, "", "POST")
	slices.Sort(want)
	if diff := cmp.Diff(want, carriedOut); diff != "" {
		t.Errorf("the verbs of rules, and the cases of do and extra, mismatch (-want +got):\n%s", diff)
	}
}

// nmap and others know an FTP server by that word.
func TestGreetingSaysFTP(t *testing.T) {
	for name, set := range map[string]settings{"for_anybody": defaults, "for_one_user": guarded()} {
		t.Run(name, func(t *testing.T) {
			c := start(t, set, nil).dial(t)
			for _, got := range []string{c.want(220), c.do("REIN", 220)} {
				if !strings.Contains(got, "FTP") {
					t.Errorf("the greeting is %q, want the word FTP in it", got)
				}
			}
		})
	}
}

func TestREINLogsTheClientOut(t *testing.T) {
	c := start(t, withTLS(), files{"small.txt": "small\n", "sub/a": ""}).login(t)
	c.talk([]step{{"CWD sub", 250, ""}, {"EPSV ALL", 200, ""}, {"REST 3", 350, ""}, {"REIN", 220, ""}, {"PWD", 530, ""}, {"PASS x", 503, ""}})
	c.talk([]step{{"USER ann", 331, ""}, {"PASS x", 230, ""}, {"PASV", 227, ""}, {"RETR small.txt", 226, "small\r\n"}})
	c.handshake()
	c.do("REIN", 502)
}

func TestQUITIsTheLastCommand(t *testing.T) {
	s := start(t, writable(), files{"a": ""})
	for _, line := range []string{"QUIT", "quit", "QUIT "} {
		c := s.login(t)
		c.send(line + "\r\nDELE a\r\n")
		c.want(221)
		s.wantFiles(t, files{"a": ""})
	}
	c := s.login(t)
	c.send(" QUIT\r\nNOOP\r\n") // no command: what comes after it is read
	c.want(500, 200)
}
