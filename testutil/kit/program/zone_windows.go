package program

import (
	"os"
	"time"
)

// FollowTZ makes the local time follow TZ, as package time does on other systems. On Windows
// it reads the registry instead, and a right program would show the time of another zone than
// its case wants.
func FollowTZ() {
	zone, ok := os.LookupEnv("TZ")
	if !ok {
		return
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC // as elsewhere
	}
	setLocal(loc)
}
