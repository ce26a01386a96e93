package grade

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/grader/report"
)

func TestOwnRows(t *testing.T) {
	const head = "package main\n\nfunc TestClock(t *testing.T) { suite.Test(t) }\n\n"
	table := func(rows string) string {
		return head + "func TestServe(t *testing.T) {\n\ttests := []struct {\n\t\tname string\n\t\tclocks []clock\n\t}{\n" + rows + "\t}\n}\n"
	}
	const given = "\t\t{\"serves_one\", []clock{{\"London\", 3}}},\n"
	stub := table(given)
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"of_the_stub", stub, nil},
		{"of_the_stub_with_a_comment", "// Mine.\n" + stub, nil},
		{"with_a_row", table(given + "\t\t{\"serves two\", []clock{{\"Paris\", 3}}},\n"), []string{"TestServe/serves_two"}},
		{"with_the_names_of_fields", table(given + "\t\t{name: \"serves_two\", clocks: nil},\n"), []string{"TestServe/serves_two"}},
		{"with_a_row_before", table("\t\t{`a/b`, nil},\n" + given), []string{"TestServe/a/b"}},
		{"with_a_row_that_was_changed", table("\t\t{\"serves_one\", nil},\n"), []string{"TestServe/serves_one"}},
		{"with_a_copy", table(given + "\t\t{\"serves_one\", nil},\n"), []string{"TestServe/serves_one#01"}},
		{"with_a_row_without_a_name", table("\t\t{\"\", nil},\n" + given), []string{"TestServe/#00"}},
		{"without_a_row", table(""), nil},
		{"with_a_test", stub + "\nfunc TestMine(t *testing.T) {}\n\nfunc Testing() {}\n", []string{"TestMine"}},
		{"with_a_table", stub + "\nfunc TestMine(t *testing.T) { _ = []struct{ name string }{{\"a\"}} }\n", []string{"TestMine"}},
		{"that_does_not_parse", "package main\n\nfunc {", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range ownRows([]byte(stub), []byte(tt.text)) {
				got = append(got, r.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ownRows mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

// A row that a student adds to a table is found if those of the stub are.
func TestRowsOfTheStubsAreFound(t *testing.T) {
	for _, e := range Exercises {
		for _, p := range e.Programs {
			tests, err := stubTests(&report.Program{Dir: e.Folder + "/" + p.Name})
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, text := range tests {
				for _, r := range rowsOf(text) {
					if r.name != "" {
						found++
					}
				}
			}
			if found < 2 {
				t.Errorf("in the tests of %s there are %d rows, want 2 or more, in a slice of structs without a name", p.Name, found)
			}
		}
	}
}
