package main

import (
	"fmt"
	"strings"
)

// stranger is the stage before the login.
func stranger(l *loop, c command) (reply, stage) {
	switch c.verb {
	case "USER":
		return reply{230, "you are in, and need no password"}, guest
	case "PASS":
		return reply{503, "say USER first"}, stranger
	}
	if r, next, ok := always(c, stranger); ok {
		return r, next
	}
	return reply{530, "say USER first"}, stranger
}

// guest is the stage after the login.
func guest(l *loop, c command) (reply, stage) {
	if r, next, ok := always(c, guest); ok {
		return r, next
	}
	h, ok := commands[c.verb]
	if !ok {
		return reply{500, "unknown command"}, guest
	}
	return h(l, c.arg), guest
}

// always answers what may be said at any stage.
func always(c command, here stage) (r reply, next stage, ok bool) {
	switch c.verb {
	case "QUIT":
		return reply{221, "so long"}, nil, true
	case "NOOP":
		return reply{200, "nothing"}, here, true
	case "SYST":
		return reply{215, "UNIX Type: L8"}, here, true
	}
	return reply{}, nil, false
}

// A handler carries out a command of a guest.
type handler func(l *loop, arg string) reply

var commands = map[string]handler{
	"USER": say(230, "you are in already"),
	"PASS": say(230, "very well"),
	"TYPE": needsArg(oneOf("A", "A N", "I", "L 8")),
	"MODE": needsArg(oneOf("S")),
	"STRU": needsArg(oneOf("F")),
	"ABOR": say(226, "No transfer to abort"),
	"PWD":  pwd,
	"CWD":  needsArg(cwd),
	"CDUP": func(l *loop, _ string) reply { return cwd(l, "..") },
	"PASV": pasv,
	"PORT": needsArg(port),
	"RETR": needsArg(needsWay(retr)),
	"LIST": dropsFlags(needsWay(list(long))),
	"NLST": dropsFlags(needsWay(list(short))),
}

// say returns the handler that always gives the same reply.
func say(code int, text string) handler {
	return func(*loop, string) reply { return reply{code, text} }
}

// oneOf returns the handler that takes one of some values, which all mean the same.
func oneOf(values ...string) handler {
	return func(_ *loop, arg string) reply {
		for _, v := range values {
			if strings.EqualFold(arg, v) {
				return reply{200, "fine"}
			}
		}
		return reply{504, "want one of " + strings.Join(values, ", ")}
	}
}

// needsArg puts a check before h.
func needsArg(h handler) handler {
	return func(l *loop, arg string) reply {
		if arg == "" {
			return reply{501, "an argument is missing"}
		}
		return h(l, arg)
	}
}

// needsWay is for transfers.
func needsWay(h handler) handler {
	return func(l *loop, arg string) reply {
		if l.way == nil {
			return reply{425, "say PASV or PORT first"}
		}
		return h(l, arg)
	}
}

// dropsFlags drops the flags of the command ls.
func dropsFlags(h handler) handler {
	return func(l *loop, arg string) reply {
		for strings.HasPrefix(arg, "-") {
			_, arg, _ = strings.Cut(arg, " ")
		}
		return h(l, arg)
	}
}

func pwd(l *loop, _ string) reply {
	dir := "/" + strings.Join(l.dir, "/")
	return reply{257, fmt.Sprintf(`"%s"`, strings.ReplaceAll(dir, `"`, `""`))}
}

func cwd(l *loop, arg string) reply {
	dir := l.resolve(arg)
	if info, err := l.files.stat(dir); err != nil || !info.IsDir() {
		return reply{550, "no directory " + arg}
	}
	l.dir = dir
	return reply{200, "here we are"}
}

// resolve walks from the working directory to a file. Above the root is the root.
func (l *loop) resolve(name string) []string {
	var at []string
	if !strings.HasPrefix(name, "/") {
		at = append(at, l.dir...)
	}
	for element := range strings.SplitSeq(name, "/") {
		switch element {
		case "", ".":
		case "..":
			at = at[:max(0, len(at)-1)]
		default:
			at = append(at, element)
		}
	}
	return at
}
