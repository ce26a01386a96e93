package pipenet_test

import (
	"net"
	"runtime"
	"testing"
)

func TestReachableCountsConnectionsThatAreKept(t *testing.T) {
	nw, ln := listen(t)
	var kept []net.Conn
	for i := range 10 {
		client := dial(t, nw)
		conn, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		client.Close()
		conn.Close()
		if i < 4 {
			kept = append(kept, conn)
		}
	}
	// The last one may still be in a variable that this function no longer uses.
	if got := nw.Reachable(); got < 4 || got > 5 {
		t.Errorf("10 connections were accepted and 4 are kept, and Reachable() = %d, want 4", got)
	}
	runtime.KeepAlive(kept)
}
