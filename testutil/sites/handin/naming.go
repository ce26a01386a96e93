package handin

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A naming is how a course system names what it hands out.
type naming struct {
	name string

	// entry matches a name at the top of an export. Its groups are: name, id, username,
	// email and late, of the student; task, which has attempts of its own; time or versions, of the
	// attempt; upload, of the file, which is greater for a later one; and file, the name that the
	// student has given it, which is empty if the entry is a folder.
	entry []*regexp.Regexp

	// clock is the layout of times; "" if the names have none.
	clock string

	// nested is whether there is a folder for each attempt in that of a student.
	nested bool
}

const (
	blackboard = "Blackboard"
	gradescope = "Gradescope"
)

const stamp = `\d{4}(?:-\d\d){5}`

// namings are those of the systems whose names say who has handed in what. A name that fits two of
// them is that of the first.
var namings = []naming{
	{name: "Moodle", entry: expressions(
		`^(?P<name>.+)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?$`)},
	{name: blackboard, clock: "2006-01-02-15-04-05", entry: expressions(
		`^(?P<name>.+)_attempt_(?P<time>` + stamp + `)(?:_(?P<file>.+)|(?P<ext>\.\w+))$`)},
	{name: "Brightspace", clock: "Jan 2, 2006 0304 PM", entry: expressions(
		`^(?P<id>\d+-\d+) ?- ?(?P<name>.+?) ?- ?(?P<time>[A-Z][a-z]+ \d{1,2}, \d{4} \d{3,4} [AP]M)(?: ?- ?(?P<file>.+))?$`)},
	{name: "VPL", clock: "2006-01-02-15-04-05", nested: true, entry: expressions(
		`^(?P<name>.+) (?P<id>\d+) (?P<username>\S+)$`)},
	{name: "PrairieLearn", entry: expressions( // the instance, the question, its variant, the submission, and perhaps its number on the site
		`^(?P<email>[^@]+@[^@_]+)_(?P<version1>\d+)_(?P<task>.+?)_(?P<version2>\d+)_(?P<version3>\d+)(?:_(?P<version4>\d+))?_(?P<file>.+)$`)},
	{name: "Autolab", entry: expressions(
		`^(?P<email>[^@]+@[^@_]+)_(?P<version1>\d+)_(?P<file>.+)$`)},
	{name: gradescope, entry: expressions(
		`^(?P<name>submission_(?P<id>\d+))$`)},
	{name: "Canvas", entry: expressions(
		`^(?P<name>[\pL\pM\pN_]*?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)$`,
		`^(?P<name>[\pL\pM\pN_]*?)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>(?:text|link)\.html)$`,
		`^anon_(?P<id>\w+?)(?P<late>_LATE)?_(?P<upload>\d+)_(?P<file>.+)$`,
		`^anon_(?P<id>\w+?)(?P<late>_LATE)?_(?P<file>(?:text|link)\.html)$`)},
}

func expressions(texts ...string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, text := range texts {
		all = append(all, regexp.MustCompile(text))
	}
	return all
}

// namingOf returns the system that has named most of the entries; one without a name if none
// has named half of those that can be a student's.
func namingOf(top []entry) naming {
	var best naming
	most := 0
	for _, s := range namings {
		named, others := 0, 0
		for _, e := range top {
			switch {
			case len(s.handed(e)) > 0:
				named++
			case e.isDir() || isArchive(e.name):
				others++
			}
		}
		if named > most && named >= others {
			best, most = s, named
		}
	}
	return best
}

