package clocktest

import (
	"bufio"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLineSaysATimeInSomeForm(t *testing.T) {
	clock := func(h, m, s int) time.Time { return time.Date(2026, time.March, 9, h, m, s, 0, time.UTC) }
	for _, tt := range []struct {
		line string
		at   time.Time
		want bool
	}{
		{"18:30:07", clock(18, 30, 7), true},
		{"The time is 18:30:07.", clock(18, 30, 7), true},
		{"Mon, 09 Mar 2026 18:30:07 UTC", clock(18, 30, 7), true},
		{"8:3:7", clock(8, 3, 7), true},
		{"18:30:7", clock(18, 30, 7), true},
		{"8:03:07 AM", clock(8, 3, 7), true},
		{"18:30", clock(18, 30, 7), true},
		{"18:07:30", clock(18, 30, 7), true}, // its layout has the minute for the second
		{"18:30:08", clock(18, 30, 7), false},
		{"18:30:07", clock(8, 30, 7), false},
		{"8:30:07", clock(18, 30, 7), false},
		{"06:30:07", clock(18, 30, 7), false},
		{"", clock(0, 0, 0), false},
		{"hello", clock(0, 0, 0), false},
	} {
		if got := len(formsOf(tt.line, tt.at, forms)) > 0; got != tt.want {
			t.Errorf("%q says %s in a form: %t, want %t", tt.line, tt.at.Format(layout), got, tt.want)
		}
	}
}

func TestAnyLineEndsWithANewlineOrATime(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"08:30:00\n08:30:01\n", []string{"08:30:00", "08:30:01"}},
		{"08:30:0008:30:01", []string{"08:30:00", "08:30:01"}},
		{"08:30:00\r08:30:01\r", []string{"08:30:00", "08:30:01"}},
		{"\n08:30:00\n08:30:01", []string{"08:30:00", "08:30:01"}},
		{"08:30:00\n\n08:30:01\n\n", []string{"08:30:00", "08:30:01"}},
		{"at 08:30:00 UTC\nat 08:30:01 UTC\n", []string{"at 08:30:00 UTC", "at 08:30:01 UTC"}},
		{"half past eight\n", []string{"half past eight"}},
		{"half past eight", []string{"half past eight"}},
	} {
		for name, r := range map[string]io.Reader{
			"at once":  strings.NewReader(tt.text),
			"in bytes": iotest.OneByteReader(strings.NewReader(tt.text)),
		} {
			if name == "in bytes" && strings.Contains(tt.text, "UTC") {
				continue // what follows a time is a line then
			}
			var got []string
			for in := bufio.NewReader(r); ; {
				line, err := anyLine(in)
				if line != "" {
					got = append(got, line)
				}
				if err != nil {
					break
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines of %q, %s, mismatch (-want +got):\n%s", tt.text, name, diff)
			}
		}
	}
}

func TestGreetingIsNotTheFirstLine(t *testing.T) {
	for text, want := range map[string]string{
		"Welcome!\n08:30:00\n": "08:30:00", "\nWelcome!\n\n08:30:00\n": "08:30:00",
		"08:30:00\nWelcome!\n": "08:30:00", "Welcome to clock2!\n08:30:00\n": "08:30:00",
		"You are client 17 at 127.0.0.1:50000\n8:30:0\n": "8:30:0", "083000\n08:30:00\n": "083000",
		"half past\neight\nnine\n": "eight", "Welcome!\n": "Welcome!", "Welcome!": "Welcome!", "": "",
	} {
		if got, _ := afterGreeting(bufio.NewReader(strings.NewReader(text))); got != want {
			t.Errorf("afterGreeting of %q = %q, want %q", text, got, want)
		}
	}
}
