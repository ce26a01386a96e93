package sandbox

import "os"

// Gaps returns what a confined program can do on this machine that no program can do in a
// whole sandbox. whole is whether it is run in [Namespaces].
func Gaps(whole bool) []string {
	version, _ := landlock() // 0 if there is none
	filters, root := Filters() == nil, os.Getuid() == 0
	var gaps []string
	for _, gap := range []struct {
		open bool
		text string
	}{
		{!whole, "reach the network and the ports of other programs"},
		{!whole && version == 0, "read files that all users can read"},
		{!whole && version == 0 && !root, "read and write the files of the user who grades"},
		{!filters, "connect to Unix sockets"},
		{!whole && version < scopes && !filters && !root, "send signals to other processes"},
	} {
		if gap.open {
			gaps = append(gaps, gap.text)
		}
	}
	return gaps
}
