package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// An account is the only user who may log in. It holds hashes, since these are all
// of one length: how long a comparison takes tells nothing of a password.
type account struct {
	name, password [sha256.Size]byte
}

func newAccount(name, password string) *account {
	return &account{sha256.Sum256([]byte(name)), sha256.Sum256([]byte(password))}
}

// opens reports whether name and password are those of the account.
func (a *account) opens(name, password string) bool {
	b := newAccount(name, password)
	return subtle.ConstantTimeCompare(a.name[:], b.name[:])&
		subtle.ConstantTimeCompare(a.password[:], b.password[:]) == 1
}

// passwordEnv is the environment variable that holds the password. It is no flag,
// since everybody on a machine can see the command lines of all programs.
const passwordEnv = "FTPD_PASSWORD"

// findAccount returns the account of the user, whose password is the first line of the
// file or, if there is no file, in the environment. Without a user it returns nil.
func findAccount(user, file string) (*account, error) {
	password := os.Getenv(passwordEnv)
	if user == "" {
		if file != "" || password != "" {
			return nil, fmt.Errorf("-password-file and $%s want -user: whose password is it?", passwordEnv)
		}
		return nil, nil
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read the password: %w", err)
		}
		password, _, _ = strings.Cut(string(text), "\n")
		password = strings.TrimSuffix(password, "\r")
	}
	if password == "" {
		return nil, fmt.Errorf("-user %s wants a password, in -password-file or $%s", user, passwordEnv)
	}
	return newAccount(user, password), nil
}

// Access is how far a session has come in logging in.
type access struct {
	by       time.Time // when it must have; zero once it has
	failures int       // passwords that were wrong
}

func newAccess(within time.Duration) access {
	return access{by: time.Now().Add(within)}
}

const (
	// maxFailures is how many wrong passwords a session may try.
	maxFailures = 3

	// failureTime is how long it waits for the reply to each (RFC 2577, 5).
	failureTime = 3 * time.Second
)

var errStranger = errors.New("you have not logged in for too long")

// patience returns how long the client may take to say something, and the
// error if it does not.
func (s *session) patience() (time.Duration, error) {
	if left := time.Until(s.access.by); !s.access.by.IsZero() && left < s.srv.idle {
		return left, errStranger
	}
	return s.srv.idle, errIdle
}

// welcome returns the text of the greeting, and ask that of the request for a
// password.
func (srv *server) welcome() string {
	if srv.account == nil {
		return "FTP server ready; log in as anonymous with any password"
	}
	return "FTP server ready; log in"
}

func (srv *server) ask() string {
	if srv.account == nil {
		return "Any password is accepted"
	}
	return "and the password?"
}

// admit reports whether the user may come in with the password. If not, it says
// so after a while, in which only this session waits.
func (s *session) admit(password string) bool {
	if s.srv.account == nil || s.srv.account.opens(s.name, password) {
		s.access = access{}
		return true
	}
	s.log.Warn("wrong password", "user", s.name)
	select {
	case <-time.After(failureTime):
	case <-s.srv.ending.Done():
	}
	s.access.failures++
	s.left = s.access.failures == maxFailures
	s.reply(530, "Login incorrect")
	return false
}
