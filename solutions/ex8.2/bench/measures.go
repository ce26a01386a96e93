package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// A measure is what is measured of a server.
type measure struct {
	name  string
	speed unit // of the first figure, of which more or, if inverse, less is better
	cpu   unit // of the second
	once  bool // in the first round only: it does not differ from round to round
	take  take
}

// A take takes a measure of a server, which it starts and stops.
type take func(ctx context.Context, st *site, s server) (figures, error)

// Figures are what a measure has found.
type figures struct {
	speed float64
	cpu   float64 // seconds of all processors that the server took for one of unit
}

// A unit is what a figure counts.
type unit struct {
	name    string
	scale   float64 // what a figure is multiplied by to be shown
	inverse bool    // less is better
}

var measures = []measure{
	{name: "RETR, 1 session", speed: megabytes, cpu: perGiB, take: retr(1)},
	{name: "RETR, 8 sessions", speed: megabytes, cpu: perGiB, take: retr(8)},
	{name: "STOR, 1 session", speed: megabytes, cpu: perGiB, take: stor(1)},
	{name: "STOR, 4 sessions", speed: megabytes, cpu: perGiB, take: stor(4)},
	{name: "files of 1 KiB, 1 session", speed: perSecond, cpu: each, take: files(1)},
	{name: "files of 1 KiB, 16 sessions", speed: perSecond, cpu: each, take: files(16)},
	{name: "LIST of 10,000 files", speed: milliseconds, cpu: eachMS, take: list},
	{name: "logins, 1 at a time", speed: perSecond, cpu: each, take: logins(1)},
	{name: "logins, 8 at a time", speed: perSecond, cpu: each, take: logins(8)},
	{name: "1,000 idle sessions", speed: mebibytes, cpu: each, once: true, take: idle},
}

var (
	megabytes    = unit{name: "MB/s", scale: 1e-6}
	perSecond    = unit{name: "a second", scale: 1}
	milliseconds = unit{name: "ms", scale: 1e3, inverse: true}
	mebibytes    = unit{name: "MiB", scale: 1.0 / (1 << 20), inverse: true}
	perGiB       = unit{name: "s/GiB", scale: 1 << 30}
	each         = unit{name: "µs each", scale: 1e6}
	eachMS       = unit{name: "ms each", scale: 1e3}
)

// retr has the large file sent over some sessions at the same time.
func retr(sessions int) take {
	return func(ctx context.Context, st *site, s server) (figures, error) {
		return st.together(ctx, s, sessions, st.size, func(_ int, v visit) error {
			n, err := v.retr("large")
			if err == nil && n != st.size {
				err = fmt.Errorf("RETR large sent %d bytes, want %d", n, st.size)
			}
			return err
		})
	}
}

// stor has a file of the same size taken over some sessions at the same time.
func stor(sessions int) take {
	return func(ctx context.Context, st *site, s server) (figures, error) {
		name := func(i int) string { return fmt.Sprintf("up/%d", i) }
		f, err := st.together(ctx, s, sessions, st.size, func(i int, v visit) error { return v.stor(name(i), st.size) })
		for i := range sessions {
			if err == nil {
				err = st.discard(name(i), st.size)
			}
		}
		return f, err
	}
}

// files has small files sent, one after the other, over some sessions at the same time.
func files(sessions int) take {
	return func(ctx context.Context, st *site, s server) (figures, error) {
		return st.repeat(ctx, s, sessions, func(i int, v visit) error {
			n, err := v.retr(fmt.Sprintf("small/%05d", i%few))
			if err == nil && n != small {
				err = fmt.Errorf("RETR sent %d bytes, want %d", n, small)
			}
			return err
		})
	}
}

// list has a large directory listed. Its speed is the time that takes.
func list(ctx context.Context, st *site, s server) (figures, error) {
	f, err := st.repeat(ctx, s, 1, func(_ int, v visit) error {
		n, err := v.list("many")
		if err == nil && (n < many || n > many+2) { // some list . and .. too
			err = fmt.Errorf("LIST sent %d lines, want %d", n, many)
		}
		return err
	})
	f.speed = 1 / f.speed
	return f, err
}

