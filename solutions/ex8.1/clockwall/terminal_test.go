package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var frameTime = time.Date(2026, time.March, 14, 15, 9, 26, 0, time.UTC)

// frameTable returns a table of a clock that is well, one that is lost, one that is
// silent, and one that is being dialed.
func frameTable() *table {
	t := newTable([]clock{{name: "NewYork"}, {name: "London"}, {name: "Tokyo"}, {name: "São Paulo"}})
	t.latest["NewYork"] = reading{at: frameTime, time: "09:59:58"}
	t.latest["London"] = reading{at: frameTime, err: errors.New("no route to host"), wait: 4 * time.Second}
	t.latest["Tokyo"] = reading{at: frameTime.Add(-7 * time.Second), time: "22:59:51"}
	return t
}

func TestFrame(t *testing.T) {
	tests := []struct {
		name          string
		width, height int
		want          []string
	}{
		{"roomy", 80, 24, []string{
			"NewYork    09:59:58",
			"London     --:--:--  lost: no route to host, trying again in 4s",
			"Tokyo      22:59:51  silent for 7s",
			"São Paulo  --:--:--  connecting",
		}},
		{"narrow", 31, 4, []string{
			"NewYork    09:59:58",
			"London     --:--:--  lost: no…",
			"Tokyo      22:59:51  silent f…",
			"São Paulo  --:--:--  connecti…",
		}},
		{"narrower", 18, 4, []string{
			"NewYork  09:59:58",
			"London   --:--:--",
			"Tokyo    22:59:51",
			"São Pa…  --:--:--",
		}},
		{"low", 80, 3, []string{
			"NewYork    09:59:58",
			"London     --:--:--  lost: no route to host, trying again in 4s",
			"and 2 more",
		}},
		{"tiny", 2, 1, []string{"…"}},
		{"least", 1, 1, []string{""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			frame := frameTable().frame(frameTime, test.width, test.height)
			text, ok := strings.CutPrefix(frame, "\x1b[H")
			if !ok {
				t.Errorf("frame does not start at the top: %q", frame)
			}
			text, ok = strings.CutSuffix(text, "\x1b[J")
			if !ok {
				t.Errorf("frame does not end by clearing what is below: %q", frame)
			}
			var got []string
			for line := range strings.SplitSeq(text, "\r\n") {
				line, ok := strings.CutSuffix(line, "\x1b[K")
				if !ok {
					t.Errorf("line does not end by clearing what is right of it: %q", line)
				}
				got = append(got, line)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got lines\n%q\nwant\n%q", got, test.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	refused := &net.OpError{ // as net.Dialer returns it
		Op:   "dial",
		Net:  "tcp",
		Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8030},
		Err:  os.NewSyscallError("connect", errors.New("connection refused")),
	}
	lost := reading{err: refused, wait: 8 * time.Second}
	tests := []struct {
		name string
		r    reading
		age  time.Duration
		want string
	}{
		{"well", reading{time: "09:59:58"}, time.Second, ""},
		{"well for now", reading{time: "09:59:58"}, 5 * time.Second, ""},
		{"silent", reading{time: "09:59:58"}, 7900 * time.Millisecond, "silent for 7s"},
		{"silent for long", reading{time: "09:59:58"}, 90 * time.Minute, "silent for 1h30m0s"},
		{"just connected", reading{}, time.Second, ""},
		{"never spoke", reading{}, 6 * time.Second, "silent for 6s"},
		{"just lost", lost, 0, "lost: connection refused, trying again in 8s"},
		{"lost", lost, 5100 * time.Millisecond, "lost: connection refused, trying again in 3s"},
		{"nearly dialed again", lost, 7999 * time.Millisecond, "lost: connection refused, trying again in 1s"},
		{"dialed again", lost, 8 * time.Second, "lost: connection refused, trying again"},
	}
	for _, test := range tests {
		c := clock{name: "Tokyo"}
		wall := newTable([]clock{c})
		test.r.at = frameTime.Add(-test.age)
		wall.latest[c.name] = test.r
		if got := wall.status(c, frameTime); got != test.want {
			t.Errorf("%s: status is %q, want %q", test.name, got, test.want)
		}
	}
}

func TestFit(t *testing.T) {
	tests := []struct {
		s     string
		width int
		want  string
	}{
		{"", 0, ""},
		{"", 3, ""},
		{"Rome", 5, "Rome"},
		{"Rome", 4, "Rome"},
		{"Rome", 3, "Ro…"},
		{"Rome", 1, "…"},
		{"Rome", 0, ""},
		{"Rome", -1, ""},
		{"Zürich", 6, "Zürich"},
		{"Zürich", 3, "Zü…"},
	}
	for _, test := range tests {
		if got := fit(test.s, test.width); got != test.want {
			t.Errorf("fit(%q, %d) = %q, want %q", test.s, test.width, got, test.want)
		}
	}
}

func TestTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()

	for _, test := range []struct {
		name string
		out  io.Writer
	}{
		{"buffer", new(bytes.Buffer)},
		{"file", file},
		{"pipe", w},
	} {
		if _, ok := terminal(test.out); ok {
			t.Errorf("terminal takes a %s for a terminal", test.name)
		}
	}
}
