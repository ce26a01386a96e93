package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/timeline"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
)

// A gradeRequest is what the command grade is asked for.
type gradeRequest struct {
	grade.Options
	format string
	out    string // a file, "" for standard output
	class  string // a folder with a submission for each student, or with programs of a kind
	targetRequest
	jobs     int    // how many students at the same time
	feedback string // a folder, "" for none
	shard    shard  // of the class
	html     string // a file for a page, "" for none
	page     *report.Class
	open     bool   // show the page in a browser
	grades   string // a file of the course system, to fill in
	column   string // of that file; "" for the one that the system has for points
	weights  gradebook.Weights
	late     string // a table, "" for none
	penalty  gradebook.Penalty
	worthSet bool                                                        // whether the weights or the penalty are not as always
	run      func(context.Context, grade.Options) (report.Report, error) // grades; nil for [grade.Run]
	shared   *shared                                                     // the programs of a class that several have handed in
	again    bool                                                        // grade students that are in the table too
	partial  bool                                                        // grade a class although this machine cannot check all
	alone    bool                                                        // build the programs without tests too, and tell where they differ then
	verbose  bool
	brief    bool
}

func gradeCommand(ctx context.Context, args []string) (status int, err error) {
	var req gradeRequest
	flags := newFlags("grade", "[ex8.1|ex8.2|all]")
	flags.BoolVar(&req.verbose, "v", false, "print every failure in full, and what the program printed")
	flags.BoolVar(&req.brief, "brief", false, "print only what is left to do")
	flags.StringVar(&req.Only, "run", "", "run only the tests and cases that match `pattern`, as of go test -run")
	flags.StringVar(&req.format, "format", "text", "write the result as `text`, or for a program or site to read: "+strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	flags.StringVar(&req.out, "o", "", "write the result to `file`, complete or not at all")
	flags.StringVar(&req.Submission, "submission", "", "grade the submission of a student: a `folder` or an archive")
	flags.StringVar(&req.class, "class", "", "grade a class in `folder` or an archive, as a course system exports it, into the table -o. It continues after an interruption. With -kind, grade the programs in a folder or a list")
	flags.StringVar(&req.feedback, "feedback", "", "with -class, write feedback for each student into `folder`")
	flags.StringVar(&req.html, "html", "", "write a page with the result into `file`, too; with -class, one of all students")
	flags.BoolVar(&req.open, "open", false, "show that page in a browser")
	flags.StringVar(&req.grades, "grades", "", "with -class, write the points into a copy of `file`, a CSV file of the course system")
	flags.StringVar(&req.column, "column", "", "write the points into the column of that `name`")
	weights := flags.String("weights", "core=1,robustness=1", "with -class, the weight of a point of each `group`, such as core=1,robustness=0.5")
	flags.StringVar(&req.late, "late", "", "with -class, reduce the points of late submissions, as the table in `file` says")
	flags.BoolVar(&req.again, "again", false, "with -class, grade all students again")
	flags.Var(&req.shard, "shard", "with -class, grade only that `part`, such as 3/16 for the third of sixteen; workbook merge joins the parts")
	flags.BoolVar(&req.partial, "partial", false, "with -class, grade even if this machine cannot check all cases")
	flags.BoolVar(&req.alone, "alone", false, "with -submission or -class, run each program by itself too, without tests, and tell what passes only when it is graded")
	flags.IntVar(&req.jobs, "jobs", 0, "grade `n` students or programs at the same time (default: one more than there are processors)")
	req.targetRequest.define(flags)
	flags.BoolVar(&req.Trusted, "trusted", false, "run the program of -program or -command as yourself, without a sandbox")
	flags.DurationVar(&req.Timeout, "timeout", grade.DefaultTimeout, "give each program no more than this `time`")
	short := flags.Usage
	flags.Usage = func() { short(); fmt.Fprint(flags.Output(), contract) }
	if status, ok := parse(flags, args); !ok {
		return status, nil
	}
	flags.Visit(func(f *flag.Flag) { req.worthSet = req.worthSet || f.Name == "weights" || f.Name == "late" })
	if err := req.check(flags.Args()); err != nil {
		return trouble, err
	}
	if err := req.worth(*weights); err != nil {
		return trouble, err
	}
	if req.Top, err = top(); err != nil {
		return trouble, err
	}
	if err := req.race(ctx); err != nil {
		return trouble, err
	}
	switch {
	case req.class != "" && req.kind != "":
		return req.gradePrograms(ctx)
	case req.class != "":
		return req.gradeClass(ctx)
	}
	return req.grade(ctx)
}

// check checks the request, and finds the exercises that args name.
func (req *gradeRequest) check(args []string) (err error) {
	if req.Program, err = req.target(); err != nil {
		return err
	}
	several := 0
	for _, given := range []bool{req.Submission != "", req.class != "", req.Program != nil} {
		if given {
			several++
		}
	}
	switch _, known := formats[req.format]; {
	case several > 1:
		return errors.New("only one of -submission, -class and -program can be graded at a time")
	case !known:
		return fmt.Errorf("-format %s: want %s", req.format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
	case req.class != "" && req.out == "":
		return errors.New("-class requires -o FILE, for the table")
	case req.class != "" && req.format != "text":
		return errors.New("-class writes a table; leave out -format")
	case req.class == "" && (req.again || req.partial):
		return errors.New("-again and -partial belong to -class")
	case req.kind != "" && (req.grades != "" || req.feedback != "" || req.late != "" || req.shard.all > 0):
		return errors.New("-grades, -feedback, -late and -shard are for a class of students, not of programs")
	case req.alone && req.Submission == "" && req.class == "":
		return errors.New("-alone belongs to -submission or -class")
	case req.class == "" && (req.grades != "" || req.feedback != "" || req.worthSet):
		return errors.New("-weights, -late, -grades and -feedback belong to -class")
	case req.class == "" && req.shard.all > 0:
		return errors.New("-shard belongs to -class")
	case req.grades != "" && req.shard.all > 0:
		return errors.New("-grades fills in a whole class: leave out -shard, or give -grades to workbook merge")
	case req.feedback != "" && inside(req.class, req.feedback):
		return fmt.Errorf("-feedback %s is in the folder of the class: choose another", req.feedback)
	case req.grades == "" && req.column != "":
		return errors.New("-column belongs to -grades")
	case req.jobs < 0:
		return fmt.Errorf("-jobs %d: want at least 1", req.jobs)
	case req.Timeout <= 0:
		return fmt.Errorf("-timeout %v: want more than nothing", req.Timeout)
	case req.kind != "" && req.Program == nil && req.class == "":
		return errors.New("-kind belongs to -program, -command, -address or -class")
	case req.Trusted && req.kind == "":
		return errors.New("-trusted is for a program of any shape")
	case req.kind != "" && len(args) > 0:
		return fmt.Errorf("a program is graded as -kind says; leave out %s", args[0])
	}
	if err := req.checkPage(); err != nil {
		return err
	}
	for _, folder := range []string{req.Submission, req.class} {
		if folder == "" || req.kind != "" {
			continue
		}
		if err := handin.Check(folder); err != nil {
			return err
		}
	}
	if req.kind != "" {
		req.Exercises, err = exerciseOf(req.kind)
	} else {
		req.Exercises, err = exercises(args)
	}
	if err != nil {
		return err
	}
	return req.Check()
}

// exercises returns the exercises that args name.
func exercises(args []string) ([]grade.Exercise, error) {
	if len(args) == 0 || len(args) == 1 && args[0] == "all" {
		return grade.Exercises, nil
	}
	var found []grade.Exercise
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			return nil, fmt.Errorf("unexpected argument %q: flags come first, and then the exercises", arg)
		}
		e, err := exercise(arg)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(found, func(f grade.Exercise) bool { return f.Name == e.Name }) {
			return nil, fmt.Errorf("%s is there twice", e.Name)
		}
		found = append(found, e)
	}
	return found, nil
}

