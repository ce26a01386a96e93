package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// A Target is a program of any shape that is tested in place of that of a test: an
// executable with the flags of the exercise, a command line of its own, or a server that
// is running already.
type Target struct {
	Program string   `json:",omitempty"` // the path of the executable
	Command []string `json:",omitempty"` // the command line, with {port}, {root} and {clocks} in it
	Address string   `json:",omitempty"` // where the server listens, "127.0.0.1:2121"
	Dir     string   `json:",omitempty"` // the folder that the server at Address serves

	User, Password string `json:",omitempty"` // how clients log in; anybody may if empty
}

// targetEnv holds, in the environment, the Target as JSON.
const targetEnv = ownPrefix + "TARGET"

// Environ returns t as a variable of the environment, for the process that tests it.
func (t Target) Environ() string {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // there are only strings in it
	}
	return targetEnv + "=" + string(text)
}

// Tested returns the target that is tested in place of the program of this test; ok is
// false if there is none.
func Tested() (t Target, ok bool) {
	text := os.Getenv(targetEnv)
	return t, text != "" && json.Unmarshal([]byte(text), &t) == nil
}

// Foreign reports whether [Command] runs another program than that of this test.
func Foreign() bool {
	_, ok := Tested()
	return ok
}

// Takes reports whether the command line of t takes a value, such as "{port}".
func (t Target) Takes(value string) bool {
	return slices.ContainsFunc(t.Command, func(word string) bool { return strings.Contains(word, value) })
}

// TakesFlags reports whether the program under test takes the flags of the exercise, and
// has their defaults.
func TakesFlags() bool {
	t, ok := Tested()
	return !ok || t.Program != ""
}

// Writable names, in the environment of a confined program, a folder that it may write. Its
// current folder is then its HOME.
const Writable = ownPrefix + "WRITABLE"

// Confined reports whether [Command] runs programs in a sandbox.
func Confined() bool { return os.Getenv(confinedEnv) != "" }

// args returns the command line of t for a program that would else be started with args:
// -port N, -root DIR, and clocks, NewYork=localhost:8010.
func (t Target) args(args []string) []string {
	if t.Program != "" {
		return append([]string{t.Program}, args...)
	}
	values := map[string]string{"{port}": "0", "{root}": "."}
	var clocks []string
	for i := 0; i < len(args); i++ {
		name := "{" + strings.TrimLeft(args[i], "-") + "}"
		if _, ok := values[name]; ok && strings.HasPrefix(args[i], "-") && i+1 < len(args) {
			i++
			values[name] = args[i]
			continue
		}
		clocks = append(clocks, args[i])
	}
	var line []string
	for _, word := range t.Command {
		if word == "{clocks}" {
			line = append(line, clocks...)
			continue
		}
		for name, value := range values {
			word = strings.ReplaceAll(word, name, value)
		}
		line = append(line, word)
	}
	return line
}

// ParseCommand returns the words of a command line, in which quotes hold a word with spaces
// together. The first is looked up as a shell does; others that name files in the current
// folder become full paths, as the program is started in another. It is an error if one of
// wants, such as "{port}", is not in it.
func ParseCommand(line string, wants ...string) ([]string, error) {
	words, err := splitWords(line)
	if err != nil {
		return nil, err
	}
	if len(words) == 0 {
		return nil, errors.New("there is no program in it")
	}
	for _, want := range wants {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, want) }) {
			return nil, fmt.Errorf("%s is missing in %q", want, line)
		}
	}
	if words[0], err = exec.LookPath(words[0]); err == nil {
		words[0], err = filepath.Abs(words[0])
	}
	if err != nil {
		return nil, err
	}
	for i, word := range words[1:] {
		if _, err := os.Stat(word); err == nil && !filepath.IsAbs(word) {
			if words[i+1], err = filepath.Abs(word); err != nil {
				return nil, err
			}
		}
	}
	return words, nil
}

func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune // the one that is open, or 0
	inside := false
	for _, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, inside = r, true
		case quote == 0 && unicode.IsSpace(r):
			if inside {
				words = append(words, word.String())
				word.Reset()
				inside = false
			}
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote is open at the end of %q", line)
	}
	if inside {
		words = append(words, word.String())
	}
	return words, nil
}

// Files returns the files and folders that the program needs to read, as far as its command
// line names them: the folders of its files, and that of what is installed with it.
func (t Target) Files() []string {
	var all []string
	home, _ := os.UserHomeDir()
	for _, word := range append([]string{t.Program}, t.Command...) {
		if !filepath.IsAbs(word) {
			continue
		}
		names := []string{word}
		if real, err := filepath.EvalSymlinks(word); err == nil && real != word {
			names = append(names, real)
		}
		for _, name := range names {
			dir := filepath.Dir(name)
			if base := filepath.Base(dir); base == "bin" || base == "shims" {
				dir = filepath.Dir(dir)
			}
			if dir == home || dir == filepath.Dir(home) || dir == filepath.Dir(dir) || dir == os.TempDir() {
				dir = name // and nothing that is beside it
			}
			if !slices.Contains(all, dir) {
				all = append(all, dir)
			}
		}
	}
	return all
}
