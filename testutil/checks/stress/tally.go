package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// A tally holds the outcomes of all runs. The zero value is ready to use.
type tally struct {
	mu   sync.Mutex // guards runs
	runs []run
}

// A run is one of a program, with what became of its tests, by their names.
type run struct {
	subject   subject
	condition condition
	outcomes  map[string]outcome
}

func (t *tally) add(r run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.runs = append(t.runs, r)
}

// missing is the verdict on a test that other runs of the same build have.
const missing = "did not run"

// A difference is a test with several verdicts in the runs of one build of a program.
type difference struct {
	name, test string
	mistake    bool
	verdicts   []seen // the most frequent first
}

// A seen verdict is one with the conditions in which it came about.
type seen struct {
	verdict string
	in      []condition
}

// differences returns all, in the order of programs and tests.
func (t *tally) differences() (all []difference) {
	builds := make(map[string][]run)
	for _, r := range t.runs {
		name := fmt.Sprint(r.subject.name, r.condition.race)
		builds[name] = append(builds[name], r)
	}
	for _, name := range slices.Sorted(maps.Keys(builds)) {
		runs := builds[name]
		tests := make(map[string]bool)
		for _, r := range runs {
			for test := range r.outcomes {
				tests[test] = true
			}
		}
		for _, test := range slices.Sorted(maps.Keys(tests)) {
			if verdicts := verdictsOn(test, runs); len(verdicts) > 1 {
				s := runs[0].subject
				all = append(all, difference{s.name, test, s.mistake, verdicts})
			}
		}
	}
	return all
}

// verdictsOn returns the verdicts on a test in runs.
func verdictsOn(test string, runs []run) (all []seen) {
	in := make(map[string][]condition)
	for _, r := range runs {
		verdict := missing
		if o, ok := r.outcomes[test]; ok {
			verdict = o.verdict
		}
		in[verdict] = append(in[verdict], r.condition)
	}
	for _, verdict := range slices.Sorted(maps.Keys(in)) {
		all = append(all, seen{verdict, in[verdict]})
	}
	slices.SortStableFunc(all, func(a, b seen) int { return cmp.Compare(len(b.in), len(a.in)) })
	return all
}

// write writes a table of the verdicts that differed, and one of what has run. It reports
// whether there were any.
func (t *tally) write(w io.Writer) (differ bool, err error) {
	differences := t.differences()
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(differences) == 0 {
		fmt.Fprintln(table, "all verdicts were the same")
	} else {
		fmt.Fprintln(table, "program\ttest\tverdict\truns\tin")
	}
	for _, d := range differences {
		for i, v := range d.verdicts {
			in := ""
			if i > 0 {
				in = strings.Join(distinct(v.in), "; ")
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", d.name, d.test, v.verdict, len(v.in), in)
		}
	}
	fmt.Fprintln(table)
	fmt.Fprintln(table, "kind\tprograms\truns\tcase runs\tthat differ")
	for _, mistake := range []bool{false, true} {
		fmt.Fprintln(table, t.total(mistake, differences))
	}
	return len(differences) > 0, table.Flush()
}

// distinct returns all conditions, each once.
func distinct(all []condition) (names []string) {
	for _, c := range all {
		if name := c.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// total returns the row about all programs of a kind.
func (t *tally) total(mistake bool, differences []difference) string {
	name := map[bool]string{false: "right programs", true: "known mistakes"}[mistake]
	programs := make(map[string]bool)
	runs, cases, differ := 0, 0, 0
	for _, r := range t.runs {
		if r.subject.mistake != mistake {
			continue
		}
		programs[r.subject.name] = true
		runs++
		for _, o := range r.outcomes {
			if o.isCase {
				cases++
			}
		}
	}
	for _, d := range differences {
		if d.mistake == mistake {
			for _, v := range d.verdicts[1:] {
				differ += len(v.in)
			}
		}
	}
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d", name, len(programs), runs, cases, differ)
}
