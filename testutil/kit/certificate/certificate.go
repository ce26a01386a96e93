// Package certificate holds a certificate for servers under test.
//
//	cert, key, err := certificate.Write(dir)
//	...
//	exec.Command("ftpd", "-tls-cert", cert, "-tls-key", key)
//
// It is for localhost, 127.0.0.1 and ::1, has signed itself, and is another one in
// each process.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Pair returns the certificate with its key.
func Pair() (tls.Certificate, error) { return pair() }

var pair = sync.OnceValues(func() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{Organization: []string{"Workbook"}},
		NotBefore:             time.Unix(0, 0), // the fake clock is behind
		NotAfter:              time.Now().Add(24 * time.Hour),
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
})

// Client returns how a client speaks TLS that trusts the certificate.
func Client() (*tls.Config, error) {
	p, err := Pair()
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(p.Leaf)
	return &tls.Config{RootCAs: roots, ServerName: "localhost"}, nil
}

// Write writes the certificate and its key to files of dir, in PEM, and returns
// their names.
func Write(dir string) (cert, key string, err error) {
	p, err := Pair()
	if err != nil {
		return "", "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(p.PrivateKey)
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate[0]}), 0o644); err != nil {
		return "", "", err
	}
	return cert, key, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600)
}
