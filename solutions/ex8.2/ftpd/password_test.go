package main

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// guarded returns settings with which only ann may log in.
func guarded() settings {
	s := defaults
	s.account = newAccount("ann", "secret")
	return s
}

func TestAccountOpensToItsNameAndPassword(t *testing.T) {
	a := newAccount("ann", "secret")
	for _, tt := range []struct {
		name, password string
		want           bool
	}{
		{"ann", "secret", true},
		{"ann", "Secret", false},
		{"ann", "secret ", false},
		{"ann", "", false},
		{"Ann", "secret", false},
		{"", "secret", false},
		{"secret", "ann", false},
		{"anns", "ecret", false},
	} {
		if got := a.opens(tt.name, tt.password); got != tt.want {
			t.Errorf("opens(%q, %q) = %v, want %v", tt.name, tt.password, got, tt.want)
		}
	}
}

func TestFindAccount(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, files{"secret": "secret\n", "windows": "secret\r\n", "bare": "secret", "more": "secret\nmore\n", "spaces": " se cret \n", "empty": "", "line": "\nsecret\n"})
	tests := []struct {
		name, user, file, env string
		want                  string // the password
		err                   string
	}{
		{name: "nobody"},
		{name: "in_the_environment", user: "ann", env: "secret", want: "secret"},
		{name: "in_a_file", user: "ann", file: "secret", want: "secret"},
		{name: "in_a_file_and_not_in_the_environment", user: "ann", file: "secret", env: "other", want: "secret"},
		{name: "before_CR_LF", user: "ann", file: "windows", want: "secret"},
		{name: "without_an_end", user: "ann", file: "bare", want: "secret"},
		{name: "in_the_first_line", user: "ann", file: "more", want: "secret"},
		{name: "with_spaces", user: "ann", file: "spaces", want: " se cret "},
		{name: "of_nobody", env: "secret", err: "-user"},
		{name: "of_nobody_in_a_file", file: "secret", err: "-user"},
		{name: "nowhere", user: "ann", err: "-user ann"},
		{name: "empty", user: "ann", file: "empty", err: "-user ann"},
		{name: "not_in_the_first_line", user: "ann", file: "line", env: "secret", err: "-user ann"},
		{name: "in_no_file", user: "ann", file: "nosuch", env: "secret", err: "nosuch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(passwordEnv, tt.env)
			file := tt.file
			if file != "" {
				file = filepath.Join(dir, file)
			}
			got, err := findAccount(tt.user, file)
			switch {
			case tt.err != "":
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("findAccount(%q, %q) = %v, want an error with %s in it", tt.user, tt.file, err, tt.err)
				}
			case err != nil:
				t.Errorf("findAccount(%q, %q) = %v", tt.user, tt.file, err)
			case tt.want == "" && got != nil:
				t.Errorf("findAccount(%q, %q) returns an account, want none", tt.user, tt.file)
			case tt.want != "" && !got.opens(tt.user, tt.want):
				t.Errorf("findAccount(%q, %q) returns an account that %s does not open with the password %q", tt.user, tt.file, tt.user, tt.want)
			}
		})
	}
}

func TestOnlyTheUserMayLogIn(t *testing.T) {
	fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
		c := s.dial(t)
		c.want(220)
		c.do("USER ann", 331)
		since := time.Now()
		c.do("PASS secret", 230)
		if took := time.Since(since); took != 0 {
			t.Errorf("the reply to the right password came after %v, want immediately", took)
		}
		c.do("PWD", 257)
	})
}

// What a client reads, and when, must not tell whether there is such a user.
func TestWrongNameAndWrongPasswordAreAnsweredAlike(t *testing.T) {
	fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
		var want [2]string
		for i, tt := range []struct{ name, password string }{
			{"ann", "wrong"}, {"ann", ""}, {"bob", "secret"}, {"bob", "wrong"}, {"anonymous", "guest@"}, {"ftp", "secret"}, {"root", "root"}, {"secret", "ann"},
		} {
			c := s.dial(t)
			c.want(220)
			got := [2]string{c.do("USER "+tt.name, 331)}
			since := time.Now()
			got[1] = c.do("PASS "+tt.password, 530)
			if took := time.Since(since); took != failureTime {
				t.Errorf("USER %s and PASS %s got their replies after %v, want %v", tt.name, tt.password, took, failureTime)
			}
			if i == 0 {
				want = got
			}
			if got != want {
				t.Errorf("the replies to USER %s and PASS %s are %q, want %q as for all others", tt.name, tt.password, got, want)
			}
			c.do("PWD", 530)
			c.do("QUIT", 221)
		}
	})
}

