package main

import (
	"path"
	"strings"
	"time"
)

// A handler carries out a command.
type handler struct {
	run     func(v *visitor, arg string)
	public  bool // needs no login
	wantArg bool
}

// handlers has a handler for every verb that we know.
var handlers = map[string]handler{
	"USER": {run: user, public: true, wantArg: true},
	"PASS": {run: pass, public: true},
	"QUIT": {run: quit, public: true},
	"NOOP": {run: answer(200, "Yes?"), public: true},
	"SYST": {run: answer(215, "UNIX Type: L8"), public: true},

	"PWD":  {run: pwd},
	"XPWD": {run: pwd},
	"CWD":  {run: cwd, wantArg: true},
	"XCWD": {run: cwd, wantArg: true},
	"CDUP": {run: func(v *visitor, _ string) { cwd(v, "..") }},

	"TYPE": {run: typ, wantArg: true},
	"MODE": {run: only("S"), wantArg: true},
	"STRU": {run: only("F"), wantArg: true},
	"PASV": {run: pasv},
	"EPSV": {run: epsv},
	"LIST": {run: list},
	"NLST": {run: nlst},
	"RETR": {run: retr, wantArg: true},
	"SIZE": {run: size, wantArg: true},
}

func (v *visitor) do(verb, arg string) {
	h, known := handlers[verb]
	switch {
	case !known:
		v.say(502, "I have never heard of that.")
	case !h.public && !v.inside:
		v.say(530, "Log in first.")
	case h.wantArg && arg == "":
		v.say(501, "%s what?", verb)
	default:
		h.run(v, arg)
	}
}

// answer is for commands that change nothing.
func answer(code int, text string) func(*visitor, string) {
	return func(v *visitor, _ string) { v.say(code, "%s", text) }
}

// only is for commands that set what cannot be set to anything else.
func only(value string) func(*visitor, string) {
	return func(v *visitor, arg string) {
		if strings.EqualFold(arg, value) {
			v.say(200, "So it is.")
		} else {
			v.say(504, "Only %s.", value)
		}
	}
}

func user(v *visitor, arg string) {
	v.name, v.inside = arg, false
	v.say(331, "Hello, %s. What is your password?", arg)
}

func pass(v *visitor, _ string) {
	if v.name == "" {
		v.say(503, "Who are you?")
		return
	}
	time.Sleep(300 * time.Millisecond) // as long as it takes to hash a password
	v.inside = true
	v.say(230, "Welcome, %s.", v.name)
}

func quit(v *visitor, _ string) {
	v.say(221, "Good night.")
	v.bye = true
}

func pwd(v *visitor, _ string) {
	v.say(257, `"%s" is where you are.`, strings.ReplaceAll(v.cwd, `"`, `""`))
}

func cwd(v *visitor, arg string) {
	dir := v.path(arg)
	info, err := v.files.Stat(inRoot(dir))
	if err != nil || !info.IsDir() {
		v.say(550, "There is no directory %s.", dir)
		return
	}
	v.cwd = dir
	v.say(250, "Now you are in %s.", dir)
}

// typ takes text for what it is: bytes.
func typ(v *visitor, arg string) {
	switch strings.ToUpper(arg) {
	case "I", "A", "A N", "L 8":
		v.say(200, "Files come as they are.")
	default:
		v.say(504, "There is no such type.")
	}
}

// path returns the full path of a name: "/sub/a" for "a" in "/sub".
func (v *visitor) path(name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(v.cwd, name)
}

// inRoot returns what package os calls a full path.
func inRoot(full string) string {
	if full == "/" {
		return "."
	}
	return full[1:]
}
