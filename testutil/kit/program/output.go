package program

import "sync"

// output keeps what a process prints, up to a limit.
type output struct {
	mu             sync.Mutex    // guards the fields below
	flooded        chan struct{} // closed when more than Limit bytes were printed
	stdout, stderr []byte
	all            []byte        // both, in order of arrival
	size           int           // bytes printed, since the last call of allow
	changed        chan struct{} // closed, and made again, when there is more
}

func newOutput() *output {
	return &output{flooded: make(chan struct{}), changed: make(chan struct{})}
}

// stream is the writer of standard output or standard error.
type stream struct {
	out  *output
	kept *[]byte
}

func (s stream) Write(p []byte) (int, error) {
	o := s.out
	o.mu.Lock()
	defer o.mu.Unlock()
	*s.kept = keep(*s.kept, p)
	o.all = keep(o.all, p)
	before := o.size
	o.size += len(p)
	if before <= Limit && o.size > Limit {
		close(o.flooded)
	}
	close(o.changed)
	o.changed = make(chan struct{})
	return len(p), nil
}

// flood returns the channel that is closed when more than Limit bytes were printed.
func (o *output) flood() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flooded
}

// allow lets as much be printed again.
func (o *output) allow() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.size > Limit {
		o.flooded = make(chan struct{})
	}
	o.size = 0
}

// keep appends p to text. Of a text that grows longer than Limit it keeps the
// first half, and as much again from the end.
func keep(text, p []byte) []byte {
	const half = Limit / 2
	text = append(text, p...)
	if over := len(text) - 2*Limit; over > 0 {
		text = append(text[:half], text[len(text)-half:]...)
	}
	return text
}

func (o *output) text(kept *[]byte) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(*kept)
}

// both returns all text so far and a channel that is closed when there is more.
func (o *output) both() (text string, changed <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.all), o.changed
}
