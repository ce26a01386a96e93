// Package exercises holds the exercises of the workbook, one folder each.
// Each program in them starts as a stub whose functions return
// [ErrNotStarted]:
//
//	func serve(ln net.Listener) error {
//		return exercises.ErrNotStarted
//	}
//
// README.md in this folder lists what each exercise asks.
package exercises

import "errors"

// ErrNotStarted is returned by a function that is not written yet.
var ErrNotStarted = errors.New("not started")
