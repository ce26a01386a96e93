package program

import (
	"errors"
	"net"
	"regexp"
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

// FreePort returns a port of host that was free a moment ago.
func FreePort(host string) (string, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", err
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	return port, err
}
