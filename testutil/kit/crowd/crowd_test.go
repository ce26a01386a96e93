package crowd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/crowd"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/timeline"
)

// serve starts a server that writes text to each client, one at a time, and
// disconnects; it returns how to reach it.
func serve(t *testing.T, text string) func(context.Context) (net.Conn, error) {
	t.Helper()
	nw := pipenet.New()
	ln, err := nw.Listen("localhost:8000")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			time.Sleep(time.Second)
			io.WriteString(conn, text)
			conn.Close()
		}
	}()
	t.Cleanup(func() { ln.Close() })
	return func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", "localhost:8000") }
}

func TestCrowdRecordsWhatEachClientSees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cr := crowd.New(serve(t, "hello\n"))
		for i := range 3 {
			cr.Go(t.Context(), fmt.Sprint("client ", i), func(c *crowd.Client) error {
				line, err := c.ReadLine(time.Minute)
				if line != "hello" {
					return fmt.Errorf("got %q, want hello", line)
				}
				return err
			})
			synctest.Wait() // so that they queue in this order
		}
		if err := cr.Wait(); err != nil {
			t.Fatalf("Wait() = %v, want nil", err)
		}
		var want []timeline.Row
		for i := range 3 {
			at := time.Duration(i+1) * time.Second
			want = append(want, timeline.Row{
				Name: fmt.Sprint("client ", i), Lines: []time.Duration{at}, Left: true, Leave: at,
			})
		}
		if diff := cmp.Diff(want, cr.Rows()); diff != "" {
			t.Errorf("Rows() mismatch (-want +got):\n%s", diff)
		}
		if got := cr.Picture(); !strings.Contains(got, "client 2") {
			t.Errorf("Picture() = %q, want a row of client 2", got)
		}
	})
}

func TestReadLine(t *testing.T) {
	tests := []struct {
		name, text string
		want       error
		message    string
	}{
		{"reports_a_server_that_hangs_up", "", io.EOF, `ann was disconnected (EOF)`},
		{"reports_a_line_without_an_end", "12:00", io.EOF, `ann got "12:00" and no newline, and was disconnected (EOF)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cr := crowd.New(serve(t, tt.text))
				cr.Go(t.Context(), "ann", func(c *crowd.Client) error {
					_, err := c.ReadLine(time.Hour)
					return err
				})
				if err := cr.Wait(); !errors.Is(err, tt.want) || err.Error() != tt.message {
					t.Errorf("ReadLine() = %v, want %s", err, tt.message)
				}
			})
		})
	}
}

func TestReadLineLosesPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cr := crowd.New(serve(t, "hello\n"))
		cr.Go(t.Context(), "ann", func(c *crowd.Client) error {
			_, err := c.ReadLine(500 * time.Millisecond)
			return err
		})
		err := cr.Wait()
		if want := "ann got nothing in 500ms"; !errors.Is(err, os.ErrDeadlineExceeded) || err.Error() != want {
			t.Errorf("ReadLine() = %v, want %s", err, want)
		}
		time.Sleep(time.Second) // until the server has noticed
	})
}

func TestReadLineTellsAPartOfALine(t *testing.T) {
	for _, tt := range []struct {
		text    string
		message string
		partial bool
	}{
		{"", "ann got nothing in 1m0s", false},
		{"hell", `ann got "hell" and no newline in 1m0s`, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			cr := crowd.New(func(context.Context) (net.Conn, error) {
				conn, server := net.Pipe()
				go io.WriteString(server, tt.text)
				return conn, nil
			})
			cr.Go(t.Context(), "ann", func(c *crowd.Client) error {
				_, err := c.ReadLine(time.Minute)
				return err
			})
			if err := cr.Wait(); err == nil || err.Error() != tt.message || errors.Is(err, crowd.ErrPartial) != tt.partial {
				t.Errorf("ReadLine() of %q = %v, want %s, which is ErrPartial: %t", tt.text, err, tt.message, tt.partial)
			}
		})
	}
}

func TestCrowdReportsAClientThatCannotConnect(t *testing.T) {
	refused := errors.New("refused")
	cr := crowd.New(func(context.Context) (net.Conn, error) { return nil, refused })
	cr.Go(t.Context(), "ann", func(*crowd.Client) error { return nil })
	if err := cr.Wait(); !errors.Is(err, refused) || !strings.HasPrefix(err.Error(), "ann cannot connect: ") {
		t.Errorf("Wait() = %v, want ann cannot connect: %v", err, refused)
	}
}
