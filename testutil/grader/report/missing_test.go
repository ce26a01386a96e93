package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMissing(t *testing.T) {
	r := sample()
	r.Programs = r.Programs[:1] // clock2, whose second case fails
	var b strings.Builder
	if err := Missing(&b, r, Style{}); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
3 of 5 core points are missing before you see the solution. Read it when your
program works.

Core 2 of 5, robustness 1 of 1, extra 1 of 2 points
Note:  without the race detector
Next:  clock2: serves a second client
       exercises/ex8.1/clock2/clock2.go:26, func serve
More:  go tool workbook grade -v -run TestClock/serves_a_second_client ex8.1
Hint:  make hint-8.1
Spoil: make compare-8.1 SPOIL=1, or go tool workbook compare -spoil ex8.1
       shows the solution now
`, "\n")
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}
