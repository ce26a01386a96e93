package pipenet_test

import (
	"context"
	"errors"
	"fmt"
	"io"

	"example.com/workbook/testutil/kit/pipenet"
)

func Example() {
	nw := pipenet.New()
	ln, err := nw.Listen("localhost:8000")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		fmt.Fprintln(conn, "15:04:05")
		conn.Close()
	}()

	conn, err := nw.Dial(context.Background(), "tcp", "localhost:8000")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := io.ReadAll(conn)
	fmt.Printf("%q, %v\n", text, err)

	_, err = nw.Dial(context.Background(), "tcp", "localhost:8001")
	fmt.Println("refused:", errors.Is(err, pipenet.Refused))

	// Output:
	// "15:04:05\n", <nil>
	// refused: true
}
