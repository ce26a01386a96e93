package grade

import (
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/kit/verdict"
)

// charge has a case fail for the fault that it left to another case, if that has passed. Of several
// such cases only the first fails, and the others say so.
func charge(p *report.Program) {
	kinds := make(map[string]verdict.Kind)
	for _, part := range p.Parts {
		for _, c := range part.Cases {
			kinds[c.Test+"/"+c.Name] = c.Verdict.Kind
		}
	}
	first := make(map[string]string) // the case that fails, by the one that was to see the fault
	for _, part := range p.Parts {
		for i := range part.Cases {
			c := &part.Cases[i]
			left := c.Verdict.About
			if c.Verdict.Kind != verdict.Passed || left == "" || kinds[left] != verdict.Passed {
				continue
			}
			if first[left] != "" {
				c.Note = strings.Replace(c.Note, left, first[left], 1)
				continue
			}
			first[left] = c.Test + "/" + c.Name
			c.Verdict.Kind, c.Note = verdict.Wrong, ""
		}
	}
	for _, part := range p.Parts {
		for i := range part.Cases {
			if v := &part.Cases[i].Verdict; v.Kind == verdict.Passed {
				v.About, v.Message, v.Rule, v.Func = "", "", "", ""
			}
		}
	}
}
