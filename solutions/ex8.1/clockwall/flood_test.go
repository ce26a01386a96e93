package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/suites/suite"
)

const (
	perSecond = 20 // lines that each of many clocks sends
	shown     = 5 * time.Second
)

// How often the wall is drawn does not depend on how many clocks there are, nor on how
// much they send.
func TestRedrawsAreBoundedWhateverTheClocksSend(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("takes a second; runs if the environment variable WORKBOOK_SLOW is set")
	}
	t.Run("rows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			dial, args := busyClocks(t)
			ctx, cancel := context.WithTimeout(t.Context(), shown)
			defer cancel()
			if err := run(ctx, dial, args, &out); err != nil {
				t.Fatal(err)
			}
			wantRedraws(t, out.Bytes(), "\n", 1+int(shown/time.Second)) // with the names
		})
	})
	t.Run("terminal", func(t *testing.T) {
		file, err := os.Create(filepath.Join(t.TempDir(), "screen"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		synctest.Test(t, func(t *testing.T) {
			dial, args := busyClocks(t)
			ctx, cancel := context.WithTimeout(t.Context(), shown)
			defer cancel()
			if err := showIn(ctx, "terminal", dial, args, file); err != nil {
				t.Fatal(err)
			}
		})
		text, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		wantRedraws(t, text, cursorHome, int(shown/redrawInterval))
	})
}

// busyClocks starts many clocks, and returns how to dial them and what to call them. It
// must be called in a bubble, and stops them at the end of the test.
func busyClocks(t *testing.T) (dialFunc, []string) {
	nw := pipenet.New()
	ln, err := nw.Listen("localhost:8010")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ln.Close()
		time.Sleep(time.Second) // in the bubble's time, for each clock to see that its client has left
	})
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go tickOften(conn)
		}
	}()
	var args []string
	for i := range manyClocks {
		args = append(args, fmt.Sprintf("clock%d=localhost:8010", i+1))
	}
	return nw.Dial, args
}

func tickOften(conn net.Conn) {
	defer conn.Close()
	for {
		if _, err := io.WriteString(conn, time.Now().Format(time.TimeOnly)+"\n"); err != nil {
			return
		}
		time.Sleep(time.Second / perSecond)
	}
}

// wantRedraws wants redraw, which is in text once for each, some times, give or take
// one at the end.
func wantRedraws(t *testing.T, text []byte, redraw string, want int) {
	t.Helper()
	if got := bytes.Count(text, []byte(redraw)); got < want-1 || got > want+1 {
		t.Errorf("%d clocks sent %d lines a second each, and the wall was drawn %d times in %v, want about %d", manyClocks, perSecond, got, shown, want)
	}
}
