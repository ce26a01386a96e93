package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/kit/pipenet"
)

// A pipeSite is a site on a network in memory, for tests on a fake clock.
type pipeSite struct {
	*site
	nw *pipenet.Network
}

// fakeTime runs a test on a fake clock. All that it has started must end with it.
func fakeTime(t *testing.T, set settings, run func(t *testing.T, s *pipeSite)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		nw := pipenet.New()
		ln, err := nw.Listen("localhost:8021")
		if err != nil {
			t.Fatal(err)
		}
		s := &pipeSite{startWith(t, ln, set, nil), nw}
		run(t, s)
		s.stop(t)
	})
}

// dial connects a client for which nothing is kept that it does not read.
func (s *pipeSite) dial(t *testing.T) *client {
	t.Helper()
	conn, err := s.nw.Dial(pipenet.WithWindow(t.Context(), 1), "tcp", "localhost:8021")
	if err != nil {
		t.Fatal(err)
	}
	return newClient(t, conn, 24*time.Hour)
}

func (s *pipeSite) login(t *testing.T) *client {
	t.Helper()
	c := s.dial(t)
	c.login()
	return c
}

func TestServerHangsUpOnAnIdleClient(t *testing.T) {
	const idle = 5 * time.Minute
	set := defaults
	set.idle = idle
	for _, tt := range []struct {
		name string
		talk func(c *client)
	}{
		{"after_its_last_command", func(c *client) {
			c.login()
			for range 3 { // each starts the time again
				time.Sleep(idle - time.Second)
				c.do("NOOP", 200)
			}
		}},
		{"in_the_middle_of_a_command", func(c *client) {
			c.login()
			c.send("NOO")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fakeTime(t, set, func(t *testing.T, s *pipeSite) {
				c := s.dial(t)
				tt.talk(c)
				since := time.Now()
				c.want(421)
				if took := time.Since(since); took != idle {
					t.Errorf("an idle client is told 421 after %v, want %v", took, idle)
				}
				c.wantEnd()
			})
		})
	}
}

func TestServerHangsUpOnAClientThatDoesNotRead(t *testing.T) {
	fakeTime(t, defaults, func(t *testing.T, s *pipeSite) {
		c := s.login(t)
		c.send(strings.Repeat("NOOP\r\n", 64)) // the first reply is not read
		synctest.Wait()
		time.Sleep(replyTime)
		synctest.Wait()
		if got, want := s.nw.Open(), 1; got != want {
			t.Errorf("%v after it has stopped to read there are %d ends of connections open, want %d, its own", replyTime, got, want)
		}
	})
}

func TestServerHasRoomForSoManySessions(t *testing.T) {
	set := defaults
	set.max = 2
	fakeTime(t, set, func(t *testing.T, s *pipeSite) {
		first, second := s.login(t), s.login(t)
		for range 2 {
			c := s.dial(t)
			c.want(421)
			c.wantEnd()
		}
		first.do("QUIT", 221)
		first.wantEnd()
		synctest.Wait()
		s.login(t).do("NOOP", 200)
		second.do("NOOP", 200)
	})
}

func TestEndOfTheServer(t *testing.T) {
	tests := []struct {
		name string
		run  func(t *testing.T, s *pipeSite)
		want time.Duration // how long it takes
	}{
		{"comes_at_once_without_clients", func(*testing.T, *pipeSite) {}, 0},
		{"is_told_to_idle_clients", func(t *testing.T, s *pipeSite) {
			for _, c := range []*client{s.dial(t), s.login(t)} {
				if c.Asked == "connecting" {
					c.want(220)
				}
				go func() {
					if code, _, err := c.Text.ReadResponse(0); code != 421 || err != nil {
						t.Errorf("when the server ends an idle client reads %d, %v, want 421", code, err)
					}
				}()
			}
		}, 0},
		{"waits_no_longer_than_the_grace_for_one_that_does_not_read", func(t *testing.T, s *pipeSite) { s.dial(t) }, defaults.grace + time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fakeTime(t, defaults, func(t *testing.T, s *pipeSite) {
				tt.run(t, s)
				synctest.Wait()
				since := time.Now()
				s.stop(t)
				if took := time.Since(since); took != tt.want {
					t.Errorf("serve returns %v after its listener is closed, want %v", took, tt.want)
				}
				synctest.Wait()
			})
		})
	}
}

// A transfer under way may finish, and its client is told that the server ends.
func TestEndOfTheServerLetsATransferFinish(t *testing.T) {
	set := defaults
	set.grace = time.Minute
	s := start(t, set, nil)
	s.sparse(t, "large.bin", large)
	idle := s.login(t)
	c := s.login(t)
	data := c.begin("RETR large.bin")
	s.ln.Close()
	idle.want(421) // the server is about to end
	if got := c.count(data); got != large {
		t.Errorf("RETR large.bin sends %d bytes while the server ends, want %d", got, large)
	}
	c.want(226, 421)
	c.wantEnd()
}

func TestEndOfTheServerCutsATransferThatStandsStill(t *testing.T) {
	set := writable()
	set.grace = time.Millisecond
	for _, line := range []string{"RETR large.bin", "STOR new.bin"} {
		t.Run(line[:4], func(t *testing.T) {
			s := start(t, set, nil)
			s.sparse(t, "large.bin", large)
			c := s.login(t)
			data := c.begin(line)
			s.ln.Close()
			c.want(426, 421)
			c.wantEnd()
			if n, err := io.Copy(io.Discard, data); n >= large {
				t.Errorf("%s sends %d bytes, %v, want it cut", line, n, err)
			}
			s.stop(t)
			if n := s.partial(); n >= 0 {
				t.Errorf("after %s there is a partial file of %d bytes, want none", line, n)
			}
		})
	}
}

func TestServeReportsADirectoryThatIsNotThere(t *testing.T) {
	s := start(t, defaults, smallFile)
	for _, root := range []string{"nosuch", "small.txt"} {
		err := serve(s.ln, s.dir+"/"+root)
		if err == nil || !strings.Contains(fmt.Sprint(err), root) {
			t.Errorf("serve(ln, %q) = %v, want an error that names it", root, err)
		}
	}
}
