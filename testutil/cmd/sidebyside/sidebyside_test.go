package sidebyside

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestLinesThatBelongTogetherStandBesideEachOther(t *testing.T) {
	tests := []struct {
		name        string
		left, right string // the lines, each one field
		want        string // the left ones, each with what stands beside it
	}{
		{"nothing", "", "", ""},
		{"the left text alone", "a b", "", "a: b:"},
		{"the right text alone", "", "a b", ":a :b"},
		{"the same lines", "a b c", "a b c", "a:a b:b c:c"},
		{"a line more on the right", "a c", "a b c", "a:a :b c:c"},
		{"a line more on the left", "a b c", "a c", "a:a b: c:c"},
		{"one line for another", "a b c", "a x c", "a:a b:x c:c"},
		{"one line for two", "a b c", "a x y c", "a:a b:x :y c:c"},
		{"nothing in common", "a b", "x y z", "a:x b:y :z"},
		{"further in", "a _b c", "__b c", "a: _b:__b c:c"},
		{"spaces at the end", "a_ b", "b a", "a_: b:b :a"},
		{"a function of few lines and one of many", "func_f() a } func_g() }", "func_f() x a _{ _} } func_g() }",
			"func_f():func_f() :x a:a :_{ :_} }:} func_g():func_g() }:}"},
		{"other parameters", "func_f(a_int) x }", "y func_f() }", ":y func_f(a_int):func_f() x: }:}"},
		{"another receiver", "x func_(s_*session)_f() }", "func_(c_*conn)_f() }", "x: func_(s_*session)_f():func_(c_*conn)_f() }:}"},
		{"a function between two", "func_f() } func_h() }", "func_f() } func_g() } func_h() }",
			"func_f():func_f() }:} :func_g() :} func_h():func_h() }:}"},
		{"a function rather than the lines of another", "func_f() a b c } func_g() }", "func_g() a b c }",
			"func_f(): a: b: c: }: func_g():func_g() :a :b :c }:}"},
		{"the type and the function of a name", "type_f_int func_f() }", "func_f() } type_f_int", "type_f_int: func_f():func_f() }:} :type_f_int"},
		{"imports", "import_( _a )", "import_( _b _c )", "import_(:import_( _a:_b :_c ):)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			left, right := fields(tt.left), fields(tt.right)
			var got []string
			for _, r := range align(left, right) {
				got = append(got, field(left, r.left)+":"+field(right, r.right))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("align(%q, %q) mismatch (-want +got):\n%s", left, right, diff)
			}
		})
	}
}

// fields returns the fields of text as lines, and field one of them as a field again.
func fields(text string) []string {
	var lines []string
	for field := range strings.FieldsSeq(text) {
		lines = append(lines, strings.ReplaceAll(field, "_", " "))
	}
	return lines
}

func field(lines []string, i int) string {
	if i == none {
		return ""
	}
	return strings.ReplaceAll(lines[i], " ", "_")
}

