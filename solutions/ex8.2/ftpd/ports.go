package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Ports are those for passive data connections, from low to high, as a firewall may let no
// others in (RFC 1579). The zero value stands for any that the system picks.
type ports struct{ low, high uint16 }

// parsePorts returns the ports in LOW-HIGH. Those below 1024 belong to the system.
func parsePorts(text string) (p ports, err error) {
	low, high, _ := strings.Cut(text, "-")
	l, err1 := strconv.ParseUint(low, 10, 16)
	h, err2 := strconv.ParseUint(high, 10, 16)
	if err1 != nil || err2 != nil || l < 1024 || h < l {
		return p, errors.New("want LOW-HIGH, two numbers from 1024 to 65535, as in 50000-50099")
	}
	return ports{uint16(l), uint16(h)}, nil
}

// dataListener does without what a data connection has no use for: probes that tell
// whether the other end is alive, as there is a deadline, and Multipath TCP.
var dataListener = net.ListenConfig{KeepAlive: -1}

func init() { dataListener.SetMultipathTCP(false) }

// listen listens at one of the ports that is free. It begins with any of them, since a port
// that can be guessed can be taken by another client (RFC 2577, 8).
func (p ports) listen(ctx context.Context, ip netip.Addr) (ln net.Listener, err error) {
	n := int(p.high-p.low) + 1
	first := rand.IntN(n)
	for i := range n {
		port := p.low + uint16((first+i)%n)
		ln, err = dataListener.Listen(ctx, "tcp", netip.AddrPortFrom(ip, port).String())
		if !errors.Is(err, addrInUse) {
			break
		}
	}
	return ln, err
}
