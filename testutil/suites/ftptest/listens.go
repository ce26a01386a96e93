package ftptest

import "example.com/workbook/testutil/kit/program"

// contract returns how a program of any shape is started, for those who must change it or the
// way that it is started.
func contract() string {
	if !program.TakesFlags() {
		return "It is started by a command of its own, in the folder that it is to serve, which is HOME too.\n" +
			"Its arguments are to tell it to listen at {port}, on localhost, and to serve {root}"
	}
	return "It is started with -port 0 -root DIR, in the folder DIR, which is HOME too.\n" +
		"One with other arguments is graded by -command 'PROG -p {port} {root}'"
}
