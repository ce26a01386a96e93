package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseList(t *testing.T) {
	const text = `FuzzListen
ok  	example.com/workbook/solutions/ex8.1/clockwall	0.009s
?   	example.com/workbook/solutions/ex8.1/wall	[no test files]
ok  	example.com/workbook/solutions/ex8.2/ftp	0.011s [no tests to run]
FuzzPath
FuzzReadLine
ok  	example.com/workbook/solutions/ex8.2/ftpd	0.012s
`
	want := []test{
		{"FuzzListen", "example.com/workbook/solutions/ex8.1/clockwall"},
		{"FuzzPath", "example.com/workbook/solutions/ex8.2/ftpd"},
		{"FuzzReadLine", "example.com/workbook/solutions/ex8.2/ftpd"},
	}
	if diff := cmp.Diff(want, parseList(text), cmp.AllowUnexported(test{})); diff != "" {
		t.Errorf("parseList() mismatch (-want +got):\n%s", diff)
	}
}

// What the command finds are the fuzz tests that there are.
func TestFind(t *testing.T) {
	tests, err := find(t.Context(), []string{"example.com/workbook/testutil/screen"})
	want := []test{{"FuzzWrite", "example.com/workbook/testutil/screen"}}
	if diff := cmp.Diff(want, tests, cmp.AllowUnexported(test{})); diff != "" || err != nil {
		t.Errorf("find(testutil/screen): %v (-want +got):\n%s", err, diff)
	}
}
