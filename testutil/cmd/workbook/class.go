package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"example.com/workbook/testutil/grader/grade"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/grader/sandbox"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
	"example.com/workbook/testutil/suites/suite"
)

// memoryLimit is how much memory the command uses for a class, without that of the processes which
// it starts.
const memoryLimit = 150 << 20

// gradeClass grades what each student of a class has handed in, and writes a table with a
// line for each. First it grades the solutions: if they lose points here, so would the
// students. A student who is in the table already, and of whom a grading would give the
// same result, is not graded again.
func (req *gradeRequest) gradeClass(ctx context.Context) (status int, err error) {
	debug.SetMemoryLimit(memoryLimit)
	class, err := req.openClass()
	if err != nil {
		return trouble, err
	}
	defer class.Close()
	sheet, err := req.readGrades()
	if err != nil {
		return trouble, err
	}
	t, err := req.readResults(class)
	if err != nil {
		return trouble, err
	}
	if len(class.Students) == 0 {
		return right, req.writePage() // a part without students
	}
	whole := sandbox.Namespaces()
	req.setJobs("student", whole)
	if gaps := sandbox.Gaps(whole == nil); len(gaps) > 0 {
		fmt.Fprintf(os.Stderr, "workbook grade: with a part of the sandbox only: programs can %s\n", strings.Join(gaps, ", and "))
	}
	bar := newBar(os.Stderr)
	defer bar.clear()
	bar.say("grading the solutions ...")
	setting, err := req.gradeSolutions(ctx)
	if err != nil {
		return trouble, err
	}
	setting += fmt.Sprint(whole == nil)
	req.Tested, req.shared = true, newShared()
	req.Unvetted = req.feedback == "" // the table and the page show no remarks of go vet
	status, err = req.gradeStudents(ctx, class.Students, t, setting, bar)
	t.mark(class.Students)
	if err := errors.Join(err, t.write(), req.writePage()); err != nil {
		return trouble, err
	}
	if err := req.openPage(); err != nil {
		return trouble, err
	}
	if err := req.packFeedback(class); err != nil {
		return trouble, err
	}
	if sheet == nil {
		return status, nil
	}
	complete, err := req.fillGrades(sheet, class, t)
	switch {
	case err != nil:
		return trouble, err
	case !complete:
		status = max(status, wrong)
	}
	return status, nil
}

// openClass opens the class, with the students of the part that is asked for. It says on standard
// error what of it is not graded. The caller closes it.
func (req *gradeRequest) openClass() (class handin.Class, err error) {
	if class, err = handin.Open(req.class); err != nil {
		return class, err
	}
	if len(class.Students) == 0 {
		class.Close()
		return class, fmt.Errorf("there are no folders in %s, one for each student, nor archives", req.class)
	}
	for _, name := range class.Others {
		if other := filepath.Join(req.class, name); !sameFile(other, req.out) && !sameFile(other, req.html) {
			fmt.Fprintf(os.Stderr, "workbook grade: %s belongs to no student, and is left out\n", report.Visible(other))
		}
	}
	class.Students = req.shard.take(class.Students)
	if req.late != "" && !slices.ContainsFunc(class.Students, func(s handin.Student) bool { return s.Late || !s.Time.IsZero() }) {
		fmt.Fprintf(os.Stderr, "workbook grade: %s does not say when anything was handed in: -late changes no points\n", req.class)
	}
	return class, nil
}

// readResults reads the table and the page of an earlier call. It says on standard error who is in
// the table and no longer in the class.
func (req *gradeRequest) readResults(class handin.Class) (*table, error) {
	t := newTable(req.out, req.Exercises)
	t.setShard(req.shard, len(class.Students))
	t.setWorth(req.weights, req.penalty)
	if err := t.read(); err != nil {
		return nil, err
	}
	if err := req.readPage(); err != nil {
		return nil, err
	}
	for _, name := range t.students() {
		if !slices.ContainsFunc(class.Students, func(s handin.Student) bool { return s.Name == name }) {
			fmt.Fprintf(os.Stderr, "workbook grade: %s is in %s, and not in %s: the row is kept\n", report.Visible(name), req.out, req.class)
		}
	}
	return t, nil
}