func TestFormat(t *testing.T) {
	const mine = `package main

func serve(ln net.Listener) {
	for {
		conn, _ := ln.Accept()
		handleConn(conn)
	}
}
`
	const theirs = "package main\r\n\r\n" + `func serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept() // until ln is closed
		if err != nil {
			return nil
		}
		go handleConn(conn)
	}
}

// Größe 大小 😀
`
	tests := []struct {
		name  string
		style Style
		want  string
	}{
		{"wide", Style{Width: 83}, `
mine                                       theirs
----------------------------------------   ----------------------------------------
package main                               package main

func serve(ln net.Listener) {            | func serve(ln net.Listener) error {
    for {                                      for {
        conn, _ := ln.Accept()           |         conn, err := ln.Accept() //
                                         |             until ln is closed
        handleConn(conn)                 |         if err != nil {
                                         >             return nil
                                         >         }
                                         >         go handleConn(conn)
    }                                          }
}                                          }
                                         >
                                         > // Größe 大小 😀
`},
		{"in ASCII and as narrow as can be", Style{ASCII: true}, `
mine                 theirs
------------------   ------------------
package main         package main

func serve(ln net. | func serve(ln net.
    Listener) {    |     Listener)
                   |     error {
    for {                for {
        conn, _ := |         conn, err
         ln.Accept |          := ln.
         ()        |          Accept()
                   |          // until
                   |          ln is
                   |          closed
        handleConn |         if err !=
         (conn)    |          nil {
                   >             return
                   >          nil
                   >         }
                   >         go handleC
                   >          onn(conn)
    }                    }
}                    }
                   >
                   > // Gr\u00f6\u00dfe
                   >     \u5927\u5c0f
                   >     \U0001f600
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Format(Text{"mine", mine}, Text{"theirs", theirs}, tt.style)
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), got); diff != "" {
				t.Errorf("mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestColorsAreOfWhatOneTextHas(t *testing.T) {
	got := Format(Text{"mine", "a\nb\n"}, Text{"theirs", "a\nc\nd\n"}, Style{Width: 40, Color: true})
	want := "" +
		"\x1b[1mmine\x1b[m                 \x1b[1mtheirs\x1b[m\n" +
		"\x1b[2m------------------\x1b[m   \x1b[2m------------------\x1b[m\n" +
		"a                    a\n" +
		"\x1b[36mb\x1b[m                 \x1b[2m | \x1b[m\x1b[32mc\x1b[m\n" +
		"                  \x1b[2m > \x1b[m\x1b[32md\x1b[m\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func TestNothingInATextCommandsTheTerminal(t *testing.T) {
	p := &page{column: 80}
	for line, want := range map[string]string{
		"a\x1b[2Jb":       `a\x1b[2Jb`,
		"a\rb\a":          `a\rb\a`,
		"\u202eright":     `\u202eright`, // to left
		"zero\u200bwidth": `zero\u200bwidth`,
		"\xffbytes":       "\ufffdbytes",
		"\ta\tb  \t":      "    a   b",
	} {
		if got := p.visible(line); got != want {
			t.Errorf("%q is shown as %q, want %q", line, got, want)
		}
	}
}

// The functions of a stub and of its solution stand beside each other, all of them: so
// must stubs and solutions be written.
func TestFunctionsOfStubsStandBesideThoseOfSolutions(t *testing.T) {
	stubs, err := filepath.Glob(filepath.Join("..", "..", "..", "exercises", "ex*", "*", "*.go"))
	if err != nil || len(stubs) == 0 {
		t.Fatalf("there are no stubs: %v", err)
	}
	for _, stub := range stubs {
		solution := strings.Replace(stub, "exercises", "solutions", 1)
		left, right := lines(read(t, stub)), lines(read(t, solution))
		for _, r := range align(left, right) {
			if r.left == none || !strings.HasPrefix(left[r.left], "func ") {
				continue
			}
			if r.right == none || declared(left[r.left]) != declared(right[r.right]) {
				t.Errorf("%s:%d: beside %q does not stand that of the solution", stub, r.left+1, left[r.left])
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// FuzzFormat checks that no line is lost, doubled or moved, that none is too long, and
// that only characters come out.
func FuzzFormat(f *testing.F) {
	f.Add("", "", 0, false)
	f.Add("func f() {\n\ta\n}\n", "func f() error {\n\ta\n\tb\n}\n", 80, true)
	f.Add("a\n\tb\n}\n", strings.Repeat("\t", 50)+strings.Repeat("大", 50)+"\x1b\u0301\xff\r\n", 41, false)
	f.Fuzz(func(t *testing.T, left, right string, columns int, ascii bool) {
		if len(left)+len(right) > 1<<12 {
			t.Skip("takes long")
		}
		a, b := lines(left), lines(right)
		var lefts, rights []int
		for _, r := range align(a, b) {
			if r.left == none && r.right == none {
				t.Errorf("align(%q, %q) has a row of nothing", a, b)
			}
			if r.left != none {
				lefts = append(lefts, r.left)
			}
			if r.right != none {
				rights = append(rights, r.right)
			}
		}
		if !slices.Equal(lefts, count(len(a))) || !slices.Equal(rights, count(len(b))) {
			t.Errorf("align(%q, %q) has the lines %d and %d, want each once, in order", a, b, lefts, rights)
		}
		style := Style{Width: min(columns, 500), ASCII: ascii}
		text := Format(Text{"mine", left}, Text{"theirs", right}, style)
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			if n := width(line); n > max(style.Width, minWidth) {
				t.Errorf("Format(%q, %q, %+v) has a line of %d columns: %q", left, right, style, n, line)
			}
			for _, r := range line {
				if !unicode.IsGraphic(r) || ascii && r > unicode.MaxASCII {
					t.Errorf("Format(%q, %q, %+v) has the character %q", left, right, style, r)
				}
			}
		}
	})
}

func count(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

// FuzzWrap checks that the pieces of a line are the line, but for spaces between them.
func FuzzWrap(f *testing.F) {
	f.Add("    a line with words.and(calls, of) them 大大大大", 18)
	f.Fuzz(func(t *testing.T, line string, column int) {
		column = max(column, (minWidth-len(alike))/2)
		p := &page{column: column}
		line = p.visible(line)
		pieces := wrap(line, column)
		unspaced := func(text string) string { return strings.ReplaceAll(text, " ", "") }
		if got := unspaced(strings.Join(pieces, "")); got != unspaced(line) {
			t.Errorf("wrap(%q, %d) comes to %q", line, column, got)
		}
	})
}
