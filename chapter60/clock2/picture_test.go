package main

import (
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/crowd"
	"example.com/workbook/testutil/pipenet"
	"example.com/workbook/testutil/timeline"
)

var update = flag.Bool("update", false, "write the picture to testdata")

// The chapter shows this picture. It cannot be an Example, since the fake clock
// takes a *testing.T.
func TestPictureShowsClientsAtOnce(t *testing.T) {
	var got string
	synctest.Test(t, func(t *testing.T) { got = picture(t) })
	file := filepath.Join("testdata", "picture.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("picture of serve and %s mismatch (-want +got):\n%s", file, diff)
	}
}

// picture draws what two clients of serve see. The second connects after a
// second.
func picture(t *testing.T) string {
	const address = "localhost:8000"
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	go serve(ln)
	defer func() {
		ln.Close()
		time.Sleep(2 * time.Second) // until serve has noticed who has left
	}()

	cr := crowd.New(func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", address) })
	cr.Go(t.Context(), "client 1", reads(4))
	time.Sleep(time.Second)
	cr.Go(t.Context(), "client 2", reads(3))
	if err := cr.Wait(); err != nil {
		t.Fatal(err)
	}
	return timeline.Draw(cr.Rows(), 7*time.Second, timeline.Unicode) + timeline.Unicode.Legend() + "\n"
}

// reads returns the visit of a client that reads n lines and leaves half a
// second later.
func reads(n int) func(c *crowd.Client) error {
	return func(c *crowd.Client) error {
		for range n {
			if _, err := c.ReadLine(time.Minute); err != nil {
				return err
			}
		}
		time.Sleep(500 * time.Millisecond)
		return nil
	}
}
