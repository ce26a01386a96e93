package goroutine

import (
	"strings"
	"testing"
)

func TestRace(t *testing.T) {
	const report = `2026/11/22 18:38:57 listening
==================
WARNING: DATA RACE
Write at 0x00c000014178 by goroutine 9:
  runtime.mapassign_faststr()
      /usr/local/go/src/internal/runtime/maps/runtime_faststr.go:263 +0x0
  example.com/workbook/exercises/ex8.1/clockwall.(*wall).set()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:48 +0x3c
  example.com/workbook/exercises/ex8.1/clockwall.run.func1()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:31 +0x44

Previous read at 0x00c000014178 by main goroutine:
  example.com/workbook/exercises/ex8.1/clockwall.show[go.shape.string]()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:60 +0x64

Goroutine 9 (running) created at:
  example.com/workbook/exercises/ex8.1/clockwall.run()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:30 +0x58
==================
==================
WARNING: DATA RACE
Read at 0x00c000014180 by goroutine 10:
  main.other()
      /tmp/main.go:1 +0x3c
==================
`
	// Go 1.27 leaves out the function that reads a map.
	const mapRead = `==================
WARNING: DATA RACE
Read at 0x00c00007e000 by goroutine 8:
  runtime.mapaccess2_faststr()
      /usr/local/go/src/internal/runtime/maps/runtime_faststr.go:120 +0x0
  runtime.mapaccess1_faststr()
      /usr/local/go/src/internal/runtime/maps/runtime_faststr.go:115 +0x17
  example.com/workbook/exercises/ex8.1/clockwall.run.func1()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:31 +0x44

Previous write at 0x00c00007e000 by goroutine 7:
  runtime.mapassign_faststr()
      /usr/local/go/src/internal/runtime/maps/runtime_faststr.go:261 +0x0
  example.com/workbook/exercises/ex8.1/clockwall.(*wall).set()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:48 +0x3c
  example.com/workbook/exercises/ex8.1/clockwall.run.func1()
      /home/ann/workbook/exercises/ex8.1/clockwall/clockwall.go:31 +0x44

Goroutine 8 (running) created at:
==================
`
	const file = "exercises/ex8.1/clockwall/clockwall.go"
	tests := []struct{ name, output, want string }{
		{"is_silent_if_there_is_none", "ok\n", ""},
		{"names_both_places_of_the_first", report, file + ":48 writes a variable while " + file + ":60 reads it"},
		{"names_one_place_of_two_goroutines_once", strings.Replace(report, "clockwall.go:60", "clockwall.go:48", 1), file + ":48 changes a variable in two goroutines at the same time"},
		{"does_with_one_place", strings.Replace(report, "  example.com/workbook/exercises/ex8.1/clockwall.show[go.shape.string]()\n", "  [failed to restore the stack]\n", 1),
			file + ":48 writes a variable that another goroutine uses at the same time"},
		{"knows_a_function_that_reads_a_map", mapRead, file + ":48 changes a variable in two goroutines at the same time"},
		{"does_not_guess_what_reads_a_map", strings.Replace(mapRead, "clockwall.go:31", "clockwall.go:33", 1),
			file + ":48 writes a variable that another goroutine uses at the same time"},
		{"does_without_a_place", "==================\nWARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n  [failed to restore the stack]\n",
			"a data race: two goroutines use a variable at the same time, and one writes it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Race(here(tt.output), 0); got != tt.want {
				t.Errorf("Race() = %q, want %q", got, tt.want)
			}
		})
	}
}
