package clocktest

import (
	"slices"
	"sync"
	"time"

	"example.com/workbook/testutil/isolate"
	"example.com/workbook/testutil/suite"
)

// layout is the form of a line.
const layout = "15:04:05"

// zone is the time zone of all cases, where summer time begins at summer.
const zone = "America/New_York"

var summer = time.Date(2000, time.April, 2, 7, 0, 0, 0, time.UTC)

// inZone returns all cases, with the zone in the environment of each.
func inZone(groups ...[]suite.Case[Serve]) []suite.Case[Serve] {
	cases := slices.Concat(groups...)
	for i := range cases {
		cases[i].Env = []string{"TZ=" + zone}
	}
	return cases
}

// location returns the zone, which it loads by its name: the program under test may
// change time.Local. On a machine without time zones it returns UTC, as package time does.
var location = sync.OnceValue(func() *time.Location {
	if isolate.InProcess() { // in its environment, that is
		return time.Local
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
})

// local returns the time t in the zone.
func local(t time.Time) time.Time { return t.In(location()) }

// zoneKnown reports whether this machine knows the zone.
func zoneKnown() bool { return location() != time.UTC }
