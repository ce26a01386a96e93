package walltest

import (
	"slices"
	"testing"

	"example.com/workbook/testutil/suites/suite"
)

// Each case is asked from outside, or it is said why it cannot be.
func TestCaseIsAskedFromOutsideOrSaysWhyNot(t *testing.T) {
	for _, c := range cases {
		if asked, why := outside[c.Name] != nil, hidden[c.Name]; asked == (why != "") {
			t.Errorf("%s is asked from outside: %v, and why not: %q, want one of them", c.Name, asked, why)
		}
	}
	known := func(name string) bool {
		return slices.ContainsFunc(cases, func(c suite.Case[Run]) bool { return c.Name == name })
	}
	for name := range outside {
		if !known(name) {
			t.Errorf("outside[%q] is not a case", name)
		}
	}
	for name := range hidden {
		if !known(name) {
			t.Errorf("hidden[%q] is not a case", name)
		}
	}
}
