package walltest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/screen"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A wall is the program under test as it runs, and the screen that it draws on.
type clockwall struct {
	clocks []*clock
	nw     *pipenet.Network
	start  time.Time
	cancel context.CancelFunc
	done   chan error
	known  map[string]line // the words on lines that were read before

	mu     sync.Mutex // guards the fields below
	screen *screen.Screen
	raw    []byte        // all that was printed
	draws  []time.Time   // when something was printed, each moment once
	dialed []string      // addresses, in order
	called bool          // the program has called dial
	gaveUp time.Duration // how long it waited for the first dial that it gave up; 0 if it gave up none
}

// Write is how the program prints.
func (w *clockwall) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.raw = append(w.raw, p...)
	if now := time.Now(); len(w.draws) == 0 || !w.draws[len(w.draws)-1].Equal(now) {
		w.draws = append(w.draws, now)
	}
	return w.screen.Write(p)
}

// newScreen returns a screen that is wide enough for n clocks side by side.
func newScreen(n int) *screen.Screen { return screen.New(max(120, 80*n), max(40, 6*n)) }

// A dialFunc is how the program connects.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// dial connects on the network of w, and keeps the address.
func (w *clockwall) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	again := slices.Contains(w.dialed, address)
	w.dialed = append(w.dialed, address)
	w.mu.Unlock()
	if i := slices.IndexFunc(w.clocks, func(c *clock) bool { return c.twin != nil && c.given() == address }); again && i >= 0 {
		address = w.clocks[i].address // where it listens
	}
	return w.nw.Dial(ctx, network, address)
}

// watched returns dial with notes on how the program calls it. ctx is that of run.
func (w *clockwall) watched(ctx context.Context, dial dialFunc) dialFunc {
	return func(own context.Context, network, address string) (net.Conn, error) {
		start := time.Now()
		w.mu.Lock()
		w.called = true
		w.mu.Unlock()
		conn, err := dial(own, network, address)
		if err != nil && own.Err() != nil && ctx.Err() == nil {
			w.mu.Lock()
			w.gaveUp = cmp.Or(w.gaveUp, time.Since(start))
			w.mu.Unlock()
		}
		return conn, err
	}
}

// dials returns what was dialed, in order.
func (w *clockwall) dials() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.dialed)
}

// withClockwall starts the clocks and the program, lets watch look
// at it, and takes it down.
func withClockwall(ctx context.Context, run Run, clocks []*clock, watch func(w *clockwall) error) error {
	return withDial(ctx, run, clocks, func(dial dialFunc) dialFunc { return dial }, watch)
}

// withDial is withClockwall with another way to connect.
func withDial(ctx context.Context, run Run, clocks []*clock, wrap func(dialFunc) dialFunc, watch func(w *clockwall) error) error {
	var args []string
	for _, c := range clocks {
		args = append(args, c.name+"="+c.given())
	}
	w := &clockwall{clocks: clocks, nw: pipenet.New(), start: time.Now(), done: make(chan error, 1), known: make(map[string]line), screen: newScreen(len(clocks))}
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
	go func() { w.done <- run(ctx, w.watched(ctx, wrap(w.dial)), args, w) }()
	err := watch(w)
	if ctx.Err() != nil {
		return err // watch has taken it down
	}
	select {
	case early := <-w.done:
		return w.returned(early)
	default:
		return err
	}
}

// returned returns what is wrong if run has returned err before its context ended.
func (w *clockwall) returned(err error) error {
	t, _ := w.table()
	switch shown := t.own(w.clocks); {
	case err != nil:
		return fmt.Errorf("run returned before its context ended: %w", err)
	case shown > 0:
		return suite.About(goesOnTicking, errors.New("run returned nil before its context ended: it printed some times and stopped, want it to go on"))
	}
	return suite.About(goesOnTicking, errors.New("run returned nil before its context ended"))
}

// at sleeps until the wall has been up for so long.
func (w *clockwall) at(up time.Duration) { time.Sleep(time.Until(w.start.Add(up))) }

