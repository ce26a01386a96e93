package report

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A browsing is what class.cjs has seen.
type browsing struct {
	Wrong []string

	ByName, ByScore, ByScoreUp, ByCase []string
	SortedBy                           []string
	Status                             string
	FailedCase, PassedCase             []string
	Named, Alike, Hard                 []string
	Board, Next, Focused               string
	Pictures, Dialogue                 []string
	Closed                             bool
	Printed                            []bool
	PrintedMap                         bool
	WithoutScript                      int
	Person                             string
	Rows                               []int
	Seconds                            struct{ Open, Sort, Filter, Board float64 }
}

// The page of a class in a real browser: it sorts, filters, shows boards, and loads nothing.
func TestClassIsUsableInABrowser(t *testing.T) {
	browser, env := browserHere(t)
	dir := t.TempDir()
	small, big, person := filepath.Join(dir, "small.html"), filepath.Join(dir, "big.html"), filepath.Join(dir, "person.html")
	r := sample()
	r.Programs[0].Parts[0].Cases[1].Verdict.Message = strings.TrimPrefix(board, "not concurrent: ")
	for name, text := range map[string]string{
		small:  written(t, classOf(t, 12, 4)),
		big:    written(t, classOf(t, 500, 170)),
		person: encoded(t, HTML, r),
	} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/class.cjs", browser, small, big, person)
	cmd.Env = append(os.Environ(), env)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, stderr.String())
	}
	var got browsing
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	t.Logf("processor time of the page for 500 students, in seconds: %+v", got.Seconds)
	for name, s := range map[string]float64{"opened": got.Seconds.Open, "sorted": got.Seconds.Sort, "filtered": got.Seconds.Filter, "asked for a board": got.Seconds.Board} {
		if s > 2 { // it is less than 0.5s on a machine that does nothing else
			t.Errorf("the page of 500 students uses %.2fs of processor time when it is %s, want at most 2s", s, name)
		}
	}
	got.Seconds.Open, got.Seconds.Sort, got.Seconds.Filter, got.Seconds.Board = 0, 0, 0, 0
	want := browsing{
		Wrong:  []string{},
		ByName: students(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
		// Those with 4 points, 3, 2 and none.
		ByScore:    students(1, 7, 11, 2, 3, 9, 4, 5, 6, 8, 10, 0),
		SortedBy:   []string{"Core of 4: descending"},
		ByScoreUp:  students(0, 4, 5, 6, 8, 10, 2, 3, 9, 1, 7, 11),
		ByCase:     students(0, 6, 3, 9, 4, 5, 8, 10, 2, 1, 7, 11),
		Status:     "12 of 12 students, by does thing 1",
		FailedCase: students(0, 4, 8),
		PassedCase: students(1, 2, 3, 5, 6, 7, 9, 10, 11),
		Named:      students(1, 10, 11),
		Alike:      students(0, 5, 10),
		Hard:       students(0, 5, 10),
		Board:      "student 5: core 2, robustness 0, extra 0",
		Pictures:   []string{"client 1 connects at 0s, gets 3 lines from 0s to 2s. client 2 connects at 0s, gets no line."},
		Dialogue:   []string{"client USER <i>ann</i>", "server 230 Logged in", "server 250 more"},
		Next:       "student 6: core 2, robustness 0, extra 0",
		Closed:     true,
		Focused:    "does thing 0 (0 of 1)",
		Printed:    []bool{true, false},
		PrintedMap: true, WithoutScript: 12, Person: "All exercises",
		Rows: []int{50, 500, 500},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the browser has seen mismatch (-want +got):\n%s", diff)
	}
}

// students returns the names of students.
func students(numbers ...int) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, fmt.Sprint("student ", n))
	}
	return all
}

// browserHere returns the browser of this machine, and the variable of the environment with
// which node finds its packages. It skips the test if there is none; where CI is set, that is
// an error.
func browserHere(t *testing.T) (browser, env string) {
	t.Helper()
	skip := t.Skipf
	if os.Getenv("CI") != "" {
		skip = t.Fatalf
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		skip("there is no browser: install the package chromium")
	}
	packages := os.Getenv("NODE_PATH")
	if packages == "" {
		root, err := exec.Command("npm", "root", "-g").Output()
		if err != nil {
			skip("npm root -g: %v: install node and npm", err)
		}
		packages = strings.TrimSpace(string(root))
	}
	for _, name := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat(filepath.Join(packages, name)); err != nil {
			skip("%v: run npm install -g, with the versions that .ci/run names", err)
		}
	}
	return browser, "NODE_PATH=" + packages
}
