package ftptest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/workbook/exercises"
	"example.com/workbook/testutil/kit/fakeclock"
	"example.com/workbook/testutil/kit/goroutine"
	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/kit/pipenet"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// tree is what stands in the root of every site. Names that end in a slash are
// directories.
var tree = map[string]string{
	"hello.txt":           "hello, world\n",
	"empty.txt":           "",
	"bytes.bin":           everyByte(),
	"two words.txt":       "two words\n",
	"größe.txt":           "groß\n",
	"sub/inner.txt":       "inner\n",
	"sub/deep/bottom.txt": "bottom\n",
	"A b/Ä/Leaf.txt":      "leaf\n",
}

// outside stands beside the root, where no client must come.
var outside = map[string]string{
	"outside.txt":             secret,
	"root_private/secret.txt": secret,
}

const secret = "SECRET: outside of the root!\n"

// everyByte returns all bytes, and all line ends, in every order.
func everyByte() string {
	var b strings.Builder
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	b.WriteString("a\nb\r\nc\rd\n\re\r\r\n\n\x00\xff\xff\n")
	return b.String()
}

// An opener opens a site: it starts a server, and knows how to reach it.
type opener struct {
	open func(ctx context.Context) (*site, error)

	// inMemory does the same with control connections in memory and on the real
	// clock; nil if the server is a process. The race detector takes each write
	// to a real network to come before each later read of one, so over sockets
	// in one process it misses most races.
	inMemory func(ctx context.Context) (*site, error)
}

// A site is a server under test with its files.
type site struct {
	ctx      context.Context
	base     string // a directory with all that belongs to the site
	root     string // the directory that is served
	work     string // a directory for what is not for the server to see
	address  string // of the server, on a real network
	dial     func(ctx context.Context) (net.Conn, error)
	patience time.Duration    // how long a client waits for a reply
	fake     bool             // the site is on a fake clock
	nw       *pipenet.Network // of control connections in memory
	ln       *listener        // of the server; nil if that is a process
	stop     func()           // ends the server
	process  *program.Process
	remote   bool   // the server was running before, and goes on
	user     string // who logs in, with password; anybody may if empty
	password string
	beside   int    // how many files and folders stand beside the root, with it
	opener   opener // of this site, and of others like it

	charging chan struct{}   // holds a value while it is asked whether a case fails
	charged  map[string]bool // whether it does, by its name; guarded by charging
	ofOthers map[string]bool // sockets that the sites in which this was asked have left open

	files *siteFiles // as they were created; nil if no other site is to have them

	mu        sync.Mutex // guards what follows
	notes     []string   // what there is to say of a case that passes
	left      error      // what was seen and left to another case, which is sure to see it
	spins     error      // where the server loops without end when a client has left
	greetings int        // how many clients have been greeted
	connected int        // how many of them are still connected
	closed    bool
	sent      string            // the command that was sent last, by any client
	silent    []string          // verbs to which the server says nothing
	seen      map[string]int    // how often times was called, by its text
	added     map[string]string // the files that were added, by name
	ended     error             // why the server ended before it was told to, or nil
	conns     []io.Closer
	retired   []*client // who leave when the next client comes
}

// newSite returns a site with its files and without a server.
func newSite(ctx context.Context) (*site, error) {
	if files := takeSpare(); files != nil {
		s := siteOf(ctx, filepath.Join(files.base, "root"), files.base)
		s.files = files
		return s, s.countBeside()
	}
	base, err := os.MkdirTemp("", "ftptest")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(base, 0o755); err != nil { // the program may be run by another user
		return nil, err
	}
	s := siteOf(ctx, filepath.Join(base, "root"), base)
	err = s.fill()
	s.files = filesIn(base)
	return s, err
}

// siteOf returns a site with that root, whose clients keep their files in work.
func siteOf(ctx context.Context, root, work string) *site {
	return &site{ctx: ctx, base: filepath.Dir(root), root: root, work: work, patience: suite.Patience(), charging: make(chan struct{}, 1)}
}

// fill puts the files of the site into the root, and beside it.
func (s *site) fill() error {
	for at, files := range map[string]map[string]string{s.root: tree, s.base: outside} {
		for name, text := range files {
			if err := write(filepath.Join(at, filepath.FromSlash(name)), text); err != nil {
				return err
			}
		}
	}
	return s.countBeside()
}

// countBeside counts what stands beside the root.
func (s *site) countBeside() error {
	entries, err := os.ReadDir(s.base)
	s.beside = len(entries)
	return err
}