// setJobs decides how many of a class, each a what, are graded at the same time: only one if they
// share ports, since there are no namespaces. It is told why there are none.
func (req *gradeRequest) setJobs(what string, namespaces error) {
	switch {
	case namespaces != nil:
		req.jobs = 1
		fmt.Fprintf(os.Stderr, "workbook grade: one %s at a time: there are no namespaces: %v\n", what, namespaces)
	case req.jobs == 0:
		req.jobs = runtime.GOMAXPROCS(0) + 1 // some programs only wait
	}
	req.Crowded = req.jobs > 1
}

// sideBySide calls grade for each of a class of n, as many at a time as there are jobs, and shows
// on the bar how far it is. It returns the first error after all calls have returned.
func (req *gradeRequest) sideBySide(n int, bar *bar, grade func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(req.jobs)
	progress := counter{all: n, show: bar.show}
	bar.show(0, n)
	for i := range n {
		group.Go(func() error {
			defer progress.add()
			return grade(i)
		})
	}
	return group.Wait()
}

// gradeStudents grades students into the table and onto the page. The status is that of the whole
// class: trouble if one could not be graded, wrong if files of one are missing.
func (req *gradeRequest) gradeStudents(ctx context.Context, students []handin.Student, t *table, setting string, bar *bar) (status int, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var problems, missing atomic.Int64
	err = req.sideBySide(len(students), bar, func(i int) error {
		student := students[i]
		say := func(format string, args ...any) {
			bar.clear()
			fmt.Fprintln(os.Stderr, "workbook grade:", report.Visible(fmt.Sprintf(format, args...)))
		}
		one := *req
		if req.alone {
			one.Differs = func(sentence string) { say("%s: %s", student.Name, sentence) }
		}
		w, err := one.gradeStudent(ctx, t, student, setting)
		for _, sentence := range told(w) {
			say("%s: %s", student.Name, sentence)
		}
		if len(w.Missing) > 0 {
			missing.Add(1)
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, errTable) {
			return err
		}
		t.remove(student.Name)
		req.removeFromPage(student)
		if p, ok := errors.AsType[*grade.Problem](err); ok && p.Last {
			stop(err)
			return err
		}
		problems.Add(1)
		say("%s is not graded, and will be at the next call: %v", student.Name, err)
		return nil
	})
	switch {
	case problems.Load() > 0:
		return trouble, err
	case missing.Load() > 0:
		return wrong, err
	}
	return right, err
}

// errTable opens an error that is about the files with the results, and not about a student.
var errTable = errors.New("write the results")

// sameFile reports whether two names are those of one file, which need not be there.
func sameFile(a, b string) bool {
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}

// gradeStudent grades one student, unless the table shows what would come of it. It also
// returns what was found of the programs.
func (req *gradeRequest) gradeStudent(ctx context.Context, t *table, student handin.Student, setting string) (handin.Work, error) {
	if ctx.Err() != nil {
		return handin.Work{}, context.Cause(ctx)
	}
	w, err := req.find(student)
	if err != nil {
		return handin.Work{}, err
	}
	digest, err := fingerprint(w, setting)
	if err != nil {
		return w, asProblem(err)
	}
	if !req.again && !req.alone && t.has(student.Name, digest) && req.hasFeedback(student) && req.onPage(student) {
		return w, nil
	}
	r, err := req.gradeShared(ctx, setting, w)
	if err != nil {
		return w, err
	}
	if err := req.writeFeedback(student, r); err != nil {
		return w, fmt.Errorf("%w: %w", errTable, err)
	}
	if err := req.addToPage(student, r); err != nil {
		return w, fmt.Errorf("%w: %w", errTable, err)
	}
	if err := t.add(student, digest, w, r); err != nil {
		return w, fmt.Errorf("%w: %w", errTable, err)
	}
	return w, nil
}

