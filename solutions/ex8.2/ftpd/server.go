package main

import (
	"context"
	"crypto/tls"
	"os"
	"sync"
	"time"
)

// Settings are what may differ from server to server.
type settings struct {
	write bool          // clients may change the files
	keep  bool          // uploads that break off stay as far as they have come
	ports ports         // of data connections
	idle  time.Duration // a client may say nothing for so long
	login time.Duration // a client has so long to log in
	max   int           // sessions at the same time
	grace time.Duration // transfers have so long to finish when the server ends
	stall time.Duration // a transfer may be blocked for so long

	linger time.Duration // a client may take so long to see the end of a file

	account *account    // who may log in; nil for anybody
	tls     *tls.Config // how to speak TLS; nil for not at all
	tlsOnly bool        // no password and no data go over a connection without TLS
}

var defaults = settings{
	idle:  10 * time.Minute, // RFC 1123, 4.1.3.2, wants 5 at least
	login: time.Minute,
	max:   1000,
	grace: 10 * time.Second,
	stall: 2 * time.Minute,

	linger: 20 * time.Millisecond,
}

// A server serves the files of one directory.
type server struct {
	settings
	root *os.Root // no name, and no link, leads out of it

	naming   sync.Mutex // held while an upload gets its name
	sessions sync.WaitGroup
	places   chan struct{} // holds one value for each session

	ending context.Context // ends when the server is about to
	warn   context.CancelFunc
	ctx    context.Context // ends when the transfers must too
	cancel context.CancelFunc
}
