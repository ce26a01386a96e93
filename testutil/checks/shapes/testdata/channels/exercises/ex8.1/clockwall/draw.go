package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// A face is one clock as it is drawn.
type face struct {
	name, text string
}

// draw draws the faces one below the other, and again over the old ones when there
// is news, at most ten times a second.
func draw(ctx context.Context, out io.Writer, faces []face, news <-chan message) error {
	width := 0
	for _, f := range faces {
		width = max(width, utf8.RuneCountInString(f.name))
	}
	tick := time.NewTicker(time.Second / 10)
	defer tick.Stop()
	changed, first := true, true
	for {
		select {
		case m := <-news:
			changed = changed || faces[m.clock].text != m.text
			faces[m.clock].text = m.text
		case <-tick.C:
			if !changed {
				continue
			}
			var picture bytes.Buffer
			if !first {
				fmt.Fprintf(&picture, "\x1b[%dA", len(faces)) // up
			}
			for _, f := range faces {
				fmt.Fprintf(&picture, "\r%-*s  %s\x1b[K\n", width, f.name, f.text)
			}
			if _, err := out.Write(picture.Bytes()); err != nil {
				return fmt.Errorf("clockwall: drawing: %w", err)
			}
			changed, first = false, false
		case <-ctx.Done():
			return nil
		}
	}
}