// gradeSolutions grades the solutions as if a student had handed them in. It is an error
// if they do not have full marks. It returns a text that changes with whatever a result
// depends on besides the files of a student: the grader with its suites, the flags, and
// what this machine can check.
func (req *gradeRequest) gradeSolutions(ctx context.Context) (setting string, err error) {
	folder, err := os.MkdirTemp("", "workbook")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	err = os.CopyFS(filepath.Join(folder, "exercises"), os.DirFS(filepath.Join(req.Top, "solutions")))
	if err != nil {
		return "", fmt.Errorf("the solutions, with which the grader is tested: %w", err)
	}
	opts := req.Options
	opts.Submission = folder
	r, err := req.graded(ctx, opts)
	if err != nil {
		return "", err
	}
	sum, err := graderSum()
	if err != nil {
		return "", err
	}
	setting = fmt.Sprintln(sum, runtime.Version(), req.Only, req.Timeout, req.Race)
	lost, reason := 0, ""
	for _, p := range r.Programs {
		setting += p.Dir + string(p.Verdict.Kind) + "\n"
		for _, part := range p.Parts {
			for _, c := range part.Cases {
				setting += fmt.Sprintln(c.Test, c.Name, c.Verdict.Kind)
				kind := c.Verdict.Kind
				switch {
				case c.Group == suite.Extra, kind == verdict.Passed:
				case kind == verdict.NotRun && req.Only != "":
				case kind == verdict.NotChecked && req.partial:
				default:
					lost += c.Points
					if reason == "" {
						reason = fmt.Sprintf("%s: %s/%s: %s", p.Name, c.Test, c.Name, c.Verdict)
					}
				}
			}
		}
		if p.Verdict.Kind != "" {
			reason = fmt.Sprintf("%s: %s", p.Name, p.Verdict)
		}
	}
	if reason != "" {
		reason, _, _ = strings.Cut(reason, "\n")
		return "", &grade.Problem{
			Cause:  fmt.Sprintf("the solutions lose %d points on this machine, and so would each student: %s", lost, reason),
			Remedy: "install what is missing, or grade with -partial, without what cannot be checked here",
		}
	}
	return setting, nil
}

// graderSum returns a sum of this program, which changes with the suites in it.
func graderSum() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	file, err := os.Open(exe)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

// fingerprint returns what changes whenever the work does, or setting. Its second half, behind
// a hyphen, changes with setting only.
func fingerprint(w handin.Work, setting string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, setting)
	if err := w.Sum(sum); err != nil {
		return "", err
	}
	return fmt.Sprintf("%.8x-%s", sum.Sum(nil), short(setting)), nil
}

// short returns a short sum of a text.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%.4x", sum[:])
}

// A counter counts students.
type counter struct {
	mu        sync.Mutex // guards done
	done, all int
	show      func(done, all int)
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	c.show(c.done, c.all)
}

// A table has a line for each student. Its methods are safe for concurrent use.
type table struct {
	file   string
	header []string
	shard  shard // the part of the class that it has; if that is not all, its last column says so

	weights gradebook.Weights
	penalty gradebook.Penalty

	mu    sync.Mutex // guards lines and the file
	lines map[string][]string
}

// The columns that every table has.
const (
	studentColumn = iota
	digestColumn
)

func newTable(file string, exercises []grade.Exercise) *table {
	t := &table{file: file, header: []string{"student", "files"}, lines: make(map[string][]string)}
	for _, e := range exercises {
		for _, p := range e.Programs {
			for _, column := range []string{"verdict", "core", "robustness", "extra"} {
				t.header = append(t.header, p.Name+" "+column)
			}
		}
	}
	t.header = append(t.header, "core", "core of", "robustness", "robustness of", "extra", "next")
	t.header = append(t.header, "total", "total of", "id", "username", "email", "handed in", "late", "from", "points", "points of", "kept", "causes")
	return t
}

// setShard makes it the table of a part of the class, which has so many students.
func (t *table) setShard(s shard, students int) {
	if s.all > 0 {
		t.shard = s
		t.header = append(t.header, s.column(students))
	}
}

