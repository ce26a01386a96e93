package program

import (
	"errors"
	"math/rand/v2"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// forms are those in which a server may name the port that it listens on. They are compiled
// when they are needed: each process of a program would do so at its start.
var forms = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?:localhost|[0-9]\.[0-9]+|\]|[\s="]|^):([0-9]{1,5})\b`),      // "127.0.0.1:8010"
		regexp.MustCompile(`(?i)\b(?:port|listening)\b[^0-9\n]{0,20}([0-9]{1,5})\b[^.:]`), // "port 8010"
	}
})

// Address returns the address at which a server listens, "localhost:8010", if it
// says so in text.
func Address(text string) (address string, ok bool) {
	for _, form := range forms() {
		for line := range strings.Lines(text) {
			if m := form.FindStringSubmatch(line); m != nil && !usage().MatchString(line) {
				return net.JoinHostPort("localhost", m[1]), true
			}
		}
	}
	return "", false
}

// usage matches a line that tells how a program is used, and which port it would take.
var usage = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\busage\b|\bdefaults?\b( is| to)?\W*\d`)
})

// CheckPort returns an error if a server says that its address has port 0: a program that
// prints the port it was asked for, and not the one that it got.
func CheckPort(address string) error {
	if _, port, err := net.SplitHostPort(address); err == nil && strings.Trim(port, "0") == "" {
		return errors.New("it printed port 0, which stands for any free port; want the one that it has got, as in ln.Addr()")
	}
	return nil
}

// FreePort returns a port of host, such as "localhost", that was free a moment ago. No system
// gives that port to a program that asks for any port, or to a client. So another program that
// runs at the same time does not get it by chance.
func FreePort(host string) (string, error) {
	var err error
	for range 20 {
		port := strconv.Itoa(lowPort + rand.IntN(highPort-lowPort))
		var ln net.Listener
		if ln, err = net.Listen("tcp", net.JoinHostPort(host, port)); err == nil {
			return port, ln.Close()
		}
	}
	return "", err
}

// The ports of FreePort are from lowPort up to and not including highPort. Linux begins at
// highPort with those that it gives away (net.ipv4.ip_local_port_range), and others at 49152,
// as in RFC 6335, section 6.
const lowPort, highPort = 10_000, 32_768
