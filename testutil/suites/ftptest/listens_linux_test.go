package ftptest

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/program"
)

// TestMain is a server in the processes that the tests below start.
func TestMain(m *testing.M) {
	prints := os.Getenv("FTPTEST_PRINTS")
	if prints == "" {
		setLocalhost()
		flag.Parse()
		flag.Set("test.parallel", "6") // most kinds of servers are waited for
		os.Exit(m.Run())
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer ln.Close()
	if prints == "nothing" {
		time.Sleep(time.Hour) // an empty select would be a deadlock without cgo
	}
	fmt.Println(strings.ReplaceAll(prints, "ADDRESS", ln.Addr().String()))
	if strings.Contains(prints, "closed") {
		ln.Close()
	}
	time.Sleep(time.Hour)
}

// What a program prints may be no address, or one where no process listens.
func TestListenerIsFoundByItsProcess(t *testing.T) {
	for _, tt := range []struct {
		name, prints string
		shell        bool
		wrong        string // "" if the listener is found
	}{
		{"a_line", "listening on ADDRESS", false, ""},
		{"nothing", "nothing", false, ""},
		{"usage", "usage: ftpd -port number (default 8000)", false, ""},
		{"in_a_script", "ready", true, ""},
		{"a_listener_that_is_closed", "closed ADDRESS", false, "does not listen there"},
		{"no_listener", "closed", false, "listens nowhere"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0])
			if tt.shell {
				cmd = exec.Command("sh", "-c", `"$0"; exit 1`, os.Args[0])
			}
			cmd.Env = append(os.Environ(), "FTPTEST_PRINTS="+tt.prints)
			p, err := program.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Stop()
			patience := 20 * time.Second
			if tt.wrong != "" {
				if err := p.Await(t.Context(), func(text string) bool { return text != "" }); err != nil {
					t.Fatal(err)
				}
				patience = 300 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			address, err := program.Find(ctx, p, "localhost:0")
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("Find of a program that prints %q = %s, %v, want an error with %q", tt.prints, address, err, tt.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatalf("Find of a program that prints %q = %s, and no process listens there: %v", tt.prints, address, err)
			}
			conn.Close()
		})
	}
}

// A program that prints the port that it was asked for is told so, and not that nothing
// listens there.
func TestPortZeroIsReported(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "FTPTEST_PRINTS=listening on 127.0.0.1:0")
	s := &site{patience: 20 * time.Second}
	err := s.start(t.Context(), cmd, "127.0.0.1:0")
	if err == nil || !strings.Contains(err.Error(), "it printed port 0") {
		t.Errorf("start of a program that prints port 0 = %v, want an error that says so", err)
	}
}

// A server that says where it listens before it does so does not depend on luck.
func TestRefusedConnectionIsTriedAgain(t *testing.T) {
	for _, listens := range []bool{true, false} {
		p, err := program.Start(exec.Command("cat")) // it waits for what is typed
		if err != nil {
			t.Fatal(err)
		}
		defer p.Stop()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := ln.Addr().String()
		ln.Close()
		s := &site{process: p, patience: 400 * time.Millisecond}
		if listens {
			s.patience = 20 * time.Second
		}
		s.dialTo(address)
		dialed := make(chan error, 1)
		go func() {
			conn, err := s.dial(t.Context())
			if err == nil {
				conn.Close()
			}
			dialed <- err
		}()
		if listens {
			if ln, err = net.Listen("tcp", address); err != nil {
				t.Skip("another process has the port: ", err)
			}
			defer ln.Close()
		}
		err = <-dialed
		if listens && err != nil {
			t.Errorf("a server that listens a moment later: dial = %v, want a connection", err)
		}
		if want := "again and again for 400ms; listen first"; !listens && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("a server that never listens: dial = %v, want an error with %q", err, want)
		}
	}
}
