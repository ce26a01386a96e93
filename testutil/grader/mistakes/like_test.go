package mistakes_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/workbook/testutil/grader/mistakes"
	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
)

// failing returns what grading says of a program like that of m in which these cases fail,
// and all others pass.
func failing(t *testing.T, m mistakes.Mistake, fails []mistakes.Failure) report.Program {
	t.Helper()
	exercise := program(t, m)
	p := report.Program{Exercise: exercise.Name, Name: exercise.Programs[0].Name}
	found := 0
	for _, part := range exercise.Programs[0].Parts {
		cases := part.Cases()
		for i, c := range cases {
			cases[i].Verdict = verdict.Verdict{Kind: verdict.Passed}
			if j := slices.Index(names(fails), c.Test+"/"+c.Name); j >= 0 {
				cases[i].Verdict = fails[j].Verdict()
				found++
			}
		}
		p.Parts = append(p.Parts, report.Part{Test: part.Test, Cases: cases})
	}
	if found != len(fails) {
		t.Errorf("%s: only %d of its %d cases are cases of %s/%s", m.Name, found, len(fails), p.Exercise, p.Name)
	}
	return p
}

// A tally counts guesses.
type tally struct{ right, wrong, silent int }

// add counts a guess at the known mistake of a name, and logs who got it if it is not right.
func (c *tally) add(t *testing.T, who, name string, guess mistakes.Mistake, ok bool) {
	t.Helper()
	switch {
	case !ok:
		c.silent++
		t.Logf("%s: silent", who)
	case guess.Name == name:
		c.right++
	default:
		c.wrong++
		t.Logf("%s: wrong: %s", who, guess.Name)
	}
}

func (c tally) String() string {
	return fmt.Sprintf("%5d %5d %6d", c.right, c.wrong, c.silent)
}

// rare reports whether at most one guess in 20 is wrong.
func (c tally) rare() bool { return 20*c.wrong <= c.right+c.wrong+c.silent }

// Programs of other shape measure how often a guess is right. Any guess is wrong if the
// mistake that was made is not in the list: each is left out in turn.
func TestLikeIsRarelyWrong(t *testing.T) {
	all := read(t)
	var programs, programsLeftOut, knownLeftOut tally
	for _, a := range readAlikes(t) {
		m := known(t, all, a.Mistake)
		p := failing(t, m, a.Fails)
		guess, ok := mistakes.Like(all, p)
		programs.add(t, a.Name, m.Name, guess, ok)
		if guess, ok = mistakes.Like(without(all, m), p); ok {
			t.Logf("%s, left out: wrong: %s", a.Name, guess.Name)
			programsLeftOut.wrong++
		} else {
			programsLeftOut.silent++
		}
	}
	for _, m := range all {
		if guess, ok := mistakes.Like(without(all, m), failing(t, m, m.Fails)); ok {
			t.Logf("%s, left out: wrong: %s", m.Name, guess.Name)
			knownLeftOut.wrong++
		} else {
			knownLeftOut.silent++
		}
	}
	t.Logf("%s", "guesses                             right wrong silent")
	for _, row := range []struct {
		name string
		tally
	}{
		{"programs of other shape", programs},
		{"the same, their mistake left out", programsLeftOut},
		{"known mistakes, each left out", knownLeftOut},
	} {
		t.Logf("%-35s %v", row.name, row.tally)
	}
	for what, c := range map[string]tally{"programs of other shape": programs, "programs of other shape, left out,": programsLeftOut, "known mistakes left out": knownLeftOut} {
		if !c.rare() {
			t.Errorf("%d guesses at %s are wrong, want at most 1 in 20", c.wrong, what)
		}
	}
	if programs.right < programs.wrong+programs.silent {
		t.Errorf("%d guesses at programs of other shape are right, want more than half", programs.right)
	}
}

// A guess names a known mistake, or none where others fail in the same way.
func TestKnownMistakeIsLikeNoOther(t *testing.T) {
	all := read(t)
	told := 0
	for _, m := range all {
		guess, ok := mistakes.Like(all, failing(t, m, m.Fails))
		switch {
		case !ok:
			t.Logf("no guess names %s", m.Name)
		case guess.Name != m.Name:
			t.Errorf("%s is like %s, want itself", m.Name, guess.Name)
		default:
			told++
		}
	}
	if told < len(all)*2/3 {
		t.Errorf("guesses name %d of %d known mistakes, want at least two thirds", told, len(all))
	}
}

func without(all []mistakes.Mistake, m mistakes.Mistake) []mistakes.Mistake {
	return slices.DeleteFunc(slices.Clone(all), func(other mistakes.Mistake) bool { return other.Name == m.Name })
}