// handed returns what is in an entry; nothing if the system does not name entries so.
func (s naming) handed(e entry) []handed {
	groups := s.match(e.name)
	if groups == nil {
		return nil
	}
	dir := e.isDir()
	if file := groups["file"] + groups["ext"]; dir != (file == "") {
		return nil // a folder has no name of a file
	}
	h := handed{path: e.name, student: Student{
		Name: groups["name"], ID: groups["id"], Username: groups["username"], Email: groups["email"], Late: groups["late"] != "",
	}}
	switch {
	case h.student.Name == "" && h.student.Email != "":
		h.student.Name = h.student.Email
	case h.student.Name == "", h.student.Name == "anon":
		h.student.Name = "anon_" + h.student.ID
	}
	h.key = fmt.Sprint(h.student.ID, " ", h.student.Email)
	if s.name == blackboard {
		h.key = h.student.Name
	}
	if s.nested {
		return s.attempts(h, e)
	}
	h.student.Feedback = s.feedback(e.name, groups)
	h.setAttempt(s.clock, groups["time"])
	for _, group := range []string{"version1", "version2", "version3", "version4"} {
		if version := groups[group]; version != "" {
			h.attempt += fmt.Sprintf("%20s", version)
		}
	}
	h.task = groups["task"]
	if dir {
		h.files = e.below()
		return []handed{h}
	}
	f := e.files[0]
	f.Name = groups["file"]
	if f.Name == "" {
		f.Name = "submission" + groups["ext"]
	}
	f.upload, _ = strconv.ParseInt(groups["upload"], 10, 64)
	h.files = []File{f}
	return []handed{h}
}

// feedback returns how the names of files with feedback begin: as those that were handed in.
func (s naming) feedback(name string, groups map[string]string) string {
	switch s.name {
	case "Moodle":
		return groups["name"] + "_" + groups["id"] + "_assignsubmission_file_"
	case "Canvas":
		return strings.TrimSuffix(name, groups["file"])
	}
	return ""
}

// match returns the groups of the expression that a name matches, by their names.
func (s naming) match(name string) map[string]string {
	for _, e := range s.entry {
		m := e.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		groups := make(map[string]string)
		for i, group := range e.SubexpNames() {
			groups[group] = m[i]
		}
		return groups
	}
	return nil
}

// setAttempt sets the attempt, and when that was.
func (h *handed) setAttempt(clock, text string) {
	if text == "" {
		return
	}
	if fields := strings.Fields(text); len(fields) == 5 {
		if len(fields[3]) == 3 { // "917 AM"
			fields[3] = "0" + fields[3]
		}
		fields[0] = fields[0][:min(len(fields[0]), 3)] // "Sept", "June"
		text = strings.Join(fields, " ")
	}
	h.attempt = text
	if t, err := time.Parse(clock, text); err == nil {
		h.student.Time = t
		h.attempt = t.Format(time.RFC3339)
	}
}

var stampOnly = regexp.MustCompile(`^` + stamp + `$`)

// attempts returns what is in each of the folders in that of a student which are named
// after a time. Folders beside them hold what the system says of an attempt.
func (s naming) attempts(h handed, e entry) []handed {
	var all []handed
	for _, inner := range entries(e.below()) {
		if !stampOnly.MatchString(inner.name) || !inner.isDir() {
			continue
		}
		h.setAttempt(s.clock, inner.name)
		h.path, h.files = e.name+"/"+inner.name, inner.below()
		all = append(all, h)
	}
	return all
}

// receiptName matches the line of a receipt of Blackboard that names the student.
var receiptName = regexp.MustCompile(`(?m)^\x{FEFF}?Name:\s*(.+?)\s*\(([^()\s]+)\)\s*$`)

// withUsernames gives Blackboard's students the names by which the site knows them: in the
// receipt, or behind the name of the assignment, with which all begin.
func withUsernames(all []handed) []handed {
	assignment := ""
	for i, h := range all {
		if i == 0 {
			assignment = h.student.Name
		}
		for !strings.HasPrefix(h.student.Name, assignment) {
			assignment = assignment[:len(assignment)-1]
		}
	}
	assignment = assignment[:strings.LastIndex(assignment, "_")+1]
	receipts := make(map[string]Student)
	for _, h := range all {
		f := h.files[0]
		if f.Name != "submission.txt" {
			continue
		}
		text, err := f.read(maxFile)
		if m := receiptName.FindStringSubmatch(string(text)); err == nil && m != nil && strings.HasSuffix(h.key, "_"+m[2]) {
			receipts[h.key] = Student{Name: m[1], Username: m[2]}
		}
	}
	for i := range all {
		s := &all[i].student
		s.Username = strings.TrimPrefix(s.Name, assignment)
		s.Name = s.Username
		if r, ok := receipts[all[i].key]; ok {
			s.Name, s.Username = r.Name, r.Username
		}
	}
	return all
}
