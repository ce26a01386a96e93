// Package grade grades the programs of the exercises.
//
//	r, err := grade.Run(ctx, grade.Options{Top: ".", Exercises: grade.Exercises})
//	if err != nil {
//		log.Fatal(err)
//	}
//	report.Text(os.Stdout, r, report.Style{})
//
// The main function of a program that calls Run calls [TakeRole] first.
package grade

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// Options say what to grade, and how.
type Options struct {
	Top       string     // the folder with the workbook's go.mod
	Exercises []Exercise // at least one

	// Submission is a folder with another person's copy of the workbook, whose
	// exercises are graded in place of those in Top; "" if there is none.
	// What it holds is run in a sandbox, as far as this machine has one.
	Submission string
	Trusted    bool // needs no sandbox

	// Collect, if not nil, writes such a copy into a folder, in place of Submission.
	Collect func(folder string) error

	// Program is one of any shape and language, to grade in place of the only program
	// of Exercises; nil if there is none. Only what can be seen from outside is graded. It is run in a sandbox as a submission is.
	Program *program.Target

	Race    bool          // with the race detector, which requires cgo
	Only    string        // a pattern for tests and cases, as of go test -run; all if empty
	Timeout time.Duration // for building, and for each program, in real time; 0 is [DefaultTimeout]

	// Crowded is whether other gradings run at the same time, and keep all processors busy.
	Crowded bool

	// Tested is whether it is known that a right program has full marks on this machine.
	// Otherwise, when a program does not even begin, a stub is tried in its place.
	Tested bool

	// Unvetted is whether to leave out the remarks of go vet, which change no points. They are
	// among the notes of a report.
	Unvetted bool

	// Rows is whether to run, too, the rows of tables that a student has added to the tests
	// in Top. They have no points, and are not run of a Submission.
	Rows bool

	// Differs, if not nil, is called for each case of a submission that passes when it is
	// graded, and not when the program is built without tests and run by itself, with a
	// sentence that says so. That takes as long again as grading from outside. Calls may
	// overlap.
	Differs func(sentence string)

	// probe is whether a stub is to be built and run, though it is known what becomes
	// of it.
	probe bool

	// Progress, if not nil, is called when a case has ended, with how many
	// have and how many there are. Calls do not overlap.
	Progress func(done, all int)
}

// DefaultTimeout is how long the grading of one program may take. It takes some
// seconds, and a minute or two if the program hangs wherever it can.
const DefaultTimeout = 10 * time.Minute

// A grading is one run of Run.
type grading struct {
	Options
	temp       string            // a folder for all that it writes
	buildTime  time.Duration     // how much processor time each process of the go command may take
	namespaces bool              // whether there can be a whole sandbox
	replace    map[string]string // files for the go command to take in place of others
	places     map[string]places // by program

	leftOut map[string][]string // by program, which files are not part of it, a sentence each
}

// Run grades, and returns how it went. An error is not about a program, whose faults are
// in the report, but wrong usage or a [Problem].
func Run(ctx context.Context, opts Options) (report.Report, error) {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	top, err := filepath.Abs(opts.Top)
	if err != nil {
		return report.Report{}, err
	}
	opts.Top = top
	if opts.Program != nil {
		opts.Exercises = outside(opts.Exercises)
		if opts.Program, err = executable(*opts.Program); err != nil {
			return report.Report{}, err
		}
	}
	if err := opts.Check(); err != nil {
		return report.Report{}, err
	}
	g := &grading{
		Options: opts, buildTime: max(opts.Timeout, minBuildTime),
		replace: make(map[string]string), places: make(map[string]places), leftOut: make(map[string][]string),
	}
	if err := sandbox.Limits(); err != nil {
		return report.Report{}, &Problem{Cause: err.Error(), Remedy: "raise it (ulimit, or the limits of the container)"}
	}
	if g.confines() { // should a judge be killed
		if err := sandbox.Adopt(); err != nil {
			return report.Report{}, &Problem{
				Cause:  err.Error(),
				Remedy: "grade on the machine itself, if this is an emulator such as qemu-user: it does not see what programs leave behind",
				Last:   true,
			}
		}
	}
	if g.temp, err = newTemp(g.try); err != nil {
		return report.Report{}, err
	}
	var r report.Report
	if err = g.collect(); err == nil {
		r, err = g.grade(ctx)
	}
	if removal := removeAll(g.temp); removal != nil {
		r.Notes = append(r.Notes, "not removed: "+removal.Error())
	}
	return r, asProblem(ctx, err)
}

