package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// device reports whether file is a terminal, or a similar device such as /dev/null.
func device(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminal reports whether file is a terminal that can be drawn on.
func terminal(file *os.File) bool { return device(file) && os.Getenv("TERM") != "dumb" }

// color reports whether to write to file in colors (see no-color.org).
func color(file *os.File) bool { return os.Getenv("NO_COLOR") == "" && terminal(file) }

// A bar shows on a terminal how far something is.
type bar struct {
	file *os.File // nil if it is not a terminal

	mu    sync.Mutex // guards shown
	shown bool
}

func newBar(file *os.File) *bar {
	if !terminal(file) {
		return &bar{}
	}
	return &bar{file: file}
}

// show draws the bar. It is safe for concurrent use.
func (b *bar) show(done, all int) {
	if b.file == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	const columns = 40
	n := columns * done / max(all, 1)
	fmt.Fprintf(b.file, "\r[%s%s] %d of %d ", strings.Repeat("#", n), strings.Repeat(" ", columns-n), done, all)
	b.shown = true
}

// say shows a line of text in place of the bar.
func (b *bar) say(text string) {
	if b.file == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintf(b.file, "\r%s\x1b[K", text)
	b.shown = true
}

// clear takes the bar off the screen.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.file, "\r\x1b[K")
	}
	b.shown = false
}
