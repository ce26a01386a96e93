package certificate_test

import (
	"crypto/tls"
	"net"
	"testing"

	"example.com/workbook/testutil/kit/certificate"
)

func TestClientTrustsWhatIsWritten(t *testing.T) {
	cert, key, err := certificate.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := certificate.Client()
	if err != nil {
		t.Fatal(err)
	}
	c, s := net.Pipe()
	defer c.Close()
	server := tls.Server(s, &tls.Config{Certificates: []tls.Certificate{pair}})
	go server.Handshake()
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := pair.Leaf.VerifyHostname(name); err != nil {
			t.Errorf("the certificate is not for %s: %v", name, err)
		}
	}
	if err := tls.Client(c, trust).Handshake(); err != nil {
		t.Errorf("handshake of a client that trusts it: %v", err)
	}
}
