// Package checks holds what grades the graders.
//
// Its own tests say what an exercise still lacks, each in a sentence that tells the author
// of the exercise what to do:
//
//	$ go test ./testutil/checks
//	solutions/ex8.1/clock2/clock2.go is not there: write it
//
// The folders below it hold right programs of other shapes, and a command that grades many
// times.
package checks
