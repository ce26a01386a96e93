//go:build unix

package sites

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cluster returns a runner with a class, on which part.sh grades.
func cluster(t *testing.T, grader string) runner {
	t.Helper()
	r := newRunner(t, "workbook", grader)
	r.write(t, "class/ann/clock2.go", "")
	t.Setenv("CLASS", filepath.Join(r.root, "class"))
	t.Setenv("PARTS", filepath.Join(r.root, "parts"))
	t.Setenv("SHARDS", "16")
	t.Setenv("FLAGS", "-weights core=1 -again")
	return r
}

// want returns how the go command is to be called for a part.
func (r runner) want(number string, exercises ...string) []string {
	part := filepath.Join(r.root, "parts", "part-"+number)
	return append([]string{
		r.workbook, "tool", "workbook", "grade", "-class", filepath.Join(r.root, "class"), "-shard", number + "/16",
		"-o", part + ".csv", "-html", part + ".html", "-weights", "core=1", "-again",
	}, exercises...)
}

func TestPartIsGradedByItsNumber(t *testing.T) {
	for grader, want := range map[string]string{"exit 0": "", "exit 1": "", "exit 2": "exit status 2", "kill -9 $$": "exit status 137"} {
		r := cluster(t, grader)
		_, err := r.run(t, "", filepath.Join(r.workbook, "testutil/sites/cluster/part.sh"), "3", "ex8.1")
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("with a grader that does %q, part.sh ends with %q, want %q", grader, got, want)
		}
		if diff := cmp.Diff(r.want("3", "ex8.1"), r.args()); diff != "" {
			t.Errorf("the go command mismatch (-want +got):\n%s", diff)
		}
	}
}

// Of an array with one task only, SHARDS says how many parts there are.
func TestSlurmGradesItsTask(t *testing.T) {
	for _, shards := range []string{"", "16"} {
		r := cluster(t, "exit 1")
		t.Setenv("SHARDS", shards)
		t.Setenv("SLURM_ARRAY_TASK_ID", "5")
		t.Setenv("SLURM_ARRAY_TASK_COUNT", "16")
		if shards != "" {
			t.Setenv("SLURM_ARRAY_TASK_COUNT", "1")
		}
		t.Setenv("SLURM_SUBMIT_DIR", r.workbook)
		if _, err := r.run(t, "", filepath.Join(r.workbook, "testutil/sites/cluster/slurm.sh"), "all"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(r.want("5", "all"), r.args()); diff != "" {
			t.Errorf("with SHARDS=%q, the go command mismatch (-want +got):\n%s", shards, diff)
		}
	}
}

func TestParallelGradesAllParts(t *testing.T) {
	if _, err := exec.LookPath("parallel"); err != nil {
		t.Skip(err)
	}
	r := cluster(t, `[[ $out != *part-2.csv ]] || exit 2`)
	r.write(t, "bin/go", strings.Replace(r.read("bin/go"), "while", `echo "$@" >>"$ROOT/calls"`+"\nwhile", 1))
	t.Setenv("SHARDS", "3")
	t.Setenv("PARALLEL_HOME", r.root)
	_, err := r.run(t, "", filepath.Join(r.workbook, "testutil/sites/cluster/parallel.sh"), "ex8.1")
	calls := r.read("calls")
	for part, want := range map[string]int{"-shard 1/3": 1, "-shard 2/3": 3, "-shard 3/3": 1} {
		if got := strings.Count(calls, part); got != want {
			t.Errorf("%q was graded %d times, want %d", part, got, want)
		}
	}
	if err == nil {
		t.Error("parallel.sh ends with status 0, though a part has failed")
	}
}

func TestManifestsHaveAsManyPartsAsTheySay(t *testing.T) {
	for _, tt := range []struct{ file, says, has string }{
		{"kubernetes.yaml", `SHARDS, value: "(\d+)"`, `completions: (\d+)`},
		{"github.yml", `SHARDS: (\d+)`, `part: \[.* (\d+)\]`},
	} {
		text, err := os.ReadFile(filepath.Join("cluster", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		says, has := regexp.MustCompile(tt.says).FindSubmatch(text), regexp.MustCompile(tt.has).FindSubmatch(text)
		if says == nil || has == nil || string(says[1]) != string(has[1]) {
			t.Errorf("%s says that there are %q parts, and has %q", tt.file, says, has)
		}
	}
}