// read reads what the file holds, if it is a table of the same columns, and of the same part
// of the class.
func (t *table) read() error {
	if err := t.begin(); !errors.Is(err, fs.ErrExist) {
		return err
	}
	text, err := os.ReadFile(t.file)
	if err != nil {
		return err
	}
	if err := t.parse(text); err != nil {
		return err
	}
	return t.save()
}

// parse takes the rows from the text of a table.
func (t *table) parse(text []byte) error {
	plain, _ := strings.CutPrefix(string(text), "\ufeff") // spreadsheets write it
	r := csv.NewReader(strings.NewReader(plain))
	r.FieldsPerRecord = -1
	if strings.HasPrefix(plain, t.header[studentColumn]+";") {
		r.Comma = ';'
	}
	header, err := r.Read()
	if err != nil || !t.sameColumns(header) {
		return fmt.Errorf("%s is not a table of this class and these exercises: move it away first", t.file)
	}
	if s, _, _ := parseShardColumn(header[len(header)-1]); s != t.shard {
		return fmt.Errorf("%s has the part %s of the class, and not %s: each needs a file of its own", t.file, s.name(), t.shard.name())
	}
	for {
		fields, err := r.Read()
		if err != nil {
			break // the end, or a line that was not written to its end
		}
		for i, field := range fields {
			if plain, ok := strings.CutPrefix(field, "'"); ok && formula(plain) {
				fields[i] = plain
			}
		}
		if len(fields) == len(t.header) {
			t.lines[fields[studentColumn]] = fields
		}
	}
	return nil
}

// begin writes the first line of a table, unless there is a file. Two that begin the same file
// at the same time do not both succeed.
func (t *table) begin() error {
	file, err := os.OpenFile(t.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(line(t.header))
	return errors.Join(err, file.Close())
}

// formerly is the name that the group robustness had in the tables of older workbooks.
var formerly = regexp.MustCompile(`\bsturdy\b`)

// sameColumns reports whether a header is that of the table, but for the part of the class
// and the older name of a group.
func (t *table) sameColumns(header []string) bool {
	whole := func(header []string) []string {
		header = slices.Clone(header)
		for i, column := range header {
			header[i] = formerly.ReplaceAllString(column, string(suite.Robustness))
		}
		if n := len(header); n > 0 && shardColumn.MatchString(header[n-1]) {
			return header[:n-1]
		}
		return header
	}
	return slices.Equal(whole(header), whole(t.header))
}

// has reports whether the student is in the table with files of that fingerprint.
func (t *table) has(student, digest string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	fields, ok := t.lines[student]
	return ok && strings.HasPrefix(fields[digestColumn]+"-", digest+"-")
}

// setWorth says what points are worth: by the weights of their groups, and as far as they are not
// late.
func (t *table) setWorth(w gradebook.Weights, p gradebook.Penalty) { t.weights, t.penalty = w, p }

// mark sets what the points of students are worth who are in the table already.
func (t *table) mark(students []handin.Student) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range students {
		if fields, ok := t.lines[s.Name]; ok {
			t.value(s, fields)
		}
	}
}