// openToAll lets all users write the files of the site: the program may be run by another,
// and is to write where it should not, if it does so.
func (s *site) openToAll() error {
	return filepath.WalkDir(s.base, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(name, 0o777)
		}
		return os.Chmod(name, 0o666)
	})
}

// remove removes the files of the site, unless another site is to have them.
func (s *site) remove() {
	if s.handOn() {
		return
	}
	os.RemoveAll(s.work)
	if !s.remote {
		return
	}
	for name := range outside {
		first, _, _ := strings.Cut(name, "/")
		os.RemoveAll(filepath.Join(s.base, first))
	}
	entries, _ := os.ReadDir(s.root) // what cannot be removed, the next case notices
	for _, e := range entries {
		os.RemoveAll(filepath.Join(s.root, e.Name()))
	}
}

// isOutside reports whether the server is not in this process.
func (s *site) isOutside() bool { return s.process != nil || s.remote }

func write(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// add puts another file into the root.
func (s *site) add(name, text string) error {
	s.mu.Lock()
	if s.added == nil {
		s.added = make(map[string]string)
	}
	s.added[name] = text
	s.mu.Unlock()
	return write(filepath.Join(s.root, filepath.FromSlash(name)), text)
}

// whose returns which file of the root has the text, in words that follow it; "" if none
// has.
func (s *site) whose(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, files := range []map[string]string{s.added, tree} {
		for name, has := range files {
			if text != "" && has == text {
				return ": this is " + name
			}
		}
	}
	return ""
}

// addSparse puts a file of n zeros into the root, which takes no space on a disk.
func (s *site) addSparse(name string, n int64) error {
	if err := s.add(name, ""); err != nil {
		return err
	}
	return os.Truncate(filepath.Join(s.root, name), n)
}

// pipes returns the opener of servers on a network in memory and a fake clock.
func pipes(serve Serve) opener {
	return opener{open: func(ctx context.Context) (*site, error) {
		if os.Getenv(loopbackEnv) != "" {
			return loopback(serve).open(ctx)
		}
		s, err := inMemory(ctx, serve)
		if err == nil {
			s.fake, s.patience = true, time.Minute
			fakeclock.Settled(ctx)
		}
		return s, err
	}}
}

// inMemory opens a site whose control connections are in memory.
func inMemory(ctx context.Context, serve Serve) (*site, error) {
	s, err := newSite(ctx)
	if err != nil {
		return nil, err
	}
	const address = "localhost:8021"
	nw := pipenet.New()
	ln, err := nw.Listen(address)
	if err != nil {
		return nil, err
	}
	s.nw = nw
	s.dial = func(ctx context.Context) (net.Conn, error) { return nw.Dial(ctx, "tcp", address) }
	s.run(serve, ln)
	return s, nil
}

// loopback returns the opener of servers on the real network of this machine.
func loopback(serve Serve) opener { return listeningAt("127.0.0.1:0", serve) }

// listeningAt returns the opener of servers that listen at an address of this machine.
func listeningAt(address string, serve Serve) opener {
	return opener{
		open: func(ctx context.Context) (*site, error) {
			dontCollect()
			s, err := newSite(ctx)
			if err != nil {
				return nil, err
			}
			ln, err := net.Listen("tcp", address)
			if err != nil {
				return nil, err
			}
			s.dialTo(ln.Addr().String())
			s.run(serve, ln)
			return s, nil
		},
		inMemory: func(ctx context.Context) (*site, error) {
			dontCollect()
			return inMemory(ctx, serve)
		},
	}
}

// dontCollect delays the garbage collector of this process while memory lasts: some
// time or other it would close the connections and files that a server forgets, and
// whether a case passes would be a matter of chance. Of the 2 GiB that a sandbox allows,
// the race detector takes five times what the program does.
func dontCollect() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(256 << 20)
}

// dialTo has clients connect to an address. Of localhost they try IPv4 first: to a server
// that they reach over IPv6 they cannot send PORT.
func (s *site) dialTo(address string) {
	s.address = address
	addresses := []string{address}
	if host, port, err := net.SplitHostPort(address); err == nil && host == "localhost" {
		addresses = []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	}
	s.dial = func(ctx context.Context) (net.Conn, error) {
		if conn, err := dialFirst(ctx, addresses); err == nil || !s.isYetToListen(err) {
			return conn, err
		}
		return s.dialAgain(ctx, addresses)
	}
}

