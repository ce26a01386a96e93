// Package goroutine reads dumps of goroutines, and says in a sentence what a program does,
// where it is stuck, or how it has died.
//
//	const dump = `goroutine 9 [sleep (durable), synctest bubble 1]:
//	time.Sleep(0x3b9aca00)
//		/usr/local/go/src/runtime/time.go:361 +0x145
//	example.com/workbook/exercises/ex8.1/clock2.handleConn(...)
//		/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0xa5
//	`
//	fmt.Println(goroutine.Leak(dump))
//	// clock2.go:20 still sleeps though the test is over
//
// A dump does not tell which call holds a lock, or which one may have ended the program. For
// that, the package reads the source of the program in the working directory.
package goroutine

import (
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// module is the path of the workbook's module.
const module = "example.com/workbook/"

// A goroutine is one of a dump, as the runtime prints it:
//
//	goroutine 12 [sync.Mutex.Lock, synctest bubble 1]:
//	example.com/workbook/exercises/ex8.1/clock2.handleConn(...)
//		/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d
//	created by example.com/workbook/exercises/ex8.1/clock2.serve in goroutine 7
//		/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:33 +0x9e
type goroutine struct {
	number  int
	state   string // "sync.Mutex.Lock"
	durable bool   // waits for something that only its bubble can cause
	bubble  int    // the number of its fake clock, 0 for the real one
	frames  []frame
}

// A frame is one call in a goroutine, the innermost first.
type frame struct {
	call string // "example.com/workbook/exercises/ex8.1/clock2.handleConn"
	file string
	line int
}

var headerLine = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\]]*)\]:$`)

// goroutines returns the goroutines in a dump, or in any text that holds one.
func goroutines(text string) []goroutine {
	var all []goroutine
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "goroutine ") { // most do not, and the pattern takes long
			if m := headerLine.FindStringSubmatch(line); m != nil {
				all = append(all, header(m[1], m[2]))
				inside = true
				continue
			}
		}
		if line == "" {
			inside = false
		}
		if !inside {
			continue
		}
		g := &all[len(all)-1]
		if !g.place(line) {
			g.frames = append(g.frames, frame{call: callOf(line)})
		}
	}
	return all
}

// place reads where the last frame stands, if line is one that says so:
//
//	/home/ann/workbook/exercises/ex8.1/clock2/clock2.go:20 +0x1d
func (g *goroutine) place(line string) bool {
	text := strings.TrimLeft(line, " \t")
	end := strings.LastIndex(text, ".go:")
	if text == line || end < 0 || len(g.frames) == 0 {
		return false
	}
	number, _, _ := strings.Cut(text[end+len(".go:"):], " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return false
	}
	last := &g.frames[len(g.frames)-1]
	last.file, last.line = text[:end+len(".go")], n
	return true
}

// header reads "12" and "sleep (durable), 2 minutes, synctest bubble 1".
func header(number, text string) goroutine {
	state, _, _ := strings.Cut(text, ",")
	g := goroutine{
		state:   strings.TrimSuffix(state, " (durable)"),
		durable: strings.Contains(text, "(durable)"),
	}
	g.number, _ = strconv.Atoi(number)
	if _, number, ok := strings.Cut(text, "synctest bubble "); ok {
		g.bubble, _ = strconv.Atoi(number)
	}
	return g
}

// callOf returns the function in "main.f(0xc000012345, {0x1, 0x2})" and in
// "created by main.f in goroutine 7".
func callOf(line string) string {
	line = strings.TrimPrefix(line, "created by ")
	line, _, _ = strings.Cut(line, " in goroutine ")
	if strings.HasSuffix(line, ")") {
		// A method's receiver stands in parentheses too: the arguments
		// open with the last one at depth 0.
		depth := 0
		for i := len(line) - 1; i >= 0; i-- {
			switch line[i] {
			case ')':
				depth++
			case '(':
				depth--
			}
			if depth == 0 {
				return line[:i]
			}
		}
	}
	return line
}

// active reports whether the goroutine runs or could.
func (g goroutine) active() bool {
	return g.state == "running" || g.state == "runnable" || g.state == "syscall"
}

// own reports whether the frame stands in the program under test: not in the
// standard library, another module, or the test kit.
func (f frame) own() bool {
	if path.Base(filepath.ToSlash(f.file)) == "_testmain.go" {
		return false
	}
	rest, ok := strings.CutPrefix(f.call, module)
	if !ok {
		return strings.HasPrefix(f.call, "main.") || strings.HasPrefix(f.call, "command-line-arguments.")
	}
	return !strings.HasPrefix(rest, "testutil/") || f.inTest()
}

func (f frame) inTest() bool { return strings.HasSuffix(f.file, "_test.go") }

// ownFrame returns the innermost frame of the program under test,
// or if there is none, of its tests.
func (g goroutine) ownFrame() (frame, bool) {
	var test *frame
	for i, f := range g.frames {
		switch {
		case !f.own():
		case !f.inTest():
			return f, true
		case test == nil:
			test = &g.frames[i]
		}
	}
	if test != nil {
		return *test, true
	}
	return frame{}, false
}

// calls reports whether the goroutine is inside a call of the named function.
func (g goroutine) calls(name string) bool {
	for _, f := range g.frames {
		if f.call == name {
			return true
		}
	}
	return false
}