// value sets what the points of a student are worth in a row.
func (t *table) value(s handin.Student, fields []string) {
	number := func(column string) int {
		n, _ := strconv.Atoi(fields[slices.Index(t.header, column)]) // the table has written it
		return n
	}
	earned, of := t.weights.Of(gradebook.Points{
		Core: number("core"), CoreOf: number("core of"), Robustness: number("robustness"), RobustnessOf: number("robustness of"), Extra: number("extra"),
	})
	keep := t.penalty.Keep(s.Time, s.Late)
	for column, n := range map[string]float64{"points": earned * keep, "points of": of, "kept": keep} {
		fields[slices.Index(t.header, column)] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	digest := strings.SplitN(fields[digestColumn], "-", 3)
	if len(digest) >= 2 { // those of an older workbook have one
		fields[digestColumn] = digest[0] + "-" + digest[1] + "-" + short(fmt.Sprint(t.weights, t.penalty))
	}
}

// points returns how many points of how many a student has in the table. It is not ok if
// the student is not there, or nothing of the student's was found.
func (t *table) points(student string) (points, max float64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fields, ok := t.lines[student]
	if !ok {
		return 0, 0, false
	}
	found := false
	for i, column := range t.header {
		if strings.HasSuffix(column, " verdict") && fields[i] != string(verdict.NotFound) {
			found = true
		}
	}
	points, errPoints := strconv.ParseFloat(fields[slices.Index(t.header, "points")], 64)
	max, errMax := strconv.ParseFloat(fields[slices.Index(t.header, "points of")], 64)
	return points, max, found && errPoints == nil && errMax == nil
}

// add adds the line for a student, to the file too.
func (t *table) add(student handin.Student, digest string, w handin.Work, r report.Report) error {
	fields := []string{student.Name, digest}
	for _, p := range r.Programs {
		fields = append(fields, cmp.Or(string(p.Verdict.Kind), "graded"))
		for _, g := range []suite.Group{suite.Core, suite.Robustness, suite.Extra} {
			fields = append(fields, strconv.Itoa(p.Score(g).Earned))
		}
	}
	core, robustness := r.Score(suite.Core), r.Score(suite.Robustness)
	for _, n := range []int{core.Earned, core.Max, robustness.Earned, robustness.Max, r.Score(suite.Extra).Earned} {
		fields = append(fields, strconv.Itoa(n))
	}
	fields = append(fields, next(r), strconv.Itoa(core.Earned+robustness.Earned), strconv.Itoa(core.Max+robustness.Max))
	fields = append(fields, student.ID, student.Username, student.Email, handedIn(student), late(student), from(w), "", "", "", causes(r))
	fields = append(fields, make([]string, len(t.header)-len(fields))...)
	t.value(student, fields) // a row is complete, should the grader be killed now
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines[student.Name] = fields
	file, err := os.OpenFile(t.file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(line(fields))
	return errors.Join(err, file.Close())
}

// next returns what a student should fix first.
func next(r report.Report) string {
	f, ok := r.First()
	if !ok {
		return ""
	}
	return f.String()
}

// causes returns the causes of the lost points of a student, in each program most points first.
func causes(r report.Report) string {
	var all []string
	for _, p := range r.Programs {
		for _, c := range p.Causes() {
			all = append(all, p.Name+": "+c.String())
		}
	}
	return strings.Join(all, "; ")
}

// handedIn returns when a student has handed in; "" if the export does not say so.
func handedIn(s handin.Student) string {
	if s.Time.IsZero() {
		return ""
	}
	return s.Time.Format("2006-01-02 15:04:05")
}

// late returns whether the export says that it was late.
func late(s handin.Student) string {
	if s.Late {
		return "late"
	}
	return ""
}

// from returns where the programs were found.
func from(w handin.Work) string {
	var all []string
	for _, f := range w.Found {
		all = append(all, report.Visible(f.From))
	}
	return strings.Join(all, "; ")
}

// remove removes the line for a student, from the file at the next write.
func (t *table) remove(student string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.lines, student)
}

// write writes the table, sorted, in place of what the file holds.
func (t *table) write() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.save()
}

func (t *table) save() error {
	return report.WriteFile(t.file, func(w io.Writer) error {
		text := line(t.header)
		for _, student := range t.students() {
			text = append(text, line(t.lines[student])...)
		}
		_, err := w.Write(text)
		return err
	})
}

// students returns who is in the table, sorted.
func (t *table) students() []string { return slices.Sorted(maps.Keys(t.lines)) }

// line returns a line of CSV, in which a spreadsheet will not take a field for a formula.
func line(fields []string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	var quoted []string
	for _, field := range fields {
		if formula(field) {
			field = "'" + field
		}
		quoted = append(quoted, field)
	}
	w.Write(quoted)
	w.Flush() // neither fails on a strings.Builder
	return []byte(b.String())
}

func formula(field string) bool {
	return field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0]))
}
