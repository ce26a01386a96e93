package clients

import (
	"regexp"
	"strings"
)

// A change is one of the replies of the server. A client that fails with it wants to read what
// it takes away.
type change struct {
	wants   string
	rewrite func(reply string) string
}

// replace returns a change of replies.
func replace(wants, pattern, by string) change {
	re := regexp.MustCompile(pattern)
	return change{wants, func(reply string) string { return re.ReplaceAllString(reply, by) }}
}

// changes are of replies that RFC 959 allows, or that servers send.
var changes = []change{
	{"a text behind each code", func(reply string) string {
		if dataReply.MatchString(reply) {
			return reply
		}
		return bareReply.ReplaceAllString(reply, "$1\r\n")
	}},
	replace("`220` in one line", `^220 (.*)`, "220-hello\r\n220 $1"),
	replace("`331`", `^331 .*`, "332 account"),
	replace("`230`", `^230 .*`, "202 superfluous"),
	replace("`215 UNIX`", `^215 UNIX`, "215 MACOS"),
	replace("quotes in `257`", `^257 "([^"]*)".*`, "257 $1"),
	replace("`250` to `CWD`", `^250 (.*working directory)`, "200 $1"),
	replace("`assive` in `227` and `229`", `^(227|229) .*\(`, "$1 ok ("),
	replace("`(` in `227`", `^227 .*\((.*)\)`, "227 Entering Passive Mode $1"),
	replace("`PORT` in its `200`", `^200 PORT command`, "200 command"),
	replace("`150`", `^150 (.*)`, "125 $1"),
	replace("the size in `150`", `^150 (.*) \(\d+ bytes\)`, "150 $1"),
	replace("`226`", `^226 (.*)`, "250 $1"),
	{"CR LF", func(reply string) string { return strings.TrimSuffix(reply, "\r\n") + "\n" }},
}

// dataReply is a reply whose text tells something.
var (
	dataReply = regexp.MustCompile(`^(227|229|257|213|215) `)
	bareReply = regexp.MustCompile(`^(\d\d\d) .*\r\n`)
)