// unconfined returns what the sandbox does not block for a program from outside.
func (g *grading) unconfined() []string {
	switch {
	case g.Program.Address != "":
		return []string{"the server was running before, and is in no sandbox"}
	case !g.confines():
		return []string{"the program was run as you, without a sandbox"}
	}
	if gaps := sandbox.Gaps(g.namespaces); len(gaps) > 0 {
		return []string{"the program was run with a part of the sandbox only: it could " + strings.Join(gaps, ", and ")}
	}
	return nil
}

// collect has the submission written, if another function does so.
func (g *grading) collect() error {
	if g.Collect == nil {
		return nil
	}
	g.Submission = filepath.Join(g.temp, "collected")
	if err := os.Mkdir(g.Submission, 0o755); err != nil {
		return err
	}
	return g.Collect(g.Submission)
}

// grade grades one program from outside, or all of the exercises.
func (g *grading) grade(ctx context.Context) (report.Report, error) {
	if g.Program != nil {
		r := planned(g.Exercises)
		p := &r.Programs[0]
		progress := counter{all: p.Len(), tell: g.Progress}
		r.Notes = g.unconfined()
		return r, g.judge(ctx, p, g.temp, progress.add)
	}
	return g.run(ctx)
}

// Check returns an error if no case matches Only. Run does so too.
func (o Options) Check() error {
	var want [2]*regexp.Regexp // of the test, and of the case
	for i, element := range strings.SplitN(o.Only+"/", "/", len(want)) {
		var err error
		if want[i], err = regexp.Compile(strings.TrimSuffix(element, "/")); err != nil {
			return fmt.Errorf("run %q: %w", o.Only, err)
		}
	}
	for _, p := range planned(o.Exercises).Programs {
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				if want[0].MatchString(part.Test) && want[1].MatchString(c.Name) {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("run %q: no case matches", o.Only)
}

// outside returns the parts of exercises that can be seen from outside of a program.
func outside(exercises []Exercise) []Exercise {
	var seen []Exercise
	for _, e := range exercises {
		var programs []Program
		for _, p := range e.Programs {
			p.Parts = slices.DeleteFunc(slices.Clone(p.Parts), func(part Part) bool { return !part.Outside })
			programs = append(programs, p)
		}
		e.Programs = programs
		seen = append(seen, e)
	}
	return seen
}

// executable returns t with full paths of its executable and its folder.
func executable(t program.Target) (*program.Target, error) {
	var err error
	for _, path := range []*string{&t.Program, &t.Dir} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return nil, err
		}
	}
	if t.Program != "" {
		t.Program, err = exec.LookPath(t.Program)
	}
	return &t, err
}

// Unfinished returns what there is to say if a grading does not come to its end: that
// nothing was earned.
func Unfinished(exercises []Exercise) report.Report {
	r := planned(exercises)
	for i := range r.Programs {
		explainMissing(&r.Programs[i], errors.New("the grading did not come to its end"), false)
	}
	return r
}

func (g *grading) run(ctx context.Context) (report.Report, error) {
	r := planned(g.Exercises)
	if gaps := sandbox.Gaps(g.namespaces); g.confines() && len(gaps) > 0 {
		r.Notes = append(r.Notes, "with a part of the sandbox only: programs can "+strings.Join(gaps, ", and "))
	}
	if !g.Race {
		r.Notes = append(r.Notes, "without the race detector, which requires cgo and a C compiler: what it would find is not checked")
	}
	dirs, names, err := g.sources(r.Programs)
	if err != nil {
		return report.Report{}, err
	}
	if len(names) == 0 {
		return r, nil
	}
	wrong, err := g.build(ctx, g.temp, names)
	if err != nil {
		return report.Report{}, err
	}
	all := 0
	var compiled []string
	for i := range r.Programs {
		p := &r.Programs[i]
		if text, ok := wrong[p.Dir]; ok {
			p.Verdict = verdict.Verdict{Kind: verdict.DoesNotCompile, Message: text}
			g.nameLeftOut(p)
		} else if p.Verdict.Kind == "" {
			compiled = append(compiled, p.Dir)
		}
		all += p.Len()
	}
	progress := counter{all: all, tell: g.Progress}
	vetted := make(chan []string, 1)
	go func() { vetted <- g.vet(ctx, compiled, dirs) }()
	rows := g.startRows(ctx, r.Programs)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range r.Programs {
		p := &r.Programs[i]
		if p.Verdict.Kind == "" {
			group.Go(func() error { return g.judge(ctx, p, dirs[p.Dir], progress.add) })
		} else {
			progress.add(p.Len())
		}
	}
	err = group.Wait()
	r.Notes = append(r.Notes, <-vetted...)
	r.Notes = append(r.Notes, rows()...)
	return r, err
}

