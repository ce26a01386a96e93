package main

import (
	"crypto/sha256"
	"crypto/subtle"
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

// passwordEnv is the environment variable that holds the password. It is not a flag,
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

// An access is how far a session has come in logging in.
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
