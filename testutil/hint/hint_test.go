package hint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const task = `# A task

<details><summary>Hint 1: where do I begin?</summary>
<!-- for: clock2/not_started -->

With the chapter.

Then write.
</details>

Text between them.

<details><summary>Hint 2: a goroutine stays behind</summary>
<!-- for: TestClock/leaves_no_goroutine_behind
          TestPort/* -->

How does your handler
learn it?
</details>

## Another section

<details><summary>Hint 1: once more</summary>
<!-- for: TestClock/leaves_* -->

It never reads.
</details>
`

var (
	begin   = Hint{"where do I begin?", "With the chapter.\n\nThen write.", []string{"clock2/not_started"}}
	behind  = Hint{"a goroutine stays behind", "How does your handler\nlearn it?", []string{"TestClock/leaves_no_goroutine_behind", "TestPort/*"}}
	another = Hint{"once more", "It never reads.", []string{"TestClock/leaves_*"}}
)

func TestRead(t *testing.T) {
	for name, text := range map[string]string{
		"as it is":              task,
		"with the ends of DOS":  strings.ReplaceAll(task, "\n", "\r\n"),
		"without its last line": strings.TrimSuffix(task, "\n"),
	} {
		got, err := Read(file(t, text))
		if err != nil {
			t.Fatalf("Read of a task %s: %v", name, err)
		}
		if diff := cmp.Diff([]Hint{begin, behind, another}, got); diff != "" {
			t.Errorf("Read of a task %s mismatch (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadOfATaskWithoutHintsReturnsNone(t *testing.T) {
	got, err := Read(file(t, "# A task\n"))
	if len(got) > 0 || err != nil {
		t.Errorf("Read is %v, %v, want no hints and no error", got, err)
	}
}

func TestReadNamesTheLineOfWhatItRefuses(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"Hint 2: a goroutine stays behind", "A goroutine stays behind", "README.md:13: want <details><summary>Hint 1: its title</summary>"},
		{"Hint 2:", "Hint 3:", "README.md:13: it is hint 3, want 1 or 2"},
		{"Hint 2:", "Hint 99999999999999999999:", `README.md:13: strconv.Atoi: parsing "99999999999999999999": value out of range`},
		{"<!-- for: clock2/not_started -->\n", "", "README.md:3: want a comment <!-- for: TestName/case --> in the next line"},
		{"for: clock2/not_started", "for clock2/not_started", "README.md:3: want a comment <!-- for: TestName/case --> in the next line"},
		{"clock2/not_started", "", "README.md:3: the hint is for no case"},
		{"TestPort/*", "TestPort/[", "README.md:13: TestPort/[: syntax error in pattern"},
		{"It never reads.", "", "README.md:23: the hint says nothing"},
		{"It never reads.\n</details>", "It never reads.", "README.md:23: the hint has no line </details> after it"},
	} {
		name := file(t, strings.Replace(task, tt.old, tt.new, 1))
		_, err := Read(name)
		if err == nil {
			t.Errorf("Read of a task with %q in the place of %q is no error, want %q", tt.new, tt.old, tt.want)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), filepath.Dir(name)+string(filepath.Separator)); got != tt.want {
			t.Errorf("Read of a task with %q in the place of %q is the error %q, want %q", tt.new, tt.old, got, tt.want)
		}
	}
}

func TestReadNamesTheFileThatIsNotThere(t *testing.T) {
	name := filepath.Join(t.TempDir(), "README.md")
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
		{"TestClock", "leaves_no_goroutine_behind", []Hint{behind, another}},
		{"TestClock", "leaves_no_goroutine", []Hint{another}},
		{"TestPort", "takes_port_0", []Hint{behind}},
		{"TestWall", "leaves_no_goroutine_behind", nil},
	} {
		got := For([]Hint{begin, behind, another}, tt.test, tt.name)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("For(hints, %q, %q) mismatch (-want +got):\n%s", tt.test, tt.name, diff)
		}
	}
}

// file returns a README.md that holds text.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
