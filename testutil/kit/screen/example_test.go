package screen_test

import (
	"fmt"

	"example.com/workbook/testutil/kit/screen"
)

func Example() {
	s := screen.New(80, 24)
	fmt.Fprint(s, "\x1b[2J\x1b[HNewYork  05:00:00\nLondon   10:00:00\n")
	fmt.Fprint(s, "\x1b[H\x1b[1mNewYork\x1b[m  05:00:01\x1b[2;10H10:00:01")
	fmt.Println(s)

	// Output:
	// NewYork  05:00:01
	// London   10:00:01
}

func ExampleScreen_History() {
	s := screen.New(80, 2)
	fmt.Fprint(s, "Tokyo\n19:00:00\n19:00:01\n19:00:02")
	fmt.Printf("%q\n", s.Lines())
	fmt.Printf("%q\n", s.History())

	// Output:
	// ["19:00:01" "19:00:02"]
	// ["Tokyo" "19:00:00" "19:00:01" "19:00:02"]
}

func ExampleScreen_Junk() {
	s := screen.New(80, 24)
	fmt.Fprint(s, "Tokyo\x00\x00\x00\t19:00:00\xff\n")
	fmt.Println(s)
	fmt.Printf("%q\n", s.Junk())

	// Output:
	// Tokyo   19:00:00�
	// "\x00\x00\x00\xff"
}