// logins has clients connect, log in and quit, some at a time.
func logins(atATime int) take {
	return func(ctx context.Context, st *site, s server) (figures, error) {
		r, err := s.start(ctx, st)
		if err != nil {
			return figures{}, err
		}
		defer r.Stop()
		return st.count(ctx, r, atATime, func(int, int) error {
			v, err := s.dial(r.addr)
			if err != nil {
				return err
			}
			return v.quit()
		})
	}
}

// idle logs in a thousand sessions, and measures the memory that they take. Its speed
// is that of all.
func idle(ctx context.Context, st *site, s server) (figures, error) {
	const sessions = 1000
	r, err := s.start(ctx, st)
	if err != nil {
		return figures{}, err
	}
	defer r.Stop()
	before, err := tree(r.Pid())
	if err != nil {
		return figures{}, err
	}
	visits, err := logIn(ctx, s, r, sessions)
	defer hangUp(visits)
	if err != nil {
		return figures{}, err
	}
	after, err := tree(r.Pid())
	return figures{speed: float64(after.memory - before.memory), cpu: (after.cpu - before.cpu).Seconds() / sessions}, err
}

// together lets each of some sessions do one thing, which is about so many bytes, all at the
// same time.
func (st *site) together(ctx context.Context, s server, sessions int, bytes int64, do func(i int, v visit) error) (figures, error) {
	r, err := s.start(ctx, st)
	if err != nil {
		return figures{}, err
	}
	defer r.Stop()
	visits, err := logIn(ctx, s, r, sessions)
	defer hangUp(visits)
	if err != nil {
		return figures{}, err
	}
	before, err := tree(r.Pid())
	if err != nil {
		return figures{}, err
	}
	start := time.Now()
	var g errgroup.Group
	for i, v := range visits {
		g.Go(func() error { return do(i, v) })
	}
	if err := g.Wait(); err != nil {
		return figures{}, err
	}
	took := time.Since(start)
	after, err := tree(r.Pid())
	total := float64(bytes) * float64(sessions)
	return figures{speed: total / took.Seconds(), cpu: (after.cpu - before.cpu).Seconds() / total}, err
}

// repeat lets each of some sessions do one thing again and again.
func (st *site) repeat(ctx context.Context, s server, sessions int, do func(i int, v visit) error) (figures, error) {
	r, err := s.start(ctx, st)
	if err != nil {
		return figures{}, err
	}
	defer r.Stop()
	visits, err := logIn(ctx, s, r, sessions)
	defer hangUp(visits)
	if err != nil {
		return figures{}, err
	}
	return st.count(ctx, r, sessions, func(session, i int) error { return do(i, visits[session]) })
}

// count lets some goroutines do one thing again and again for a while.
func (st *site) count(ctx context.Context, r *running, goroutines int, do func(goroutine, i int) error) (figures, error) {
	before, err := tree(r.Pid())
	if err != nil {
		return figures{}, err
	}
	var done atomic.Int64
	start := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for goroutine := range goroutines {
		g.Go(func() error {
			for { // once at least, even if nothing ran for as long
				if err := do(goroutine, int(done.Load())); err != nil {
					return err
				}
				done.Add(1)
				if time.Since(start) >= st.time || ctx.Err() != nil {
					return nil
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		return figures{}, err
	}
	took := time.Since(start)
	after, err := settled(ctx, r.Pid(), before.processes)
	n := float64(done.Load())
	return figures{speed: n / took.Seconds(), cpu: (after.cpu - before.cpu).Seconds() / n}, err
}

// logIn logs in some sessions, eight at a time, and returns those that are. The caller
// must disconnect.
func logIn(ctx context.Context, s server, r *running, sessions int) ([]visit, error) {
	visits := make([]visit, sessions)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i := range visits {
		g.Go(func() (err error) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			visits[i], err = s.dial(r.addr)
			return err
		})
	}
	return visits, g.Wait()
}

// hangUp ends visits without QUIT, as many clients do. Some may be nil.
func hangUp(visits []visit) {
	for _, v := range visits {
		if v != nil {
			v.Close()
		}
	}
}
