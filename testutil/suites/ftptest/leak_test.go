package ftptest

import (
	"errors"
	"testing"
	"time"

	"example.com/workbook/testutil/kit/goroutine"
)

// A server that gives up waiting for a data connection is right, however late it does so. One that
// never gives up leaks a goroutine.
func TestServerMayWaitForADataConnection(t *testing.T) {
	const patience = 400 * time.Millisecond
	t.Setenv("WORKBOOK_PATIENCE", patience.String())
	for _, tt := range []struct {
		name string
		late time.Duration
		leak bool
	}{
		{"for_a_while", patience, false},
		{"forever", 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			open := loopback(closed(t, double{late: tt.late}.serve))
			err := open.visit(t.Context(), withClient(func(s *site, c *client) error {
				if _, err := c.do("PASV", "227"); err != nil {
					return err
				}
				if err := c.send("RETR hello.txt"); err != nil {
					return err
				}
				_, err := c.want("150")
				return err
			}))
			if _, leak := errors.AsType[*goroutine.LeakError](err); leak != tt.leak || err != nil && !leak {
				t.Errorf("a server that waits %s for a data connection: %v, want a leak: %v", tt.name, err, tt.leak)
			}
		})
	}
}