// sources returns the folders with the files of programs, by program, and the programs that are
// to be built. The others get their verdicts.
func (g *grading) sources(programs []report.Program) (dirs map[string]string, names []string, err error) {
	dirs = make(map[string]string)
	for i := range programs {
		p := &programs[i]
		dir, err := g.source(p)
		if err != nil {
			return nil, nil, err
		}
		dirs[p.Dir] = dir
		g.places[p.Dir] = locate(p, dir)
		if p.Verdict.Kind != "" {
			g.nameLeftOut(p)
			continue
		}
		switch same, err := untouched(*p, dir); {
		case err != nil:
			return nil, nil, err
		case same && !g.probe:
			p.Parts[0].Cases[0].Verdict = notStarted(*p)
			explainMissing(p, nil, false)
		default:
			names = append(names, p.Dir)
		}
	}
	return dirs, names, nil
}

// copies returns the folder for copies of a submission's files.
func (g *grading) copies() string { return filepath.Join(g.temp, "submission") }

// confines reports whether what is graded is run in a sandbox.
func (g *grading) confines() bool {
	started := g.Submission != "" || g.Collect != nil || g.Program != nil && g.Program.Address == ""
	return started && !g.Trusted
}

// maxMessage is how much of a message is kept, which is more than any has that holds
// no text of the program's own making, such as the value that it panics with.
const maxMessage = 8 << 10 // bytes

// enter puts a record in its place, and reports whether it is the first for its case.
func enter(p *report.Program, r suite.Record) (first bool) {
	if v := &r.Verdict; len(v.Message) > maxMessage {
		v.Message = strings.ToValidUTF8(v.Message[:maxMessage], "") + "…"
	}
	for i := range p.Parts {
		for j := range p.Parts[i].Cases {
			if c := &p.Parts[i].Cases[j]; p.Parts[i].Test == r.Test && c.Name == r.Name {
				first = c.Verdict.Kind == ""
				*c = r
			}
		}
	}
	return first
}

// explainMissing says of cases without a record why there is none: err, or that they were
// not asked for.
func explainMissing(p *report.Program, err error, some bool) {
	open := notStarted(*p)
	if p.Parts[0].Cases[0].Verdict.Kind == verdict.NotStarted {
		p.Verdict = open
	}
	why := "its test ended before it"
	switch {
	case err != nil:
		why = err.Error()
	case some:
		why = "not asked for"
	}
	for i := range p.Parts {
		for j := range p.Parts[i].Cases {
			switch c := &p.Parts[i].Cases[j]; c.Verdict.Kind {
			case verdict.NotStarted:
				c.Verdict = open
				if err == nil {
					why = "it needs what is not started"
				}
			case "":
				c.Verdict = verdict.Verdict{Kind: verdict.NotRun, Message: why}
			}
		}
	}
}

// planned returns a report on exercises in which no case has a verdict yet.
func planned(exercises []Exercise) report.Report {
	var r report.Report
	for _, e := range exercises {
		for _, p := range e.Programs {
			planned := report.Program{Exercise: e.Name, Name: p.Name, Dir: e.Folder + "/" + p.Name}
			for _, part := range p.Parts {
				cases := part.Cases()
				for i := range cases {
					cases[i].Verdict = verdict.Verdict{}
				}
				planned.Parts = append(planned.Parts, report.Part{Test: part.Test, Title: part.Title, Func: part.Func, Cases: cases})
			}
			r.Programs = append(r.Programs, planned)
		}
	}
	r.Title = title(exercises)
	return r
}

func title(exercises []Exercise) string {
	if len(exercises) != 1 {
		return "All exercises"
	}
	e := exercises[0]
	return "Exercise " + strings.TrimPrefix(e.Name, "ex") + ": " + e.Title
}
