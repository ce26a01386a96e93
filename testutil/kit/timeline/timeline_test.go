package timeline_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/timeline"
)

// seconds returns times from numbers of seconds.
func seconds(s ...float64) []time.Duration {
	var all []time.Duration
	for _, s := range s {
		all = append(all, time.Duration(s*float64(time.Second)))
	}
	return all
}

var (
	first  = timeline.Row{Name: "client 1", Lines: seconds(0, 1, 2, 3), Left: true, Leave: 3500 * time.Millisecond}
	second = timeline.Row{Name: "client 2", Arrive: time.Second, Lines: seconds(4, 5, 6), Left: true, Leave: 6500 * time.Millisecond}
)

func TestDraw(t *testing.T) {
	many := make([]timeline.Row, 100)
	for i := range many {
		many[i] = timeline.Row{Name: "c", Lines: seconds(float64(5 * i)), Left: true, Leave: time.Duration(5*i+4) * time.Second}
	}
	tests := []struct {
		name   string
		rows   []timeline.Row
		end    time.Duration
		glyphs timeline.Glyphs
		want   string
	}{
		{
			"draws_a_client_that_waits_for_another", []timeline.Row{first, second}, 7 * time.Second, timeline.Unicode, `
           0s   1s   2s   3s   4s   5s   6s   7s
client 1   ●────●────●────●─┤
client 2        ┊··············●────●────●─┤
`,
		},
		{
			"draws_in_ASCII", []timeline.Row{first, second}, 7 * time.Second, timeline.ASCII, `
           0s   1s   2s   3s   4s   5s   6s   7s
client 1   o----o----o----o-|
client 2        :..............o----o----o-|
`,
		},
		{
			"draws_a_client_that_is_never_served",
			[]timeline.Row{{Name: "client", Arrive: time.Second}}, 3 * time.Second, timeline.Unicode, `
         0s   1s   2s   3s
client        ┊··········
`,
		},
		{
			"draws_a_client_that_gives_up",
			[]timeline.Row{{Name: "client", Left: true, Leave: time.Second}}, 2 * time.Second, timeline.Unicode, `
         0s   1s   2s
client   ┊····┤
`,
		},
		{
			"draws_a_client_that_leaves_with_its_last_line",
			[]timeline.Row{{Name: "client", Lines: seconds(0, 1), Left: true, Leave: time.Second}}, time.Second, timeline.Unicode, `
         0s   1s
client   ●────●┤
`,
		},
		{
			"draws_a_client_that_stays",
			[]timeline.Row{{Name: "client", Lines: seconds(0, 1)}}, 2 * time.Second, timeline.Unicode, `
         0s   1s   2s
client   ●────●─────
`,
		},
		{
			"draws_nobody", nil, time.Second, timeline.Unicode, `
   0s   1s
`,
		},
		{
			"leaves_out_rows_of_many", many, 499 * time.Second, timeline.Unicode, `
    0s   60s  2m   3m   4m   5m   6m   7m   8m
c   ●┤
c   ●┤
c   ●┤
c   ┊●┤
⋮   95 more
c   ┊········································●┤
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := "\n" + timeline.Draw(tt.rows, tt.end, tt.glyphs)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Draw() mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDrawFitsIn80Columns(t *testing.T) {
	for end := time.Second; end < 100*24*time.Hour; end = end*3/2 + time.Millisecond {
		rows := []timeline.Row{{Name: "a name of fifte", Left: true, Lines: []time.Duration{end}, Leave: end}}
		picture := timeline.Draw(rows, end, timeline.Unicode)
		for line := range strings.SplitSeq(picture, "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("Draw of %v: a line has %d columns, want at most 80:\n%s", end, n, picture)
			}
		}
	}
}

func TestLocaleFollowsTheEnvironment(t *testing.T) {
	tests := []struct {
		all, ctype, lang string
		want             timeline.Glyphs
	}{
		{"", "", "en_US.UTF-8", timeline.Unicode},
		{"", "", "C.utf8", timeline.Unicode},
		{"", "", "C", timeline.ASCII},
		{"", "", "", timeline.ASCII},
		{"C", "", "en_US.UTF-8", timeline.ASCII},
		{"", "de_DE.UTF-8", "C", timeline.Unicode},
		{"", "de_DE.ISO-8859-1", "en_US.UTF-8", timeline.ASCII},
	}
	for _, tt := range tests {
		t.Setenv("LC_ALL", tt.all)
		t.Setenv("LC_CTYPE", tt.ctype)
		t.Setenv("LANG", tt.lang)
		if got := timeline.Locale(); got != tt.want {
			t.Errorf("LC_ALL=%q LC_CTYPE=%q LANG=%q: Locale() = %+v, want %+v", tt.all, tt.ctype, tt.lang, got, tt.want)
		}
	}
}