// table reads the screen as it is, and all that has scrolled off it, when
// the program has drawn all that it draws at this moment.
func (w *clockwall) table() (t table, screen []string) {
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
func (w *clockwall) printed() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.raw)
}

// wrong returns an error about the screen, with the part of the screen that has to do
// with a clock, or if that is nil, with its last lines.
func (w *clockwall) wrong(c *clock, format string, args ...any) error {
	return fmt.Errorf("%w; %s", fmt.Errorf(format, args...), w.picture(c))
}

// picture returns the part of the screen that has to do with a clock, or if that is nil,
// its last lines.
func (w *clockwall) picture(c *clock) string {
	_, lines := w.table()
	up := time.Since(w.start).Round(100 * time.Millisecond)
	return fmt.Sprintf("the screen after %v:\n%s", up, frame(lines, c))
}

// maxAge is how old a time on the screen may be. A wall may draw once a second,
// what a clock said a second ago, and take its time.
const maxAge = 3 * time.Second

// shows wants each of the clocks to be on the screen with its own time, the
// latest or nearly.
func (w *clockwall) shows(clocks ...*clock) error {
	t, lines := w.table()
	for _, c := range clocks {
		if err := flaw(t, lines, c, w.clocks); err != nil {
			picture := w.picture(c)
			if errors.Is(err, errLate) {
				time.Sleep(time.Duration(5*len(w.clocks)) * time.Second) // to see when it draws
			}
			return fmt.Errorf("%w; %s", w.explained(err), picture)
		}
	}
	return nil
}

// explained returns err, and why a time comes late as far as that is known.
func (w *clockwall) explained(err error) error {
	cause := w.cause()
	if cause == nil && verdict.Of(err).About == ownTime && w.keepsNewlines() {
		return fmt.Errorf("%w; each time is the last thing on its line: if it still has the newline that you read, trim it", err)
	}
	if cause == nil {
		return err
	}
	err = fmt.Errorf("%w; %w", err, cause)
	if about := verdict.Of(cause).About; about != "" {
		return suite.About(about, err)
	}
	return err
}

// cause returns what explains why a time comes late, nil if that is not known.
func (w *clockwall) cause() error {
	w.mu.Lock()
	draws, size := slices.Clone(w.draws), len(w.raw)
	w.mu.Unlock()
	if up := time.Since(w.start); float64(size) > maxOutput*up.Seconds() {
		return suite.About(floods, fmt.Errorf("the wall has printed %d bytes in %v", size, up.Round(100*time.Millisecond)))
	}
	if err := w.misdials(); err != nil {
		return err
	}
	if collects(draws, w.clocks) {
		return collecting(len(w.clocks))
	}
	if n := len(draws); n > 0 && time.Since(draws[n-1]) > maxAge {
		return suite.About(goesOnTicking, fmt.Errorf("the wall has printed nothing since %v", draws[n-1].Sub(w.start).Round(100*time.Millisecond)))
	}
	return nil
}

// undialed is what is wrong with a program that connects in a way of its own.
const undialed = "run has not called dial, which it is given"

// keepsNewlines reports whether the wall puts several names into a line, but a newline behind each
// time.
func (w *clockwall) keepsNewlines() bool {
	w.mu.Lock()
	screen := w.screen.History()
	w.mu.Unlock()
	wide, rows := false, 0
	for _, text := range screen {
		l := wordsOn(text, w.clocks)
		wide = wide || len(l.names.all) > 1
		switch len(l.times.all) {
		case 0:
		case 1:
			rows++
		default:
			return false
		}
	}
	return wide && rows > 1
}

// A misdialed wall has connected to one clock more than once, or to none, and never to another,
// or it has left a clock before it showed a time of it.
type misdialed string

func (m misdialed) Error() string { return string(m) }