func TestSessionMayTryFewPasswords(t *testing.T) {
	fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
		c := s.dial(t)
		c.want(220)
		for range maxFailures {
			c.do("USER ann", 331)
			c.do("PASS guess", 530)
		}
		c.wantEnd()

		c = s.dial(t) // but one who gets in has all tries again
		c.want(220)
		for range 2 {
			c.do("USER ann", 331)
			for range maxFailures - 1 {
				c.do("PASS guess", 530)
			}
			c.do("PASS secret", 230)
		}
	})
}

func TestWrongPasswordHoldsUpNobodyElse(t *testing.T) {
	fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
		wrong := s.dial(t)
		wrong.want(220)
		wrong.do("USER ann", 331)
		wrong.send("PASS guess\r\n")
		since := time.Now()
		for range 10 {
			c := s.dial(t)
			c.want(220)
			c.do("USER ann", 331)
			c.do("PASS secret", 230)
		}
		if took := time.Since(since); took != 0 {
			t.Errorf("ten logins while another waits for the reply to a wrong password take %v, want no time", took)
		}
		wrong.want(530)
	})
}

// Nor does it hold up the end of the server, or that of its own session.
func TestWrongPasswordIsWaitedForNoLongerThanNeeded(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *pipeSite, c *client){
		"server_ends": func(t *testing.T, s *pipeSite, c *client) {
			s.ln.Close()
			c.want(530, 421)
			s.stop(t)
		},
		"client_goes": func(t *testing.T, s *pipeSite, c *client) {
			c.Conn.Close()
			s.stop(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
				c := s.dial(t)
				c.want(220)
				c.do("USER ann", 331)
				c.send("PASS guess\r\n")
				synctest.Wait()
				since := time.Now()
				end(t, s, c)
				if took := time.Since(since); took != 0 {
					t.Errorf("the server ends %v later, want immediately", took)
				}
			})
		})
	}
}

// Who does not log in must not keep the place of one who would.
func TestServerHangsUpOnAStranger(t *testing.T) {
	for _, tt := range []struct {
		name string
		talk func(c *client)
	}{
		{"who_says_nothing", func(c *client) { c.want(220) }},
		{"who_says_half_a_command", func(c *client) {
			c.want(220)
			c.send("USER a")
		}},
		{"who_says_only_a_name", func(c *client) {
			c.want(220)
			c.do("USER ann", 331)
		}},
		{"who_says_all_but_the_password", func(c *client) {
			c.want(220)
			for range 11 {
				time.Sleep(5 * time.Second)
				c.do("NOOP", 200)
			}
		}},
		{"who_guesses_passwords", func(c *client) {
			c.want(220)
			time.Sleep(defaults.login - failureTime)
			c.do("USER ann", 331)
			c.do("PASS guess", 530)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fakeTime(t, guarded(), func(t *testing.T, s *pipeSite) {
				since := time.Now()
				c := s.dial(t)
				tt.talk(c)
				c.want(421)
				c.wantEnd()
				if took := time.Since(since); took != defaults.login {
					t.Errorf("the server disconnects after %v, want %v", took, defaults.login)
				}
			})
		})
	}
}

func TestServerHangsUpOnNobodyWhoHasLoggedIn(t *testing.T) {
	fakeTime(t, defaults, func(t *testing.T, s *pipeSite) {
		c := s.login(t)
		time.Sleep(5 * time.Minute)
		c.do("USER other", 331) // and takes his time
		time.Sleep(5 * time.Minute)
		c.do("PASS x", 230)
	})
}

func TestPasswordIsInTheEnvironmentAndNotInTheLog(t *testing.T) {
	t.Setenv(passwordEnv, "secret")
	s := startFTPD(t, "-user", "ann")
	c := s.dial(t)
	c.want(220)
	c.do("USER ann", 331)
	c.do("PASS secret", 230)
	c.do("QUIT", 221)
	lastWord := func(text string) bool { return strings.Contains(text, "INFO session") }
	if err := s.Await(t.Context(), lastWord); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(s.Output(), "secret") {
		t.Errorf("the log is\n%s\nwant no password in it", s.Output())
	}
}
