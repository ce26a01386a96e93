package handin

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// metadataFile is the file in which Gradescope says who has handed in what.
const metadataFile = "submission_metadata.yml"

// withSubmitters puts the students in place of folders that are named after the number
// of a submission, as the metadata say. A group has several.
func withSubmitters(all []handed, top []entry) []handed {
	var submitted map[string]submission
	for _, e := range top {
		if e.name == metadataFile && !e.isDir() {
			if text, err := e.files[0].read(maxArchive); err == nil {
				submitted = submissions(string(text))
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(submitted)) { // some have no files
		if !slices.ContainsFunc(all, func(h handed) bool { return h.path == folder }) && len(submitted[folder].students) > 0 {
			all = append(all, handed{path: folder})
		}
	}
	var found []handed
	for _, h := range all {
		s, ok := submitted[h.path]
		if !ok || len(s.students) == 0 {
			found = append(found, h)
			continue
		}
		for _, student := range s.students {
			h.key = "submitter " + student.ID + " " + student.Email
			if student.ID == "" && student.Email == "" {
				h.key += student.Name
			}
			student.Time = s.time
			h.student = student
			h.attempt = s.time.UTC().Format(time.RFC3339)
			found = append(found, h)
		}
	}
	return found
}

// A submission is what the metadata say of one.
type submission struct {
	students []Student
	time     time.Time
}

// yamlField matches a line of the metadata: how far it is indented, whether it begins an
// element of a list, a key, and a value.
var yamlField = regexp.MustCompile(`^( *)(- +)?:?([^\s:]+):(?: +(.*))?$`)

// submissions reads the metadata. It reads no more of YAML than they have: of the
// submissions, at the left, the submitters and the time.
func submissions(text string) map[string]submission {
	found := make(map[string]submission)
	folder, list := "", false
	for line := range strings.Lines(text) {
		m := yamlField.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if m == nil {
			continue
		}
		depth, first, key, value := len(m[1]), m[2] != "", m[3], scalar(m[4])
		s := found[folder]
		switch {
		case depth == 0 && !first:
			folder = strings.Trim(key, `"'`)
			s, list = submission{}, false
		case key == "submitters" && !first:
			list = true
		case list && (first || depth > 2):
			if first {
				s.students = append(s.students, Student{})
			}
			if len(s.students) == 0 {
				break
			}
			switch student := &s.students[len(s.students)-1]; key {
			case "name":
				student.Name = value
			case "sid":
				student.ID = value
			case "email":
				student.Email = value
			}
		default:
			list = false
			if key == "created_at" && depth == 2 {
				s.time = timeOf(value)
			}
		}
		if folder != "" {
			found[folder] = s
		}
	}
	return found
}

// scalar returns the value of a text in YAML.
func scalar(text string) string {
	text = strings.TrimSpace(text)
	switch {
	case text == "null", text == "~":
		return ""
	case strings.HasPrefix(text, `"`):
		if value, err := strconv.Unquote(text); err == nil {
			return value
		}
	case len(text) > 1 && strings.HasPrefix(text, "'") && strings.HasSuffix(text, "'"):
		return strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	}
	return text
}

// timeOf returns the time that a text in YAML says; none if it says none.
func timeOf(text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05 Z", "2006-01-02 15:04:05 -07:00", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