// exercise returns the exercise that is called "ex8.1", or "8.1" for short.
func exercise(name string) (grade.Exercise, error) {
	for _, e := range grade.Exercises {
		if name == e.Name || "ex"+name == e.Name {
			return e, nil
		}
	}
	return grade.Exercise{}, fmt.Errorf("there is no exercise %q: want one of %s", name, names(grade.Exercises))
}

// only returns an exercise with no other program than the one of that name.
func only(e grade.Exercise, program string) (grade.Exercise, error) {
	var all []string
	for _, p := range e.Programs {
		if p.Name == program {
			e.Programs = []grade.Program{p}
			return e, nil
		}
		all = append(all, p.Name)
	}
	return grade.Exercise{}, fmt.Errorf("%s has no program %q: want one of %s", e.Name, program, strings.Join(all, ", "))
}

// exerciseOf returns what there is to grade of a program of that kind.
func exerciseOf(kind string) ([]grade.Exercise, error) {
	var kinds []string
	for _, e := range grade.Exercises {
		for _, p := range e.Programs {
			if p.Kind == kind {
				e.Programs = []grade.Program{p}
				return []grade.Exercise{e}, nil
			}
			kinds = append(kinds, p.Kind)
		}
	}
	return nil, fmt.Errorf("-kind %s: want one of %s", kind, strings.Join(kinds, ", "))
}

