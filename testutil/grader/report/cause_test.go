package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// A missing thing is reported once, with all points that it costs.
func TestCausesStandInTheOrderOfTheirPoints(t *testing.T) {
	became := func(name string, points int, v verdict.Verdict) suite.Record {
		return suite.Record{Test: "T", Name: name, Group: suite.Core, Points: points, Verdict: v}
	}
	wrong := func(about, cause string) verdict.Verdict {
		return verdict.Verdict{Kind: verdict.Wrong, Message: "it is wrong", About: about, Cause: cause}
	}
	second := func(r suite.Record) suite.Record { r.Test = "T2"; return r }
	const pwd = "PWD is not known"
	extra := became("sorts", 9, wrong("T/sorts", ""))
	extra.Group = suite.Extra
	p := Program{Name: "ftpd", Parts: []Part{
		{Cases: []suite.Record{
			became("greets_a_client", 2, wrong("T/greets_a_client", "")),
			became("quits", 2, verdict.Verdict{Kind: verdict.Passed}),
		}},
		{Cases: []suite.Record{
			second(became("tells", 1, wrong("T/tells", pwd))),
			became("goes", 3, verdict.Verdict{Kind: verdict.NotChecked, Cause: pwd}),
			became("races", 5, verdict.Verdict{Kind: verdict.NotChecked, Message: "no race detector"}),
		}},
		{Cases: []suite.Record{
			became("lists", 4, verdict.Verdict{Kind: verdict.NotRun, About: "T2"}),
			became("serves", 7, verdict.Verdict{Kind: verdict.NotRun, Message: "not asked for"}),
			extra,
		}},
	}}
	var got []string
	for _, c := range p.Causes() {
		got = append(got, c.String())
	}
	want := []string{"PWD is not known: 3 cases, 8 points", "greets a client: 1 case, 2 points"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Causes() mismatch (-want +got):\n%s", diff)
	}
}

// A data race may change what the other cases see.
func TestDataRaceIsNextWhateverElseFails(t *testing.T) {
	failed := func(name string, group suite.Group, points int, kind verdict.Kind) suite.Record {
		return suite.Record{Test: "T", Name: name, Group: group, Points: points, Verdict: verdict.Verdict{Kind: kind, About: "T/" + name}}
	}
	r := Report{Programs: []Program{{Name: "clock2", Parts: []Part{{Cases: []suite.Record{
		failed("writes", suite.Core, 4, verdict.Wrong),
		failed("has_no_data_race", suite.Robustness, 2, verdict.Race),
	}}}}}}
	f, ok := r.First()
	if !ok || f.Case.Name != "has_no_data_race" {
		t.Errorf("First() = %q, %t, want has_no_data_race", f.Case.Name, ok)
	}
	r.Programs[0].Parts[0].Cases[1].Verdict = verdict.Verdict{Kind: verdict.Passed}
	if f, ok := r.First(); !ok || f.Case.Name != "writes" {
		t.Errorf("without a data race, First() = %q, %t, want writes", f.Case.Name, ok)
	}
}