// dialFirst connects to the first of addresses that does not refuse.
func dialFirst(ctx context.Context, addresses []string) (net.Conn, error) {
	var d net.Dialer
	var first error
	for _, address := range addresses {
		conn, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn, nil
		}
		first = cmp.Or(first, err)
	}
	return nil, first
}

// isYetToListen reports whether a connection was refused by a process that has said where it
// listens, and has served no client yet: it may say so before it listens.
func (s *site) isYetToListen(err error) bool {
	return s.process != nil && s.alone() && errors.Is(err, pipenet.Refused)
}

// dialAgain connects to the first of addresses that does not refuse, until the patience ends
// or the process does.
func (s *site) dialAgain(ctx context.Context, addresses []string) (net.Conn, error) {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	var refused error
	for {
		conn, err := dialFirst(ctx, addresses)
		failed, isNet := errors.AsType[net.Error](err)
		switch {
		case errors.Is(err, pipenet.Refused):
			refused = err
		case refused == nil || !isNet || !failed.Timeout(): // that of ctx may end a dial before ctx itself is done
			return conn, err
		}
		select {
		case <-again.C:
		case <-s.process.Done():
			return nil, refused
		case <-ctx.Done():
			return nil, fmt.Errorf("%w, again and again for %v; listen first, and then print where", refused, s.patience)
		}
	}
}

// run calls serve until the site is closed.
func (s *site) run(serve Serve, inner net.Listener) {
	s.ln = &listener{Listener: inner, site: s}
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := serve(s.ln, s.root)
		s.ln.Close()
		s.end(err)
	}()
	s.stop = func() {
		s.ln.Close()
		select {
		case <-done:
		case <-time.After(s.patience):
		}
	}
}

// end notes that the server has ended, and closes the connections of its clients, which
// would otherwise wait for a reply that cannot come.
func (s *site) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.ended = suite.Returned{Err: err, Failures: int(s.ln.failed.Load())}
	for _, c := range s.conns {
		c.Close()
	}
}

// counted returns "1 client" or "2 clients".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// start starts the server as a process, and waits until it says where it listens. If that is
// no program of this workbook, it is asked to listen at want.
func (s *site) start(ctx context.Context, cmd *exec.Cmd, want string) error {
	p, err := program.Start(cmd)
	if err != nil {
		return err
	}
	s.process = p
	s.stop = p.Stop
	if end, ok := ctx.Deadline(); ok && time.Until(end) < s.patience/2 {
		s.patience = time.Until(end) / 2 // others have waited too
	}
	var address string
	if program.Foreign() {
		address, err = program.Find(ctx, p, want)
	} else {
		err = p.Await(ctx, func(text string) (ok bool) {
			address, ok = program.Address(text)
			return ok && strings.HasSuffix(text, "\n")
		})
		if err == nil {
			err = program.CheckPort(address)
		}
	}
	if err != nil {
		defer s.close(nil)
		if suite.NotStarted(p) {
			return exercises.ErrNotStarted
		}
		if program.Foreign() {
			return fmt.Errorf("%w\n%s", err, contract())
		}
		return fmt.Errorf("%w, want one line that says where it listens", err)
	}
	s.dialTo(address)
	return nil
}

// keep has c closed with the site.
func (s *site) keep(c io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
}

// verdict returns what there is to say of a visit that ended with err.
func (s *site) verdict(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return s.ended
	}
	if s.process == nil {
		return err
	}
	if err != nil && verdict.Of(err).Kind != verdict.NotChecked { // its end is known a moment after its connections break
		select {
		case <-s.process.Done():
		case <-time.After(s.patience / 20):
		}
	}
	select {
	case <-s.process.Done():
	default:
		return err
	}
	if suite.NotStarted(s.process) {
		return exercises.ErrNotStarted
	}
	return endedAfter(s.sent, s.process.Output())
}

// hangUp closes the connections of all clients.
func (s *site) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
	s.conns, s.connected = nil, 0
}

