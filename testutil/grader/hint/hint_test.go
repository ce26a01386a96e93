package hint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const file = `# Hints

Text before them.

## clock2

### where do I begin?
<!-- for: clock2/not_started -->

With the chapter.

Then write.

### a goroutine leaks
<!-- for: TestClock/leaks_no_goroutine
          TestPort/* -->

How does your handler
learn it?

## clockwall

### another hint
<!-- for: TestClock/leaks_* -->

It never reads.
`

var (
	begin   = Hint{"where do I begin?", "With the chapter.\n\nThen write.", []string{"clock2/not_started"}}
	behind  = Hint{"a goroutine leaks", "How does your handler\nlearn it?", []string{"TestClock/leaks_no_goroutine", "TestPort/*"}}
	another = Hint{"another hint", "It never reads.", []string{"TestClock/leaks_*"}}
)

func TestRead(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":              file,
		"with the ends of DOS":  strings.ReplaceAll(file, "\n", "\r\n"),
		"without its last line": strings.TrimSuffix(file, "\n"),
	} {
		got, err := Read(write(t, text))
		if err != nil {
			t.Fatalf("Read of a file %s: %v", name, err)
		}
		if diff := cmp.Diff([]Hint{begin, behind, another}, got); diff != "" {
			t.Errorf("Read of a file %s mismatch (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadOfAFileWithoutHintsReturnsNone(t *testing.T) {
	got, err := Read(write(t, "# Hints\n"))
	if len(got) > 0 || err != nil {
		t.Errorf("Read is %v, %v, want no hints and no error", got, err)
	}
}

func TestReadNamesTheLineOfWhatItRefuses(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"### a goroutine leaks", "### ", "hints.md:14: the hint has no title"},
		{"<!-- for: clock2/not_started -->\n", "", "hints.md:7: want a comment <!-- for: TestName/case --> in the next line"},
		{"for: clock2/not_started", "for clock2/not_started", "hints.md:7: want a comment <!-- for: TestName/case --> in the next line"},
		{"clock2/not_started", "", "hints.md:7: the hint is for no case"},
		{"TestPort/*", "TestPort/[", "hints.md:14: TestPort/[: syntax error in pattern"},
		{"How does your handler\nlearn it?\n", "", "hints.md:14: the hint says nothing"},
		{"It never reads.\n", "", "hints.md:23: the hint says nothing"},
	} {
		name := write(t, strings.Replace(file, tt.old, tt.new, 1))
		_, err := Read(name)
		if err == nil {
			t.Errorf("Read of a file with %q in place of %q is no error, want %q", tt.new, tt.old, tt.want)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), filepath.Dir(name)+string(filepath.Separator)); got != tt.want {
			t.Errorf("Read of a file with %q in place of %q is the error %q, want %q", tt.new, tt.old, got, tt.want)
		}
	}
}

func TestReadNamesTheFileThatIsNotThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), File)
	if _, err := Read(name); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("Read of a file that is not there is the error %v, want one with its name", err)
	}
}

func TestFor(t *testing.T) {
	for _, tt := range []struct {
		test, name string
		want       []Hint
	}{
		{"clock2", NotStarted, []Hint{begin}},
		{"TestClock", "leaks_no_goroutine", []Hint{behind, another}},
		{"TestClock", "leaks_no_file", []Hint{another}},
		{"TestPort", "takes_port_0", []Hint{behind}},
		{"TestWall", "leaks_no_goroutine", nil},
	} {
		got := For([]Hint{begin, behind, another}, tt.test, tt.name)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("For(hints, %q, %q) mismatch (-want +got):\n%s", tt.test, tt.name, diff)
		}
	}
}

// write returns the name of a file that holds text.
func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), File)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
