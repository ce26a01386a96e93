package grade

import (
	"slices"

	"example.com/workbook/testutil/suites/clocktest"
	"example.com/workbook/testutil/suites/ftptest"
	"example.com/workbook/testutil/suites/suite"
	"example.com/workbook/testutil/suites/walltest"
)

// An Exercise is some programs to write.
type Exercise struct {
	Name     string // "ex8.1"
	Folder   string // "exercises/ex8.1"
	Title    string // "clock2 with a port, and clockwall"
	Programs []Program
}

// A Program is one of an exercise. It stands in the folder of its name in that of
// the exercise.
type Program struct {
	Name  string // "clock2"
	Kind  string // what else can be graded in its place, "clock"
	Parts []Part
}

// A Part is what one test of a program grades.
type Part struct {
	Test  string // the name of the test in the program's folder, "TestClock"
	Title string // "a clock for many clients"
	Func  string // where to begin, "serve"

	// Suite returns the cases of that test. They call nothing of the program itself,
	// but in another process.
	Suite func() suite.Suite

	// Outside is whether they start the program with its flags, and want no more
	// of it. They can then grade a program of any shape.
	Outside bool

	// Beside is whether it runs at the same time as the other parts: it starts the
	// program, and waits for it most of the time.
	Beside bool
}

// Cases returns the record of each case, before any has run.
func (part Part) Cases() []suite.Record { return part.Suite().Records(part.Test) }

// Exercises are those of the workbook, in the order in which one does them. To add
// one, see README.md in the folder testutil.
var Exercises = []Exercise{
	{
		Name: "ex8.1", Folder: "exercises/ex8.1", Title: "clock2 with a port, and clockwall",
		Programs: []Program{
			{Name: "clock2", Kind: "clock", Parts: []Part{
				{Test: "TestClock", Title: "a clock for many clients", Func: "serve",
					Suite: func() suite.Suite { return clocktest.Concurrent(nil) }, Outside: true},
				{Test: "TestPort", Title: "the flag -port, and the zone", Func: "main",
					Suite: clocktest.Port, Outside: true, Beside: true},
			}},
			{Name: "clockwall", Kind: "clockwall", Parts: []Part{
				{Test: "TestWall", Title: "a wall of clocks", Func: "run",
					Suite: func() suite.Suite { return walltest.Clockwall(nil) }, Outside: true},
				{Test: "TestProgram", Title: "the program", Func: "main",
					Suite: walltest.Program, Outside: true, Beside: true},
			}},
		},
	},
	{
		Name: "ex8.2", Folder: "exercises/ex8.2", Title: "a concurrent FTP server",
		Programs: []Program{
			{Name: "ftpd", Kind: "ftpd", Parts: []Part{
				{Test: "TestLogin", Title: "part 1: a greeting, a login, and a goodbye", Func: "handleConn",
					Suite: func() suite.Suite { return ftptest.Login(nil) }, Outside: true},
				{Test: "TestDirectories", Title: "part 2: the working directory", Func: "cwd",
					Suite: func() suite.Suite { return ftptest.Directories(nil) }, Outside: true},
				{Test: "TestListings", Title: "part 3: data connections and listings", Func: "list",
					Suite: func() suite.Suite { return ftptest.Listings(nil) }, Outside: true},
				{Test: "TestFiles", Title: "part 4: files", Func: "retr",
					Suite: func() suite.Suite { return ftptest.Files(nil) }, Outside: true},
				{Test: "TestSessions", Title: "part 5: many clients at the same time", Func: "serve",
					Suite: func() suite.Suite { return ftptest.Sessions(nil) }, Outside: true},
				{Test: "TestTransfers", Title: "part 5: many transfers at the same time", Func: "retr",
					Suite: func() suite.Suite { return ftptest.Transfers(nil) }, Outside: true},
				{Test: "TestJail", Title: "part 6: no client leaves the root", Func: "path",
					Suite: func() suite.Suite { return ftptest.Jail(nil) }, Outside: true},
				{Test: "TestRobust", Title: "part 6: no client brings the server down", Func: "handleConn",
					Suite: func() suite.Suite { return ftptest.Robust(nil) }, Outside: true},
				{Test: "TestProgram", Title: "part 7: the program", Func: "main",
					Suite: ftptest.Program, Outside: true, Beside: true},
				{Test: "TestClients", Title: "part 7: the clients that people use", Func: "main",
					Suite: ftptest.Clients, Outside: true, Beside: true},
				{Test: "TestExtras", Title: "beyond the exercise", Func: "do",
					Suite: func() suite.Suite { return ftptest.Extras(nil) }, Outside: true},
			}},
		},
	},
}

// Chapter holds what can be graded in place of the programs of the chapter, and is
// no exercise.
var Chapter = Exercise{
	Name: "chapter60", Folder: "chapter60", Title: "the clock servers of the chapter",
	Programs: []Program{
		{Name: "clock1", Parts: []Part{
			{Test: "TestClock", Title: "a clock for one client at a time", Func: "serve",
				Suite: func() suite.Suite { return clocktest.Sequential(nil) }},
		}},
	},
}

// find returns the program in a folder, "exercises/ex8.1/clock2".
func find(dir string) (p Program, ok bool) {
	for _, e := range append(slices.Clip(Exercises), Chapter) {
		for _, p := range e.Programs {
			if e.Folder+"/"+p.Name == dir {
				return p, true
			}
		}
	}
	return Program{}, false
}
