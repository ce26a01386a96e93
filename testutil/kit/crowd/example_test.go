package crowd_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"example.com/workbook/testutil/kit/crowd"
	"example.com/workbook/testutil/kit/pipenet"
)

func Example() {
	nw := pipenet.New()
	ln, _ := nw.Listen("localhost:8000")
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			fmt.Fprintln(conn, "hello")
			conn.Close()
		}
	}()

	cr := crowd.New(func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", "localhost:8000") })
	for i := range 3 {
		cr.Go(context.Background(), fmt.Sprint("client ", i+1), func(c *crowd.Client) error {
			_, err := c.ReadLine(time.Minute)
			return err
		})
	}
	err := cr.Wait()
	for _, row := range cr.Rows() {
		fmt.Println(row.Name, "got", len(row.Lines), "line")
	}
	fmt.Println(err)
	// Output:
	// client 1 got 1 line
	// client 2 got 1 line
	// client 3 got 1 line
	// <nil>
}
