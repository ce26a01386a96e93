package ftptest

import (
	"testing"
	"time"
)

// Clients read a date without a year as one of the last twelve months.
func TestDateOfAListing(t *testing.T) {
	now := time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)
	file := func(day, clock string) time.Time {
		t.Helper()
		at, err := time.Parse(time.DateOnly+" "+time.TimeOnly, day+" "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tt := range []struct {
		name, date string
		file       time.Time
		want       bool
	}{
		{"the_time_of_a_new_file", "Mar 14 14:59", file("2026-03-14", "14:59:30"), true},
		{"the_time_in_another_zone", "Mar 14 23:59", file("2026-03-14", "14:59:30"), true},
		{"the_time_in_a_zone_of_half_an_hour", "Mar 14 20:29", file("2026-03-14", "14:59:30"), true},
		{"the_time_of_last_year", "Dec 24 18:00", file("2025-12-24", "18:00:00"), true},
		{"the_year_of_an_old_file", "Jul 14 2019", file("2019-07-14", "12:00:00"), true},
		{"the_year_of_a_new_file", "Mar 14 2026", file("2026-03-14", "14:59:30"), true},
		{"the_day_in_another_zone", "Mar 15 2026", file("2026-03-14", "14:59:30"), true},
		{"a_leap_day", "Feb 29 2024", file("2024-02-29", "12:00:00"), true},

		{"the_time_of_an_old_file", "Jul 14 12:00", file("2019-07-14", "12:00:00"), false},
		{"another_minute", "Mar 14 14:58", file("2026-03-14", "14:59:30"), false},
		{"another_day", "Mar 12 14:59", file("2026-03-14", "14:59:30"), false},
		{"another_year", "Jul 14 2018", file("2019-07-14", "12:00:00"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readDate(tt.date, now)
			if err != nil {
				t.Fatal(err)
			}
			if same := sameTime(got, tt.file, tt.date); same != tt.want {
				t.Errorf("%q, read as %v, is the time of a file of %v: %v, want %v", tt.date, got, tt.file, same, tt.want)
			}
		})
	}
	for _, date := range []string{"2026-03-14 15:09", "14 Mar 15:09", "yesterday", ""} {
		if got, err := readDate(date, now); err == nil {
			t.Errorf("readDate(%q) = %v, want an error", date, got)
		}
	}
}
