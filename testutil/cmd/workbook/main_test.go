package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/suites/suite"
)

// asCommand makes this test binary the command that it tests.
const asCommand = "WORKBOOK_AS_COMMAND"

func TestMain(m *testing.M) {
	grade.TakeRole()
	if len(os.Args) > 1 && os.Args[1] == asClock {
		serveTime(os.Args[2:])
	}
	if os.Getenv(asCommand) != "" {
		main()
	}
	flag.Parse()
	flag.Set("test.parallel", "4") // a right program is waited for half of the time
	os.Exit(m.Run())
}

// workbook runs the command with args, and returns what it prints and its exit status.
func workbook(t testing.TB, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := command(t, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// called runs the command with args in this process, which costs less than another one, and
// returns what it prints and its exit status.
func called(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	errs, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	t.Setenv("LC_ALL", "C.UTF-8")
	t.Setenv("NO_COLOR", "1")
	defer func(out, err *os.File) { os.Stdout, os.Stderr = out, err }(os.Stdout, os.Stderr)
	os.Stdout, os.Stderr = out, errs
	status = run(t.Context(), args)
	printed, err := os.ReadFile(out.Name())
	said, err2 := os.ReadFile(errs.Name())
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return string(printed), string(said), status
}

func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "LC_ALL=C.UTF-8", "NO_COLOR=1")
	return cmd
}