// closes and locks are two mistakes of clock2, and racy one that only the race detector sees.
var (
	closes = mistakes.Mistake{Name: "closes", Program: "solutions/ex8.1/clock2", Fails: []mistakes.Failure{
		{Case: "TestClock/closes_the_connection_of_a_client_that_has_left", Says: `3 clients came and left, and the server has not closed "*" (server.go:*)`},
	}}
	locks = mistakes.Mistake{Name: "locks", Program: "solutions/ex8.1/clock2", Fails: []mistakes.Failure{
		{Case: "TestClock/leaks_no_goroutine", Says: "goroutine leak: server.go:* still sleeps (in writes_the_time_at_once)"},
		{Case: "TestClock/writes_the_time_at_once", Says: "hung: server.go:* waits for a lock"},
		{Case: "TestClients/serves_nc", Says: "nc got nothing"},
	}}
	racy = mistakes.Mistake{Name: "races", Program: "solutions/ex8.1/clock2", Race: true, Fails: []mistakes.Failure{
		{Case: "TestClock/has_no_data_race", Says: "data race: server.go:* reads a variable while server.go:* writes it"},
	}}
)

func TestLike(t *testing.T) {
	closing := mistakes.Failure{Case: "TestClock/closes_the_connection_of_a_client_that_has_left",
		Says: `5 clients came and left, and the server has not closed "their connections" (main.go:31)`}
	leak := mistakes.Failure{Case: "TestClock/leaks_no_goroutine", Says: "goroutine leak: clock.go:7 still sleeps (in writes_a_line_every_second)"}
	lock := mistakes.Failure{Case: "TestClock/writes_the_time_at_once", Says: "hung: clock.go:9 waits for a lock"}
	race := mistakes.Failure{Case: "TestClock/has_no_data_race", Says: "data race: a.go:1 reads a variable while b.go:2 writes it"}
	says := func(f mistakes.Failure, text string) mistakes.Failure { f.Says = text; return f }
	renamed := func(name string, m mistakes.Mistake) mistakes.Mistake { m.Name = name; return m }
	list := []mistakes.Mistake{closes, locks, racy}
	tests := []struct {
		name  string
		all   []mistakes.Mistake
		fails []mistakes.Failure
		want  string // the name of the mistake; "" if it is like none
	}{
		{"numbers_quotes_and_files_do_not_count", list, []mistakes.Failure{closing}, "closes"},
		{"the_clients_of_the_machine_do_not_count", list, []mistakes.Failure{lock, leak}, "locks"},
		{"one_more_case_has_failed", list, []mistakes.Failure{closing, leak}, ""},
		{"another_message", list, []mistakes.Failure{says(closing, "no reply to a new connection in 1m0s")}, ""},
		{"another_kind", list, []mistakes.Failure{says(closing, "hung: "+closing.Says)}, ""},
		{"another_program", []mistakes.Mistake{{Name: "wall", Program: "solutions/ex8.1/clockwall", Fails: closes.Fails}}, []mistakes.Failure{closing}, ""},
		{"a_race_beside_another_mistake", list, []mistakes.Failure{race, lock, leak}, "locks"},
		{"a_race_alone", list, []mistakes.Failure{race}, ""},
		{"a_leak_alone", []mistakes.Mistake{{Name: "leaks", Program: closes.Program, Fails: locks.Fails[:1]}}, []mistakes.Failure{leak}, ""},
		{"two_match_equally", []mistakes.Mistake{closes, renamed("too", closes)}, []mistakes.Failure{closing}, ""},
		{"two_match_equally_and_one_less", []mistakes.Mistake{
			{Name: "less", Program: closes.Program, Fails: []mistakes.Failure{says(closing, "3 clients came and left, and it is a pity")}}, closes, renamed("too", closes),
		}, []mistakes.Failure{closing}, ""},
		{"full_marks", list, nil, ""},
		{"no_known_mistakes", nil, []mistakes.Failure{closing}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := mistakes.Like(tt.all, failing(t, closes, tt.fails))
			if got := m.Name; got != tt.want || ok != (tt.want != "") {
				t.Errorf("Like() of a program that fails %v is %q, %v, want %q", tt.fails, got, ok, tt.want)
			}
		})
	}
}

// A program that could not be graded is like none.
func TestLikeOfAProgramThatDoesNotCompile(t *testing.T) {
	p := failing(t, closes, closes.Fails)
	p.Verdict = verdict.Verdict{Kind: verdict.DoesNotCompile}
	if m, ok := mistakes.Like([]mistakes.Mistake{closes}, p); ok {
		t.Errorf("Like() of a program that does not compile is %q, want none", m.Name)
	}
}

// Extra cases cost no points, so they do not count.
func TestLikeIgnoresExtraCases(t *testing.T) {
	m := mistakes.Mistake{Name: "a", Program: "solutions/ex8.2/ftpd", Fails: []mistakes.Failure{
		{Case: "TestRobust/requires_a_login", Says: "The reply to LIST is 226"},
		{Case: "TestExtras/receives_a_file", Says: "extra: STOR stored half"},
	}}
	for _, tt := range []struct {
		fails []mistakes.Failure
		want  bool
	}{
		{m.Fails[:1], true},
		{m.Fails, true},
		{append([]mistakes.Failure{{Case: "TestExtras/reports_the_size_of_a_file", Says: "extra: no reply"}}, m.Fails...), true},
		{m.Fails[1:], false}, // full marks
	} {
		if _, ok := mistakes.Like([]mistakes.Mistake{m}, failing(t, m, tt.fails)); ok != tt.want {
			t.Errorf("Like() of a program that fails %v is ok: %v, want %v", tt.fails, ok, tt.want)
		}
	}
}
