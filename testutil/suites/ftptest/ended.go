package ftptest

import (
	"errors"
	"fmt"
	"strings"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
)

// endedAfter returns an error about a server that ended after a command, and printed output:
// the panic with the line of the program, or the last line.
func endedAfter(command, output string) error {
	cause := "the server ends"
	if verb, _, _ := strings.Cut(command, " "); verb != "" {
		cause += " after " + visible(strings.ToUpper(verb))
	}
	return verdict.Because(cause, ended(command, output))
}

func ended(command, output string) error {
	words := "the server has ended"
	if command != "" {
		words += " after " + visible(command)
	}
	if why, ok := program.Panic(output); ok {
		return program.Crashed(words, visible(why))
	}
	line := lastLine(output)
	if line == "" {
		return errors.New(words + ", and has printed nothing")
	}
	return fmt.Errorf("%s; the last line that it has printed is %q", words, program.End(line, 300))
}

// lastLine returns the last line that is not blank.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}
