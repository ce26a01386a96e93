package program

import (
	"fmt"
	"strconv"
	"time"
)

// The program of [Main] runs on a machine that is unlike this one if these variables are
// in its environment.
const (
	LocalZone = "WORKBOOK_LOCAL_ZONE" // the zone of the local time, where TZ is not set
	MaxFiles  = "WORKBOOK_MAX_FILES"  // how many files a process may have open, on Unix
)

// changeMachine does what orders, variables of the environment by their names, ask.
func changeMachine(orders map[string]string) error {
	zone, max := orders[LocalZone], orders[MaxFiles]
	if zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			return fmt.Errorf("%s=%s: %w", LocalZone, zone, err)
		}
		setLocal(loc)
	}
	if max != "" {
		n, err := strconv.ParseUint(max, 10, 64)
		if err != nil {
			return fmt.Errorf("%s=%s: %w", MaxFiles, max, err)
		}
		return limitFiles(n)
	}
	return nil
}

// local is where package time keeps the local time.
var local = time.Local

// setLocal makes loc the local time, also for a program that has kept [time.Local] in a
// variable before main runs.
func setLocal(loc *time.Location) {
	_ = local.String() // package time reads the zone of the machine now, if it has not yet
	*local = *loc
	time.Local = local
}
