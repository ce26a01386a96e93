package walltest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing/synctest"
	"time"

	"example.com/workbook/testutil/pipenet"
	"example.com/workbook/testutil/screen"
)

// A wall is the program under test as it runs, and the screen that it draws on.
type wall struct {
	clocks []*clock
	nw     *pipenet.Network
	start  time.Time
	cancel context.CancelFunc
	done   chan error
	known  map[string]line // what stands on lines that were read before

	mu     sync.Mutex // guards the fields below
	screen *screen.Screen
	raw    []byte // all that was printed
}

// Write is how the program prints.
func (w *wall) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.raw = append(w.raw, p...)
	return w.screen.Write(p)
}

func newScreen() *screen.Screen { return screen.New(120, 40) }

// A dialFunc is how the program connects.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// hang hangs up the wall: it starts the clocks and the program, lets watch look
// at it, and takes it down.
func hang(ctx context.Context, run Run, clocks []*clock, watch func(w *wall) error) error {
	return hangWith(ctx, run, clocks, func(dial dialFunc) dialFunc { return dial }, watch)
}

// hangWith is hang with another way to connect.
func hangWith(ctx context.Context, run Run, clocks []*clock, wrap func(dialFunc) dialFunc, watch func(w *wall) error) error {
	var args []string
	for _, c := range clocks {
		args = append(args, c.name+"="+c.address)
	}
	w := &wall{clocks: clocks, nw: pipenet.New(), start: time.Now(), done: make(chan error, 1), known: make(map[string]line), screen: newScreen()}
	for _, c := range clocks {
		if c.refuses {
			continue
		}
		ln, err := w.nw.Listen(c.address)
		if err != nil {
			return err
		}
		c.listen(ln)
	}
	ctx, w.cancel = context.WithCancel(ctx)
	defer w.cancel()
	go func() { w.done <- run(ctx, wrap(w.nw.Dial), args, w) }()
	err := watch(w)
	if ctx.Err() != nil {
		return err // watch has taken it down
	}
	select {
	case early := <-w.done:
		if early != nil {
			return fmt.Errorf("run returned though the wall should go on: %w", early)
		}
		return errors.New("run returned nil though the wall should go on")
	default:
		return err
	}
}

// at sleeps until the wall has been up for so long.
func (w *wall) at(up time.Duration) { time.Sleep(time.Until(w.start.Add(up))) }

// table reads the screen as it stands, and all that has scrolled off it, when
// the program has drawn all that it draws at this moment.
func (w *wall) table() (t table, screen []string) {
	synctest.Wait()
	w.mu.Lock()
	screen = w.screen.History()
	w.mu.Unlock()
	var lines []line
	for _, text := range screen {
		l, ok := w.known[text]
		if !ok {
			l = wordsOn(text, w.clocks)
			w.known[text] = l
		}
		lines = append(lines, l)
	}
	return readLines(lines, w.clocks), screen
}

// printed returns all that the program has printed.
func (w *wall) printed() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.raw)
}

// wrong returns an error about the screen, with the screen.
func (w *wall) wrong(format string, args ...any) error {
	_, lines := w.table()
	up := time.Since(w.start).Round(100 * time.Millisecond)
	return fmt.Errorf("%w; the screen after %v:\n%s", fmt.Errorf(format, args...), up, frame(lines))
}

// maxAge is how old a time on the screen may be. A wall may draw once a second,
// what a clock said a second ago, and take its time.
const maxAge = 3 * time.Second

// shows wants each of the clocks to stand on the screen with its own time, the
// latest or nearly.
func (w *wall) shows(clocks ...*clock) error {
	t, _ := w.table()
	for _, c := range clocks {
		text, named := t.shown[c.name]
		switch {
		case !named && t.named == 0 && len(t.nobody) > 0:
			return w.wrong("there are times, and not whose they are")
		case !named:
			return w.wrong("%s does not stand there", c.name)
		case text == "":
			return w.wrong("%s stands there without a time", c.name)
		}
		k, own := c.number(text)
		switch {
		case !own:
			return w.wrong("%s stands there with %s, the time of %s", c.name, text, owner(text, w.clocks).name)
		case k > c.index():
			return w.wrong("%s stands there with %s, which its clock has not said yet", c.name, text)
		}
		if age := time.Since(c.start.Add(time.Duration(k) * c.period)); age > maxAge {
			return w.wrong("%s stands there with %s, which is %v old: its clock says %s",
				c.name, text, age.Round(100*time.Millisecond), c.line(c.index()))
		}
	}
	return nil
}

// goesOn wants each of the clocks to stand there as in shows, at each second of
// an interval.
func (w *wall) goesOn(from, to time.Duration, clocks ...*clock) error {
	// Between the ticks, so that it does not matter which comes first.
	for up := from + 400*time.Millisecond; up <= to; up += time.Second {
		w.at(up)
		if err := w.shows(clocks...); err != nil {
			return err
		}
	}
	return nil
}
