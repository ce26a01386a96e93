package clocktest

import (
	"testing"
	"time"
)

func TestWrongFormIsExplained(t *testing.T) {
	due := time.Date(2000, 1, 1, 8, 30, 7, 0, time.UTC)
	for got, want := range map[string]bool{
		"hh:mm:ss": true, "HH:MM:SS": true, "08:07:30": true, "08:30:30": true, "08:01:07": true,
		"08:30:07\r": true, " 08:30:07": true, "8:30AM": true, "08:30:07 am": true, "8:30:07": true, "08:30:7": true,
		"2000-01-01 08:30:07": true, "08:30:07.000": true, "Welcome": true,
		"08:30:06": false, "03:30:07": false, "20:30:07": false, "08:30:00": false, "": false,
	} {
		if text := misread(got, due); (text != "") != want {
			t.Errorf("misread(%q) at 08:30:07 = %q, want a reason: %v", got, text, want)
		}
	}
}

func TestPrintedTimeIsNotThatOfALog(t *testing.T) {
	for output, want := range map[string]bool{
		"08:30:00\n08:30:01\n": true, "listening\n08:30:00\r\n": true,
		"2000/01/01 08:30:00 a client has left\n": false, "08:30:00 a client has left\n": false, "": false,
	} {
		if got := printedTime.MatchString(output); got != want {
			t.Errorf("printedTime matches %q: %v, want %v", output, got, want)
		}
	}
}
