package clocktest

import (
	"context"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/crowd"
	"example.com/workbook/testutil/pipenet"
	"example.com/workbook/testutil/timeline"
)

// TestPicture tests that the picture in a file shows what two clients of serve
// see. The first reads four lines; the second comes a second later, and reads
// three; each leaves half a second after its last. (It is no Example, since the
// fake clock takes a *testing.T.) With WORKBOOK_UPDATE=1 in the environment it
// writes the file.
func TestPicture(t *testing.T, serve Serve, file string) {
	t.Helper()
	var got string
	synctest.Test(t, func(t *testing.T) { got = picture(t, serve) })
	if os.Getenv("WORKBOOK_UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("two clients of serve saw\n%s\nwant what is in %s:\n%s", got, file, want)
	}
}

func picture(t *testing.T, serve Serve) string {
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
	stay := func(lines int) func(c *crowd.Client) error {
		return func(c *crowd.Client) error {
			for range lines {
				if _, err := c.ReadLine(time.Minute); err != nil {
					return err
				}
			}
			time.Sleep(500 * time.Millisecond)
			return nil
		}
	}
	cr.Go(t.Context(), "client 1", stay(4))
	time.Sleep(time.Second)
	cr.Go(t.Context(), "client 2", stay(3))
	if err := cr.Wait(); err != nil {
		t.Fatal(err)
	}
	return timeline.Draw(cr.Rows(), 7*time.Second, timeline.Unicode) + timeline.Unicode.Legend() + "\n"
}