func names(exercises []grade.Exercise) string {
	var all []string
	for _, e := range exercises {
		all = append(all, e.Name)
	}
	return strings.Join(all, ", ")
}

// grade grades one copy of the exercises, or one program.
func (req *gradeRequest) grade(ctx context.Context) (status int, err error) {
	var student handin.Student // before anything is written, which is perhaps in the same folder
	if req.Submission != "" {
		var closer io.Closer
		if student, closer, err = handin.OpenStudent(req.Submission); err != nil {
			return trouble, err
		}
		defer closer.Close()
	}
	if req.out != "" {
		if err := req.write(grade.Unfinished(req.Exercises)); err != nil {
			return trouble, err
		}
	}
	news := os.Stdout
	if req.format != "text" || req.out != "" {
		news = os.Stderr
	}
	if req.Program == nil {
		fmt.Fprintf(news, "building %s ...\n", names(req.Exercises))
	}
	req.Rows = req.Submission == "" && req.format == "text"
	bar := newBar(os.Stderr)
	req.Progress = bar.show
	if req.alone {
		req.Differs = func(sentence string) {
			bar.clear()
			fmt.Fprintln(os.Stderr, "workbook grade:", sentence)
		}
	}
	r, sentences, err := req.report(ctx, student)
	bar.clear()
	for _, sentence := range sentences {
		fmt.Fprintln(os.Stderr, "workbook grade:", report.Visible(sentence))
	}
	if _, ok := errors.AsType[*grade.Problem](err); ok && req.out != "" {
		os.Remove(req.out) // a problem is not a result, not even one without points
		if req.format == "classroom50" {
			os.Remove(filepath.Join(filepath.Dir(req.out), releaseBody))
		}
	}
	if err != nil {
		return trouble, err
	}
	if err := req.write(r); err != nil {
		return trouble, err
	}
	if err := req.showPage(r); err != nil {
		return trouble, err
	}
	own := req.Submission == "" && req.Program == nil
	if r.Full() || own && r.Done() {
		return right, nil
	}
	return wrong, nil
}

// graded grades, as it is wanted.
func (req *gradeRequest) graded(ctx context.Context, opts grade.Options) (report.Report, error) {
	if req.run != nil {
		return req.run(ctx, opts)
	}
	return grade.Run(ctx, opts)
}