func TestBadArgumentIsReported(t *testing.T) {
	folder := t.TempDir()
	tests := []struct {
		args string
		want string // on standard error
	}{
		{"", "usage: go tool workbook"},
		{"grad", `unknown command "grad"`},
		{"compare", "which exercise? want one of ex8.1, ex8.2"},
		{"compare all", `there is no exercise "all": want one of ex8.1, ex8.2`},
		{"compare 8.1 ftpd", `ex8.1 has no program "ftpd": want one of clock2, clockwall`},
		{"compare 8.1 clock2 sundial", `there is no file "sundial.go": want one of clock2.go`},
		{"compare 8.1 clock2 clock2.go x", `unexpected argument "x": flags come first`},
		{"compare 8.1 -spoil", `unexpected argument "-spoil": flags come first`},
		{"watch", "which exercise? want one of ex8.1, ex8.2"},
		{"watch 8.1 8.2", `unexpected argument "8.2": flags come first, and then one exercise`},
		{"watch all", `there is no exercise "all": want one of ex8.1, ex8.2`},
		{"watch -run TestLogin 8.1", `run "TestLogin": no case matches`},
		{"grade ex8.3", `there is no exercise "ex8.3": want one of ex8.1, ex8.2`},
		{"grade ex8.1 8.1", "ex8.1 is there twice"},
		{"grade ex8.1 -brief", `unexpected argument "-brief": flags come first, and then the exercises`},
		{"grade -format yaml", "-format yaml: want autolab, classroom50, gradescope, html, json, junit, markdown, prairielearn, text, vpl"},
		{"grade -submission " + folder + "/nobody", folder + "/nobody: no such file or directory"},
		{"grade -submission main_test.go", "main_test.go is not a folder, a zip file or a tar file"},
		{"grade -class " + folder, "-class requires -o FILE, for the table"},
		{"grade -class " + folder + " -o " + folder + "/t.csv", "there are no folders in " + folder},
		{"grade -class " + folder + " -format json -o t.json", "-class writes a table; leave out -format"},
		{"grade -class x -submission y", "only one of -submission, -class and -program"},
		{"grade -again", "-again and -partial belong to -class"},
		{"grade -alone", "-alone belongs to -submission or -class"},
		{"grade -grades x", "-weights, -late, -grades and -feedback belong to -class"},
		{"grade -class " + folder + " -o t.csv -column x", "-column belongs to -grades"},
		{"grade -class " + folder + " -o t.csv -weights bonus=1", `-weights: there is no group "bonus": want core, robustness or extra`},
		{"grade -class " + folder + " -o t.csv -late " + folder + "/none", folder + "/none: no such file"},
		{"grade -class " + folder + " -o t.csv -feedback " + folder + "/feedback", "-feedback " + folder + "/feedback is in the folder of the class"},
		{"grade -weights core=1", "-weights, -late, -grades and -feedback belong to -class"},
		{"grade -class " + folder + " -o t.csv -open", "-class -open requires -html, the file for the page"},
		{"grade -class " + folder + " -o t.csv -html t.csv", "-html and -o are the same file, t.csv"},
		{"grade -class " + folder + " -o t.csv -html x.zip -feedback x", "-html and the archive of -feedback are the same file, x.zip"},
		{"grade -class c.zip -o t.csv -feedback c/", "the archive of -feedback and -class are the same file, c.zip"},
		{"grade -class c.zip -o ./c.zip", "-o and -class are the same file, ./c.zip"},
		{"grade -class " + folder + " -o g-filled.csv -grades g.csv", "-o and the copy of -grades are the same file, g-filled.csv"},
		{"grade -class " + folder + " -o t.csv -html l.csv -late l.csv", "-html and -late are the same file, l.csv"},
		{"grade -submission s.zip -o s.zip", "-o and -submission are the same file, s.zip"},
		{"merge -class c.zip -o t.csv -feedback c t1.csv", "the archive of -feedback and -class are the same file, c.zip"},
		{"merge -class c.zip -o g.csv -grades g.csv t1.csv", "-o and -grades are the same file, g.csv"},
		{"grade -shard 1/2", "-shard belongs to -class"},
		{"grade -kind clock -class " + folder + " -o t.csv -shard 1/2", "-grades, -feedback, -late and -shard are for a class of students, not of programs"},
		{"grade -shard 3/2", `invalid value "3/2" for flag -shard: want a number from 1 to 2`},
		{"grade -class " + folder + " -o t.csv -shard 1/2 -grades x", "-grades fills in a whole class"},
		{"merge", "workbook merge: which file is the whole table for? want -o FILE"},
		{"merge -o t.csv", "which parts?"},
		{"merge -o t.csv -grades x p.csv", "-grades and -feedback require -class"},
		{"merge -o t.csv t.csv", "-o t.csv is one of the parts"},
		{"merge -o t.csv " + folder + "/none.csv", folder + "/none.csv: no such file"},
		{"merge -o t.csv main_test.go", "main_test.go is not a part of a class: it was written without -shard"},
		{"grade -jobs -1", "-jobs -1: want at least 1"},
		{"grade -timeout 0s", "-timeout 0s: want more than nothing"},
		{"grade -timeout soon", `invalid value "soon" for flag -timeout`},
		{"grade -program x", "-program and -kind belong together"},
		{"grade -program " + folder + "/x -kind clock", folder + "/x"},
		{"grade -program x -kind sundial", "-kind sundial: want one of clock, clockwall, ftpd"},
		{"grade -program x -kind clock ex8.1", "leave out ex8.1"},
		{"grade -o " + folder + "/none/r.json -format json ex8.1", "write " + folder + "/none/r.json"},
		{"grade -run ( ex8.1", `run "(": error parsing regexp`},
		{"grade -run TestClock/sings ex8.1", `run "TestClock/sings": no case matches`},
		{"grade -run TestLogin ex8.1", `run "TestLogin": no case matches`},
		{"hint", "which exercise? want one of ex8.1, ex8.2"},
		{"hint 8.3", `there is no exercise "8.3": want one of ex8.1, ex8.2`},
		{"hint all", `there is no exercise "all": want one of ex8.1, ex8.2`},
		{"hint 8.1 -all", `unexpected argument "-all": flags come first, and then one exercise`},
		{"hint -n 1 -all 8.1", "-all shows all hints; leave out -n"},
		{"reset", "which exercise? want one of ex8.1, ex8.2"},
		{"reset all", `there is no exercise "all": want one of ex8.1, ex8.2`},
		{"reset 8.1 ftpd", `ex8.1 has no program "ftpd": want one of clock2, clockwall`},
		{"reset 8.1 -yes", `unexpected argument "-yes": flags come first, then an exercise, and then perhaps one program`},
		{"reset -yes 8.1 clock2 clockwall", `unexpected argument "clockwall": flags come first`},
		{"reset -no 8.1", "flag provided but not defined: -no"},
		{"grade -class", "flag needs an argument: -class"},
		{"hint -n 0 8.1", `invalid value "0" for flag -n: want a number from 1 on`},
		{"hint -n two 8.1", `invalid value "two" for flag -n: want a number from 1 on`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			stdout, stderr, status := called(t, strings.Fields(tt.args)...)
			if status != trouble || !strings.Contains(stderr, tt.want) {
				t.Errorf("workbook %s: exit status %d, standard error\n%s\nwant status %d, and there %q", tt.args, status, stderr, trouble, tt.want)
			}
			if stdout != "" {
				t.Errorf("workbook %s: printed %q, want nothing on standard output", tt.args, stdout)
			}
			if strings.Contains(tt.args, " ") && strings.Count(stderr, "\n") != 1 {
				t.Errorf("workbook %s: standard error\n%s\nwant one line", tt.args, stderr)
			}
		})
	}
}