// misdials returns a [misdialed] error, or nil.
func (w *clockwall) misdials() error {
	never := slices.IndexFunc(w.clocks, func(c *clock) bool { return !c.refuses && c.guests.Load() == 0 })
	if never < 0 {
		return w.leftEarly()
	}
	for _, c := range w.clocks {
		if n := c.guests.Load(); n > 1 {
			return suite.About(connectsCase, misdialed(fmt.Sprintf("the wall has connected to %s %d times, and not to %s", c.name, n, w.clocks[never].name)))
		}
	}
	if all := w.elsewhere(); len(all) > 0 {
		return suite.About(connectsCase, misdialed(fmt.Sprintf("the wall has not connected to %s; it has dialed %s, where no clock is", w.clocks[never].name, all[0])))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.gaveUp > 0:
		return misdialed(fmt.Sprintf("the wall has given up a dial after %v: the context of that dial has ended", w.gaveUp.Round(100*time.Millisecond)))
	case !w.called:
		return suite.About(connectsCase, misdialed(undialed))
	}
	return nil
}

// leftEarly returns a [misdialed] error if the wall has left a clock that sends times, and has
// shown none of them; else nil.
func (w *clockwall) leftEarly() error {
	text := w.printed()
	for _, c := range w.clocks {
		if !c.odd && c.guests.Load() > 0 && c.hasBeenLeft() && c.sent(time.Now()) > 0 && !c.isIn(text) {
			return misdialed(fmt.Sprintf("the wall has closed its connection to %s without showing a time: close it when all lines are read", c.name))
		}
	}
	return nil
}

// A collecting wall waits for so many lines before it draws.
type collecting int

func (n collecting) Error() string {
	return fmt.Sprintf("the wall draws after every %d lines, from any clocks: "+
		"it waits for as many lines as it has clocks, and not for the time to draw", int(n))
}

// collects reports whether something was drawn after every n lines of n clocks, and some
// of the clocks have sent more lines than others.
func collects(draws []time.Time, clocks []*clock) bool {
	const enough = 4
	least, most, last, rounds := 1<<30, 0, 0, 0
	for _, c := range clocks {
		n := c.sent(time.Now())
		least, most = min(least, n), max(most, n)
	}
	twice := slices.ContainsFunc(clocks, func(c *clock) bool { return c.guests.Load() > 1 })
	if len(clocks) < 2 || 2*least > most || twice {
		return false
	}
	for i, at := range draws {
		sum := 0
		for _, c := range clocks {
			sum += c.sent(at)
		}
		switch {
		case sum == last:
			continue // more of the same, or a header
		case i > 0 && last > 0 && sum-last != len(clocks):
			return false
		}
		last = sum
		rounds++
	}
	return rounds >= enough
}

// These are the cases whose rules some failures are about, wherever they show.
const (
	ownTime       = "TestWall/shows_every_name_with_its_own_time"
	goesOnTicking = "TestWall/shows_a_new_time_each_second"
	closes        = "TestWall/closes_its_connections"
	floods        = "TestWall/does_not_flood_its_output"
	connectsCase  = "TestWall/connects_to_the_addresses_that_it_is_given"
	keepsUpCase   = "TestWall/keeps_up_with_a_fast_clock"
	sentCase      = "TestWall/shows_only_times_that_its_clocks_have_sent"
	singleClock   = "TestWall/shows_a_single_clock"
)

// These are kinds of what is wrong with a clock on the screen.
var (
	errUnnamed = suite.About(ownTime, errors.New("the wall shows times without the names of their clocks"))
	errLate    = errors.New("late") // what another clock may be the reason of
	errOld     = errors.New("old")  // of these: the time is its own, but not the latest
)

