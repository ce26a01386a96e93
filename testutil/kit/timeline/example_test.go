package timeline_test

import (
	"fmt"
	"time"

	"example.com/workbook/testutil/kit/timeline"
)

func ExampleDraw() {
	const second = time.Second
	rows := []timeline.Row{
		{Name: "client 1", Arrive: 0, Lines: []time.Duration{0, 1 * second, 2 * second}, Left: true, Leave: 2500 * time.Millisecond},
		{Name: "client 2", Arrive: 1 * second, Lines: []time.Duration{3 * second, 4 * second}},
	}
	fmt.Print(timeline.Draw(rows, 5*second, timeline.ASCII))
	fmt.Println(timeline.ASCII.Legend())
	// Output:
	//            0s   1s   2s   3s   4s   5s
	// client 1   o----o----o-|
	// client 2        :.........o----o-----
	// o gets a line   :. connected, waits for its first line   | leaves
}