// close ends all that belongs to the site, of which err is to say, and returns err, or
// an [goroutine.LeakError] if the server has left a goroutine behind.
func (s *site) close(err error) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	if !s.isOutside() && s.ctx.Value(askingKey{}) == nil {
		isolate.Answer(err) // a server that dies when its clients leave has done what the case asks for
	}
	s.hangUp()
	defer s.remove()
	if s.remote {
		return err
	}
	if s.process != nil {
		s.stop()
		return err
	}
	if s.settles() {
		return err // the listener stays open: many programs end, or spin, when Accept fails
	}
	s.stop() // for what ends with the server
	if s.fake || suite.LeakKnown() {
		return err // whatever is left on a fake clock, package fakeclock finds
	}
	dump, ok := s.await(func() (string, bool) {
		dump := s.others()
		return dump, dump == ""
	})
	if !ok && err == nil && strings.Contains(dump, "net.(*TCPListener).accept(") {
		// It waits for a data connection that never comes. Whether it gives up, as it should,
		// cannot be seen in another way.
		dump, ok = s.awaitFor(s.patience*dataPatience, func() (string, bool) {
			dump := s.others()
			return dump, dump == ""
		})
	}
	if !ok && err == nil {
		return &goroutine.LeakError{Dump: dump}
	}
	return err
}

// dataPatience is how many times longer than for a reply a server may wait for a data connection.
// With the usual patience that is half a minute.
const dataPatience = 3

// settles waits for the end of what the server does for its clients, who have gone.
// It reports whether the server does no more than wait for others.
func (s *site) settles() bool {
	if s.fake {
		time.Sleep(time.Second)
		return s.others() == ""
	}
	if suite.LeakKnown() {
		return true // there is no use in waiting
	}
	_, ok := s.awaitFor(s.patience/20, func() (string, bool) { return "", s.others() == "" })
	return ok
}

// others is [goroutine.Others] without those that wait in the Accept of a [listener], and
// without those that the server has started for itself.
func (s *site) others() string {
	blocks := strings.Split(goroutine.Others(), "\n\n")
	blocks = slices.DeleteFunc(blocks, func(block string) bool {
		return strings.Contains(block, "ftptest.(*listener).Accept(") || s.ln.knows(block)
	})
	return strings.Join(blocks, "\n\n")
}

// A listener is that of the server under test. Its Accept can be told from those of
// listeners for data, and can be made to fail.
type listener struct {
	net.Listener
	site   *site
	toFail atomic.Int64 // how many of the next calls of Accept fail
	failed atomic.Int64 // how many have
	closed atomic.Int64 // how many calls of Accept have failed after Close

	begin   sync.Once
	helpers atomic.Value // of type string: the goroutines of the server at its first call of Accept
}

// knows reports whether a goroutine, of which block is the dump, was there when Accept was
// called for the first time: it is not of a client.
func (ln *listener) knows(block string) bool {
	helpers, _ := ln.helpers.Load().(string)
	header, _, ok := strings.Cut(block, " [") // "goroutine 7"
	return ok && strings.Contains("\n"+helpers, "\n"+header+" [")
}

// acceptErrors are what Accept returns when too many files are open, in the process or in
// the system. (It never returns ECONNABORTED: package net calls accept again.)
var acceptErrors = slices.DeleteFunc([]syscall.Errno{syscall.EMFILE, syscall.ENFILE}, func(err syscall.Errno) bool {
	return !err.Temporary() // Windows has no such limit for the whole system
})

// maxClosed is how often Accept may be called after Close before it is clear that the
// server will call it forever.
const maxClosed = 10

func (ln *listener) Accept() (net.Conn, error) {
	if !suite.LeakKnown() { // otherwise no leak is looked for
		ln.begin.Do(func() { ln.helpers.Store(goroutine.Others()) })
	}
	isolate.Accepts()
	if ln.toFail.Add(-1) >= 0 {
		n := ln.failed.Add(1)
		err := os.NewSyscallError("accept4", acceptErrors[int(n-1)%len(acceptErrors)])
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: ln.Addr(), Err: err}
	}
	conn, err := ln.Listener.Accept()
	if err != nil && ln.closed.Add(1) > maxClosed {
		// The case is over. A server that calls Accept again whenever it fails would
		// keep a processor busy while the next cases run, so its loop ends here, and
		// its deferred calls are run. No case fails for that: the task does not say
		// how a server ends.
		runtime.Goexit()
	}
	if err != nil {
		return nil, err
	}
	return &serverConn{Conn: conn, site: ln.site}, nil
}

// await looks at something until it is as it should be, and returns it. It gives
// up after a part of the patience, or ok is false.
func (s *site) await(look func() (string, bool)) (what string, ok bool) {
	return s.awaitFor(s.patience/4, look)
}

func (s *site) awaitFor(patience time.Duration, look func() (string, bool)) (what string, ok bool) {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	giveUp := time.After(patience)
	for {
		if what, ok = look(); ok {
			return what, true
		}
		select {
		case <-again.C:
		case <-giveUp:
			return look() // a busy machine may not have let us look for as long
		}
	}
}