// report grades what there is to grade. It also returns what to tell of what the student has
// handed in, a sentence each.
func (req *gradeRequest) report(ctx context.Context, student handin.Student) (r report.Report, sentences []string, err error) {
	if req.Submission == "" {
		r, err = req.graded(ctx, req.Options)
		return r, nil, err
	}
	w, err := req.find(student)
	if err != nil {
		return report.Report{}, nil, err
	}
	if r, err = req.gradeWork(ctx, req.Options, w); err != nil {
		return report.Report{}, nil, err
	}
	return r, told(w), nil
}

// graded grades an exercise, for a command that has something else to show. On a
// terminal it shows how far it is.
func graded(ctx context.Context, top string, e grade.Exercise) (report.Report, error) {
	bar := newBar(os.Stderr)
	defer bar.clear()
	bar.say("building " + e.Name + " ...")
	return grade.Run(ctx, grade.Options{Top: top, Exercises: []grade.Exercise{e}, Race: grade.RaceDetector(ctx), Progress: bar.show})
}

// formats are the values of -format.
var formats = map[string]func(w io.Writer, r report.Report, style report.Style) error{
	"text": report.Text,
	"json": func(w io.Writer, r report.Report, _ report.Style) error { return report.JSON(w, r) },
	"gradescope": func(w io.Writer, r report.Report, _ report.Style) error {
		return report.Gradescope(w, r)
	},
	"classroom50": func(w io.Writer, r report.Report, _ report.Style) error {
		return report.Classroom50(w, r, os.Getenv)
	},
	"junit":        func(w io.Writer, r report.Report, _ report.Style) error { return report.JUnit(w, r) },
	"html":         func(w io.Writer, r report.Report, _ report.Style) error { return report.HTML(w, r) },
	"markdown":     func(w io.Writer, r report.Report, _ report.Style) error { return report.Markdown(w, r) },
	"prairielearn": func(w io.Writer, r report.Report, _ report.Style) error { return report.PrairieLearn(w, r) },
	"autolab":      func(w io.Writer, r report.Report, _ report.Style) error { return report.Autolab(w, r) },
	"vpl": func(w io.Writer, r report.Report, _ report.Style) error {
		return report.VPL(w, r, os.Getenv)
	},
}

// releaseBody is the name of the file that Classroom 50 shows to a student. It is written
// beside the result.
const releaseBody = "release-body.md"

// write writes a report to where it is wanted.
func (req *gradeRequest) write(r report.Report) error {
	format := formats[req.format]
	style := report.Style{
		Verbose: req.verbose,
		Brief:   req.brief,
		Foreign: req.Submission != "" || req.Program != nil,
		ASCII:   timeline.Locale() == timeline.ASCII,
	}
	if req.out != "" {
		err := report.WriteFile(req.out, func(w io.Writer) error { return format(w, r, style) })
		if err != nil || req.format != "classroom50" {
			return err
		}
		return report.WriteFile(filepath.Join(filepath.Dir(req.out), releaseBody), func(w io.Writer) error { return report.Markdown(w, r) })
	}
	style.Color = color(os.Stdout)
	return format(os.Stdout, r, style)
}

// race decides whether to grade with the race detector. Students can do without a C
// compiler; but submissions graded without one would not get the points that others get, so
// it is for the teacher to decide that, with CGO_ENABLED=0.
func (req *gradeRequest) race(ctx context.Context) error {
	req.Race = grade.RaceDetector(ctx)
	if req.Race || req.Submission == "" && req.class == "" || os.Getenv("CGO_ENABLED") == "0" {
		return nil
	}
	return &grade.Problem{
		Cause:  "the race detector, which submissions are graded with, requires a C compiler and a processor of 64 bits, and one is missing",
		Remedy: "install a C compiler such as gcc, or set CGO_ENABLED=0 to grade without the race detector",
	}
}
