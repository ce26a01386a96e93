package suite

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"example.com/workbook/testutil/kit/verdict"
)

// A Rule is what a program must do, and where to look if it does not.
type Rule struct {
	About string // the case whose rule it is, or a program and a kind: "TestClock/has_no_data_race", "clock2/crashed"
	Text  string // in one or two sentences
	Func  string // the function of the program to look at, "serve"
}

// Rules are those of failures that any case may notice, by kind. Such a failure breaks
// the rule of its kind, whatever the case was about.
type Rules map[verdict.Kind]Rule

// RuleOf returns the rule of the case of that name in a test, with the function of the
// program to look at. It panics if there is no such case.
func RuleOf[S any](test, name, function string, cases []Case[S]) Rule {
	for _, c := range cases {
		if c.Name == name {
			return Rule{About: test + "/" + name, Text: c.Explanation, Func: function}
		}
	}
	panic(fmt.Sprintf("suite.RuleOf: %s has no case %s", test, name))
}

// RulesOf returns the rules of the cases of a test.
func RulesOf[S any](test string, cases []Case[S]) []Rule {
	var all []Rule
	for _, c := range cases {
		all = append(all, Rule{About: test + "/" + c.Name, Text: c.Explanation, Func: c.Func})
	}
	return all
}

// General returns the rules that hold for each program, where Func is the function
// that serves one client or does the main work.
func General(program, function string) Rules {
	rule := func(kind verdict.Kind, text string) Rule {
		return Rule{About: program + "/" + strings.ReplaceAll(string(kind), " ", "_"), Text: text, Func: function}
	}
	return Rules{
		verdict.Crashed: rule(verdict.Crashed, "A panic in one goroutine ends the program, and with it the connections of all clients. "+
			"Check each value that may be nil, missing or too short before you use it."),
		verdict.Exited: rule(verdict.Exited, "os.Exit and log.Fatal end the program, and with it the connections of all clients. "+
			"Only main may call them; everything else returns its error, or logs it and continues."),
		verdict.Hung: rule(verdict.Hung, "A goroutine must not wait for something that never happens. Do not hold a lock while you sleep, read or write, and make channels, locks and WaitGroups in the function that uses them."),
		verdict.Busy: rule(verdict.Busy, "A loop that never blocks occupies a processor, which others need. "+
			"Make each round of the loop wait: in a Read, on a channel, or some milliseconds in time.Sleep."),
		verdict.Flooded: rule(verdict.Flooded, "A program that prints without end fills the disk. Look for a loop that logs the same error again and again."),
	}
}

// With returns rules with those of more added to them.
func (rules Rules) With(more Rules) Rules {
	all := maps.Clone(rules)
	maps.Copy(all, more)
	return all
}

// placeOf returns where the code of a case begins: "testutil/suites/clocktest/clocktest.go:310".
func placeOf(run any) string {
	f := runtime.FuncForPC(reflect.ValueOf(run).Pointer())
	if f == nil {
		return ""
	}
	file, line := f.FileLine(f.Entry())
	return inWorkbook(file, line)
}

// Here returns the place of a call, skip calls further out than that of Here:
// "testutil/suites/ftptest/login.go:12".
func Here(skip int) string {
	_, file, line, ok := runtime.Caller(skip + 1)
	if !ok {
		return ""
	}
	return inWorkbook(file, line)
}

func inWorkbook(file string, line int) string {
	if at := strings.LastIndex(file, "/testutil/"); at >= 0 {
		file = file[at+1:]
	}
	return file + ":" + strconv.Itoa(line)
}