func TestHelpIsNoMistake(t *testing.T) {
	for _, arg := range []string{"-h", "--help", "help"} {
		stdout, stderr, status := called(t, arg)
		if status != right || stdout != usage || stderr != "" {
			t.Errorf("workbook %s: exit status %d, printed %q, and %q on standard error, want status 0 and the usage", arg, status, stdout, stderr)
		}
	}
	for name := range commands {
		stdout, stderr, status := called(t, name, "-h")
		if status != right || !strings.HasPrefix(stdout, "usage: go tool workbook "+name) || stderr != "" {
			t.Errorf("workbook %s -h: exit status %d, printed %q, and %q on standard error, want status 0 and the usage", name, status, stdout, stderr)
		}
	}
}

// copies writes files into a new folder, each by its path from there.
func copies(t testing.TB, files map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range files {
		name = filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// solution returns the text of a file of the solutions.
func solution(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "solutions", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const clock2File = "exercises/ex8.1/clock2/clock2.go"

// On some sites the result is written into the folder of the submission.
func TestResultIsNoPartOfTheSubmission(t *testing.T) {
	folder := copies(t, map[string]string{"notes.txt": ""})
	for range 2 {
		_, stderr, _ := workbook(t, "grade", "-submission", folder, "-format", "json", "-o", filepath.Join(folder, "result.json"), "ex8.2")
		if want := "ftpd is not found: no folder ftpd and no file ftpd.go among the 1 file handed in: notes.txt"; !strings.Contains(stderr, want) {
			t.Errorf("standard error is\n%s\nwant %q", stderr, want)
		}
		if err := os.Remove(filepath.Join(folder, "result.json")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestResultIsWrittenInTheFormOfItsSite(t *testing.T) {
	folder := copies(t, map[string]string{clock2File: "package main\n\nfunc main() { undefined() }\n"})
	for _, format := range slices.Sorted(maps.Keys(formats)) {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "result")
			cmd := command(t, "grade", "-submission", folder, "-format", format, "-o", file, "ex8.1")
			for _, name := range []string{"CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL"} {
				cmd.Env = append(cmd.Env, name+"=x")
			}
			out, err := cmd.CombinedOutput()
			if status := cmd.ProcessState.ExitCode(); status != wrong {
				t.Fatalf("exit status %d, %v; want %d:\n%s", status, err, wrong, out)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			body, err := os.ReadFile(filepath.Join(filepath.Dir(file), releaseBody))
			if (err == nil) != (format == "classroom50") || err == nil && !bytes.Contains(body, []byte("undefined: undefined")) {
				t.Errorf("beside the file, %s is %v\n%s\nwant it for Classroom 50 only, and with what the compiler says", releaseBody, err, body)
			}
			if slices.Contains([]string{"json", "gradescope", "classroom50", "prairielearn"}, format) && !json.Valid(text) {
				t.Errorf("the file is not JSON:\n%s", text)
			}
			if !bytes.Contains(text, []byte("undefined")) && format != "classroom50" {
				t.Errorf("the file does not say what the compiler says:\n%s", text)
			}
			if bytes.Contains(text, []byte(folder)) || bytes.Contains(text, []byte("submission"+string(filepath.Separator)+"exercises")) {
				t.Errorf("the file names folders of the grader:\n%s", text)
			}
		})
	}
}

// A class gets the verdicts that its students get one at a time, and each of them
// only once.
func TestClassIsGradedAsEachOfItsStudents(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	if !grade.RaceDetector(t.Context()) {
		t.Skip("the points are those with the race detector")
	}
	right := solution(t, "ex8.1/clock2/clock2.go")
	class := copies(t, map[string]string{
		"ann/" + clock2File:          right,
		"bob/" + clock2File:          strings.Replace(right, "go handleConn", "handleConn", 1),
		"cyd/" + clock2File:          "package main\n",
		"=dan/wrapped/" + clock2File: right,
	})
	for _, name := range []string{"eve.zip", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(class, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	table := filepath.Join(class, "results.csv")
	grade := func(flags ...string) string {
		t.Helper()
		args := append([]string{"grade", "-class", class, "-o", table}, flags...)
		stdout, stderr, status := workbook(t, append(args, "ex8.1")...)
		if status != wrong || stdout != "" {
			t.Fatalf("exit status %d, output %q, want %d and none:\n%s", status, stdout, wrong, stderr)
		}
		for _, want := range []string{
			fmt.Sprintf("workbook grade: %s belongs to no student, and is left out\n", filepath.Join(class, "notes.txt")),
			"workbook grade: bob: clockwall is not found: no folder clockwall and no file clockwall.go among the 1 file handed in: bob/exercises/ex8.1/clock2/clock2.go\n",
			"workbook grade: eve: clock2, clockwall are not found: ", "eve.zip is not read: it is empty\n",
		} {
			if !strings.Contains(stderr, want) || strings.Contains(stderr, "results.csv belongs") {
				t.Errorf("standard error is\n%s\nwant %q, and no word of the table", stderr, want)
			}
		}
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	first := grade()
	for _, want := range []string{
		"\nann,", ",graded,27,19,0,not found,0,0,0,27,52,19,40,0,clockwall: not found,46,92,,,,,,ann/exercises/ex8.1/clock2,46,92,1,\n",
		"\nbob,", ",graded,16,18,0,not found,0,0,0,16,52,18,40,0,clock2: serves a second client while the first stays,34,92,",
		"\ncyd,", ",does not compile,0,0,0,not found,0,0,0,0,52,0,40,0,clock2: does not compile,0,92,",
		"\n'=dan,", "=dan/wrapped/exercises/ex8.1/clock2,46,92,1,\n",
		"\neve,", ",not found,0,0,0,not found,0,0,0,0,52,0,40,0,clock2: not found,0,92,,,,,,,0,92,1,\n",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the table lacks %q:\n%s", want, first)
		}
	}
	for line := range strings.Lines(first) {
		student, _, _ := strings.Cut(line, ",")
		if student != "bob" {
			continue
		}
		alone, _, _ := workbook(t, "grade", "-submission", filepath.Join(class, student), "ex8.1")
		if want := "Core 16 of 52, robustness 18 of 40 points"; !strings.Contains(alone, want) {
			t.Errorf("%s alone has not %q:\n%s", student, want, alone)
		}
	}

	// What is in the table is not graded again; what has changed is. A student who is no
	// longer there stays in the table.
	marked := strings.Replace(first, "clock2: does not compile", "as before", 1)
	if err := os.WriteFile(table, []byte(marked), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(class, "bob", filepath.FromSlash(clock2File)), []byte(right), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(class, "ann"), filepath.Join(t.TempDir(), "ann")); err != nil {
		t.Fatal(err)
	}
	second := grade()
	if !strings.Contains(second, ",as before,") {
		t.Errorf("a student who has not changed anything was graded again:\n%s", second)
	}
	if strings.Contains(second, ",17,52,") {
		t.Errorf("a student who has changed something was not graded again:\n%s", second)
	}
	if !strings.Contains(second, "\nann,") {
		t.Errorf("a student who is no longer in the folder has lost the row:\n%s", second)
	}

	// Other flags give other results.
	const some = "-run=TestClock/writes_the_time_at_once"
	for _, flags := range [][]string{{some}, {some, "-again"}} {
		text := grade(flags...)
		if strings.Contains(text, ",as before,") {
			t.Errorf("%q: a student was not graded again:\n%s", flags, text)
		}
		if err := os.WriteFile(table, []byte(strings.Replace(text, "clock2: does not compile", "as before", 1)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// What the machine or the teacher did to the files of one student costs neither that one
// points, nor the others their rows.
func TestStudentWhoCannotBeGradedHasNoRow(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	const wrong = "package main\n"
	class := copies(t, map[string]string{
		"ann/" + clock2File: wrong,
		"bob/" + clock2File: wrong,
		"cyd/" + clock2File: wrong,
		"dan/" + clock2File: wrong,
	})
	file := func(student string) string { return filepath.Join(class, student, filepath.FromSlash(clock2File)) }
	if err := errors.Join(os.Remove(file("bob")), os.Symlink(file("ann"), file("bob"))); err != nil {
		t.Skipf("there are no symbolic links: %v", err)
	}
	if err := os.Truncate(file("cyd"), 1<<30); err != nil {
		t.Skipf("there are no sparse files: %v", err)
	}
	table := filepath.Join(t.TempDir(), "results.csv")
	stdout, stderr, status := workbook(t, "grade", "-class", class, "-o", table, "-run", "TestClock/writes_the_time_at_once", "ex8.1")
	const want = "workbook grade: bob is not graded, and will be at the next call: grader problem: exercises/ex8.1/clock2/clock2.go is a symbolic link, and not a file; "
	if status != trouble || stdout != "" || !strings.Contains(stderr, want) {
		t.Errorf("exit status %d, output %q, standard error\n%s\nwant status %d, no output, and %q", status, stdout, stderr, trouble, want)
	}
	text, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	for student, row := range map[string]bool{"ann": true, "bob": false, "cyd": true, "dan": true} {
		if got := strings.Contains(string(text), "\n"+student+","); got != row {
			t.Errorf("a row for %s: %t, want %t:\n%s", student, got, row, text)
		}
	}
	if want := "clock2.go is longer than 1048576 bytes"; strings.Contains(string(text), "\ncyd,") && !strings.Contains(string(text), "refused") {
		t.Errorf("the table is\n%s\nwant cyd refused: %s", text, want)
	}
}

func TestProgramIsGradedFromOutside(t *testing.T) {
	if suite.Slow(t) == "" {
		t.Skip("builds programs; runs if the environment variable WORKBOOK_SLOW is set")
	}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../../../solutions/ex8.1/clock2", "../../../solutions/ex8.1/clockwall")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	for _, tt := range []struct{ kind, program, want string }{
		{"clock", "clock2", "Core 22 of 27, robustness 8 of 19 points"},
		{"clockwall", "clockwall", "Core 21 of 25, robustness 18 of 21 points"},
		{"clockwall", "clock2", "Core 0 of 25"},
	} {
		stdout, stderr, status := workbook(t, "grade", "-program", filepath.Join(dir, tt.program), "-kind", tt.kind)
		if !strings.Contains(stdout, tt.want) {
			t.Errorf("%s as a %s: exit status %d, want %q:\n%s%s", tt.program, tt.kind, status, tt.want, stdout, stderr)
		}
	}
}