// flaw returns what is wrong with clock c, which is one of all, on a screen; nil if nothing.
func flaw(t table, lines []string, c *clock, all []*clock) error {
	text, named := t.shown[c.name]
	switch {
	case !named && t.named == 0 && len(t.unnamed) > 0:
		return errUnnamed
	case !named && squeezed(c.name, lines):
		return fmt.Errorf("there is no space between the name %s and the text beside it: make each column wider than its name", c.name)
	case !named && showsTimeOf(c, lines):
		return fmt.Errorf("the name %s is missing, but its time is on the screen", c.name)
	case !named:
		return late("%s is missing", c.name)
	case text == "" && showsTimeOf(c, lines):
		return fmt.Errorf("%s has no time, though %s is on the screen: put it beside or under the name", c.name, c.line(c.index()))
	case text == "":
		return noTime(lines, c)
	}
	k, own := c.number(text)
	switch {
	case (!own || k > c.index()) && ofThisMachine(text): // the clock may come to that time later
		return fmt.Errorf("%s shows %s, the time of this machine: show what its clock sends", c.name, text)
	case !own:
		return suite.About(ownTime, fmt.Errorf("%s shows %s, which is %s's time", c.name, text, owner(text, all).name))
	case k > c.index():
		return suite.About(sentCase, fmt.Errorf("%s shows %s, which its clock has not sent yet", c.name, text))
	}
	if age := time.Since(c.start.Add(time.Duration(k) * c.period)); age > maxAge {
		return lateness{fmt.Sprintf("%s shows %s, which is %v old: its clock says %s",
			c.name, text, age.Round(100*time.Millisecond), c.line(c.index())), true}
	}
	return nil
}

// squeezed reports whether a name is on the screen, with a letter or a digit right before or
// behind it.
func squeezed(name string, lines []string) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for _, line := range lines {
		before, behind, ok := strings.Cut(line, name)
		last, _ := utf8.DecodeLastRuneInString(before)
		first, _ := utf8.DecodeRuneInString(behind)
		if ok && (inWord(last) || inWord(first)) {
			return true
		}
	}
	return false
}

// A lateness is an error that may be the fault of another clock that is waited for.
type lateness struct {
	text string
	old  bool // the time is its own, but not the latest
}

func (e lateness) Error() string        { return e.text }
func (e lateness) Is(target error) bool { return target == errLate || e.old && target == errOld }

func late(format string, args ...any) error { return lateness{fmt.Sprintf(format, args...), false} }

// notConcurrent returns an error that says what was done, and that it was found out that
// one clock waits for another, if that is what err is about.
func notConcurrent(err error, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	_, counts := errors.AsType[collecting](err)
	_, dials := errors.AsType[misdialed](err)
	if counts || dials || !errors.Is(err, errLate) {
		return fmt.Errorf("%s, and %w", what, err)
	}
	return suite.NotConcurrent("%s, and %w", what, err)
}

// goesOn wants each of the clocks to be there as in shows, at each second of
// an interval.
func (w *clockwall) goesOn(from, to time.Duration, clocks ...*clock) error {
	// Between the ticks, so that it does not matter which comes first.
	for up := from + 400*time.Millisecond; up <= to; up += time.Second {
		w.at(up)
		if err := w.shows(clocks...); err != nil {
			return err
		}
	}
	return nil
}

// changes is goesOn, and wants each of the clocks to show a new time each second. A clockwall whose
// ticker ticks when the lines come shows some of them a second later, by chance: of the times of
// many seconds, it shows three quarters. One that shows a new time every other second shows half.
func (w *clockwall) changes(from, to time.Duration, clocks ...*clock) error {
	const looks = 5 // a second: one that draws all 400ms shows some times only at the end of their seconds
	seen := make(map[*clock]map[string]bool)
	for _, c := range clocks {
		seen[c] = make(map[string]bool)
	}
	seconds := 0
	for look := 0; ; look++ {
		up := from + 400*time.Millisecond + time.Duration(look)*time.Second/looks
		if up > to {
			break
		}
		w.at(up)
		if look%looks == 0 {
			seconds++
			if err := w.shows(clocks...); err != nil {
				return err
			}
		}
		t, _ := w.table()
		for _, c := range clocks {
			seen[c][t.shown[c.name]] = true
		}
	}
	for _, c := range clocks {
		if n := len(seen[c]); n < seconds*3/5 {
			return w.wrong(c, "%s shows %d different times in %d seconds, want a new one each second", c.name, n, seconds)
		}
	}
	return nil
}

// names returns the names of clocks, as a list to read.
func names(clocks []*clock) string {
	var all []string
	for _, c := range clocks {
		all = append(all, c.name)
	}
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
