package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/suites/ftptest"
)

func TestMain(m *testing.M) { program.Main(m, main) }

// Part 1: a greeting, a login, and a goodbye.
func TestLogin(t *testing.T) { ftptest.TestLogin(t, serve) }

// Part 2: the working directory.
func TestDirectories(t *testing.T) { ftptest.TestDirectories(t, serve) }

// Part 3: data connections and listings.
func TestListings(t *testing.T) { ftptest.TestListings(t, serve) }

// Part 4: files.
func TestFiles(t *testing.T) { ftptest.TestFiles(t, serve) }

// Part 5: many clients at the same time.
func TestSessions(t *testing.T)  { ftptest.TestSessions(t, serve) }
func TestTransfers(t *testing.T) { ftptest.TestTransfers(t, serve) }

// Part 6: no client leaves the root, and no client brings the server down.
func TestJail(t *testing.T)   { ftptest.TestJail(t, serve) }
func TestRobust(t *testing.T) { ftptest.TestRobust(t, serve) }

// Part 7: the program, and the clients that people use.
func TestProgram(t *testing.T) { ftptest.TestProgram(t) }
func TestClients(t *testing.T) { ftptest.TestClients(t) }

// Beyond the exercise.
func TestExtras(t *testing.T) { ftptest.TestExtras(t, serve) }

// What clients and serve say to each other, on a network in memory and a fake clock. C: is
// a command, and S: the code of a reply. All clients talk at the same time. At the end of
// its dialogue, a client stays for a minute. If your server sends another code that is
// also right, such as 200 after CWD, change the row. Your own rows have no points.
//
// If the test ends in a panic about a deadlock, a goroutine has not ended: the text below
// the panic shows where it waits.
func TestServe(t *testing.T) {
	const login = `S: 220
C: USER ann
S: 331
C: PASS secret
S: 230
`
	tests := []struct {
		name      string
		dialogues []string // one for each client
	}{
		{"lets_a_client_in_and_says_goodbye", []string{login + `C: QUIT
S: 221
`}},
		{"changes_the_working_directory", []string{login + `C: CWD poems
S: 250
C: CWD nowhere
S: 550
C: PWD
S: 257
`}},
		{"serves_a_second_client_while_the_first_stays", []string{login, login + `C: QUIT
S: 221
`}},

		// Add your own rows: a verb in lower case, a command that no server knows, a PASS
		// before the USER. After QUIT, S: EOF is a connection that the server has closed.
	}
	// talk lets a client send its part of a dialogue, and returns what both have said.
	talk := func(conn net.Conn, dialogue string) (said string, err error) {
		text := textproto.NewConn(conn)
		for line := range strings.Lines(dialogue) {
			if command, ok := strings.CutPrefix(line, "C: "); ok {
				said += line
				if _, err := text.Cmd("%s", strings.TrimSpace(command)); err != nil {
					return said, err
				}
				continue
			}
			conn.SetReadDeadline(time.Now().Add(10 * time.Second))
			code, _, err := text.ReadResponse(0)
			switch {
			case errors.Is(err, os.ErrDeadlineExceeded):
				return said + "S: nothing in 10s\n", nil
			case err == io.EOF:
				return said + "S: EOF\n", nil
			case err != nil:
				return said, err
			}
			said += fmt.Sprintf("S: %d\n", code)
		}
		return said, nil
	}
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "poems"), 0o755); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(30*time.Second, func() { panic("the fake clock has stopped: go test -timeout 10s shows where") })
	defer limit.Stop()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			started := true
			synctest.Test(t, func(t *testing.T) {
				nw := pipenet.New()
				ln, err := nw.Listen("localhost:8021")
				if err != nil {
					t.Fatal(err)
				}
				var server, clients errgroup.Group
				server.Go(func() error { return serve(ln, root) })

				said := make([]string, len(tt.dialogues))
				for i, dialogue := range tt.dialogues {
					conn, err := nw.Dial(t.Context(), "tcp", "localhost:8021")
					if err != nil {
						t.Fatal(err)
					}
					clients.Go(func() error {
						defer conn.Close()
						said[i], err = talk(conn, dialogue)
						time.Sleep(time.Minute)
						return err
					})
				}
				err = clients.Wait()
				ln.End() // closes it
				err = errors.Join(server.Wait(), err)
				if errors.Is(err, exercises.ErrNotStarted) {
					started = false
					return
				}
				if err != nil {
					t.Error(err)
				}
				for i, want := range tt.dialogues {
					if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(said[i], "\n")); diff != "" {
						t.Errorf("client %d and the server said (-want +got):\n%s", i+1, diff)
						break
					}
				}
				time.Sleep(2 * time.Second) // handleConn finds out that the last client has left
			})
			if !started {
				t.Skip("not started")
			}
		})
	}
}
