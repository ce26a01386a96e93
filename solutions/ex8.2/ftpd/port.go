package main

import (
	"net/netip"
	"strconv"
	"strings"
)

// port takes the address at which the client listens for the data connection, as
// six numbers (RFC 959, 4.1.2).
func (s *session) port(arg string) {
	addr, ok := parsePort(arg)
	s.activate("PORT", addr, ok)
}

// eprt takes the address in the form |1|127.0.0.1|50123| (RFC 2428, 2).
func (s *session) eprt(arg string) {
	addr, ok := parseEPRT(arg)
	s.activate("EPRT", addr, ok)
}

// activate makes s.data connect to addr. The address must be that of the client
// and no port of a system service, or the server could be made to talk to
// others (RFC 2577, 3).
func (s *session) activate(verb string, addr netip.AddrPort, ok bool) {
	s.forgetData()
	local, remote := ends(s.conn)
	switch {
	case !ok:
		s.reply(501, "Invalid address")
	case s.onlyEP:
		s.reply(503, "Only EPSV is allowed after EPSV ALL")
	case addr.Addr() != remote.Addr():
		s.reply(504, "Only connections to the client's address are allowed")
	case addr.Port() < 1024:
		s.reply(504, "Ports below 1024 are not allowed")
	default:
		s.data = active{from: netip.AddrPortFrom(local.Addr(), 0), to: addr}
		s.reply(200, verb+" command successful")
	}
}

func parsePort(arg string) (addr netip.AddrPort, ok bool) {
	var n [6]byte
	numbers := strings.Split(arg, ",")
	if len(numbers) != len(n) {
		return addr, false
	}
	for i, number := range numbers {
		v, err := strconv.ParseUint(strings.TrimSpace(number), 10, 8)
		if err != nil {
			return addr, false
		}
		n[i] = byte(v)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[:4])), uint16(n[4])<<8|uint16(n[5])), true
}

func parseEPRT(arg string) (addr netip.AddrPort, ok bool) {
	if arg == "" {
		return addr, false
	}
	parts := strings.Split(arg, arg[:1]) // the first character stands between the parts
	if len(parts) != 5 || parts[4] != "" {
		return addr, false
	}
	ip, err := netip.ParseAddr(parts[2])
	if err != nil || ip.Is4() != (parts[1] == "1") || ip.Is6() != (parts[1] == "2") {
		return addr, false
	}
	port, err := strconv.ParseUint(parts[3], 10, 16)
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), err == nil
}
