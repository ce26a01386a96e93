package isolate

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"example.com/workbook/testutil/kit/program"
)

// What a case says of itself comes from a process in which the program under test
// runs too. So that only this package can say it, each line is sealed with
// a key, which the process reads from its standard input before anything of that
// program is run.

const keySize = 32

// newKey returns a key for one process.
func newKey() string { return hex.EncodeToString(random(keySize)) }

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

// key is that of this process, if it is one of a case or a trial.
var key = readKey()

func readKey() string {
	if os.Getenv(answerEnv) == "" || os.Getenv(ConfinedEnv) != "" {
		return ""
	}
	program.Hide()
	os.Unsetenv("GORACE") // the race detector has read it, and a run by hand has none
	text := make([]byte, 2*keySize)
	if _, err := io.ReadFull(os.Stdin, text); err != nil {
		return ""
	}
	return string(text)
}

func seal(key string, text []byte) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(text)
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

// say appends a sealed line to the answers of this process.
func say(line []byte) error {
	file, err := os.OpenFile(answerFile, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = fmt.Fprintf(file, "%s %s\n", seal(key, line), line)
	return err
}

// maxAnswer is more than the answers of any process take.
const maxAnswer = 16 << 20

// said returns the lines in a file of answers that are sealed with key, up to the first that
// is not: only a program that forges answers has written that.
func said(file, key string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxAnswer))
	if err != nil {
		return nil
	}
	var lines []string
	for line := range bytes.Lines(text) {
		sum, line, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
		if !hmac.Equal(sum, seal(key, line)) {
			break
		}
		lines = append(lines, string(line))
	}
	return lines
}
