package clocktest

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.com/workbook/testutil/kit/isolate"
	"example.com/workbook/testutil/suites/suite"
)

// layout is the form of a line.
const layout = "15:04:05"

// The case about zones runs in newYork, where summer time begins at summer, and all others
// in UTC. So what a case wants does not depend on time.Local, which the program under test
// may change.
const newYork = "America/New_York"

var summer = time.Date(2000, time.April, 2, 7, 0, 0, 0, time.UTC)

// inUTC returns all cases, with UTC as the zone of those that have no other.
func inUTC(groups ...[]suite.Case[Serve]) []suite.Case[Serve] {
	cases := slices.Concat(groups...)
	for i := range cases {
		if cases[i].Env == nil {
			cases[i].Env = []string{utc}
		}
	}
	return cases
}

// zone returns the zone of a case, which its environment names.
func zone(name string) (*time.Location, error) {
	if isolate.InProcess() {
		return time.Local, nil // cases have no environment then
	}
	return time.LoadLocation(name)
}

// local returns the time t in the zone of all cases but one.
func local(t time.Time) time.Time {
	loc, err := zone("UTC")
	if err != nil {
		return t.UTC() // not reached: UTC is always known
	}
	return t.In(loc)
}

// timeOfDay matches what a line has to be. The others match what is nearly a time of day, or
// holds one.
var (
	timeOfDay = regexp.MustCompile(`^\d\d:\d\d:\d\d$`)
	halfOfDay = regexp.MustCompile(`(?i)^\d?\d:\d\d(:\d\d)? ?[AP]M$`)
	oneDigit  = regexp.MustCompile(`^\d?\d:\d?\d:\d?\d$`)
	timeIn    = regexp.MustCompile(`\d\d:\d\d:\d\d`)
)

// misreadLayouts are those of programs that confuse the numbers in a layout. misreadDates have
// the year, the day or the month for the seconds.
var (
	misreadLayouts = []string{"15:05:04", "04:15:05", "15:04:04", "15:05:05", "15:01:05"}
	misreadDates   = []string{"15:04:06", "15:04:02", "15:04:01"}
)

// aboutForm returns err, about a line that a server wrote when it was due. If the line has
// another form than that of a time of day, err is about that, in each case that notices it.
func aboutForm(line string, due time.Time, err error) error {
	if timeOfDay.MatchString(line) && misread(line, due) == "" {
		return err
	}
	return suite.About("TestClock/writes_a_line_every_second", err)
}

const digits = "0123456789"

// misread says what is wrong with the form of a line, as far as it shows in what a server
// wrote when it was due; "" if nothing is.
func misread(got string, due time.Time) string {
	const rule = ": in a layout of package time, 15 is the hour, 04 the minute and 05 the second"
	switch {
	case got == "" || hasTime(got):
	case strings.Count(got, ":") == 2 && !strings.ContainsAny(got, digits): // HH:MM:SS
		return rule
	case !strings.ContainsAny(got, digits) || strings.ContainsFunc(got, unicode.IsLetter):
		return ": write the time, and nothing else"
	}
	layouts := misreadLayouts
	if due.Year() > 2000 { // on the fake clock, the year, the month and the day look like a line that is late
		layouts = slices.Concat(misreadLayouts, misreadDates)
	}
	for _, wrong := range layouts {
		if got == due.Format(wrong) {
			return rule
		}
	}
	switch trimmed := strings.TrimSpace(got); {
	case timeOfDay.MatchString(got):
		return ""
	case timeOfDay.MatchString(trimmed) && strings.HasSuffix(got, "\r"):
		return `: end the line with "\n" alone, without "\r"`
	case timeOfDay.MatchString(trimmed) && trimmed != got:
		return ": the line has spaces besides the time"
	case halfOfDay.MatchString(trimmed):
		return ": count the hours from 0 to 23, without AM and PM, and write the seconds"
	case oneDigit.MatchString(trimmed):
		return ": write two digits for each number"
	case timeIn.MatchString(trimmed) && trimmed != timeIn.FindString(trimmed):
		return ": the line has more than the time"
	}
	return ""
}
