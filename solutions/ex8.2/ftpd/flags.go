package main

import (
	"errors"
	"flag"
)

// settingsFlags defines the flags that set what the exercise does not ask for. When
// they are parsed, the function that it returns checks them and completes set.
func settingsFlags(set *settings) (configure func() error) {
	flag.BoolVar(&set.write, "write", set.write, "let clients change the files")
	flag.BoolVar(&set.keep, "keep", set.keep, "keep the received part of an aborted upload")
	flag.Func("ports", "use the ports `LOW-HIGH` for data connections", func(text string) (err error) {
		set.ports, err = parsePorts(text)
		return err
	})
	flag.DurationVar(&set.idle, "idle", set.idle, "disconnect a client that is idle for this `duration`")
	flag.IntVar(&set.max, "max", set.max, "serve at most this number of `sessions` at the same time")
	user := flag.String("user", "", "let only the user of this `name` log in")
	password := flag.String("password-file", "", "the first line of this `file` is the user's password; by default it is that of $FTPD_PASSWORD")
	cert := flag.String("tls-cert", "", "offer TLS, with the certificate in this `file`")
	key := flag.String("tls-key", "", "the private key of -tls-cert, in this `file`")
	flag.BoolVar(&set.tlsOnly, "tls-only", set.tlsOnly, "refuse logins and transfers without TLS")
	return func() (err error) {
		if set.keep && !set.write {
			return errors.New("-keep requires -write")
		}
		if set.max < 1 || set.idle <= 0 {
			return errors.New("-max and -idle must be more than 0")
		}
		if set.account, err = findAccount(*user, *password); err != nil {
			return err
		}
		if set.tls, err = loadTLS(*cert, *key); err != nil {
			return err
		}
		if set.tlsOnly && set.tls == nil {
			return errors.New("-tls-only requires -tls-cert and -tls-key")
		}
		return nil
	}
}
