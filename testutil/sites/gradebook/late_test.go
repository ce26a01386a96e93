package gradebook

import (
	"strings"
	"testing"
	"time"
)

func TestPenaltyDependsOnTheTime(t *testing.T) {
	const table = "after,keep\r\n2026-11-10 23:59,0%\r\n2026-11-03 23:59,90%\r\n\r\nlate,80 %\r\n"
	for name, text := range map[string]string{"commas": table, "a spreadsheet": "\ufeff" + strings.ReplaceAll(table, ",", ";")} {
		p, err := ParsePenalty([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, tt := range []struct {
			at   string
			late bool
			want float64
		}{
			{"2026-11-03 23:59:00", false, 1}, {"2026-11-03 23:59:01", false, 0.9}, {"2026-11-10 23:59:00", true, 0.9},
			{"2026-11-11 00:00:00", true, 0}, {"", true, 0.8}, {"", false, 1},
		} {
			var at time.Time
			if tt.at != "" {
				if at, err = timeOf(tt.at); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.Keep(at, tt.late); got != tt.want {
				t.Errorf("%s: Keep(%q, %t) is %v, want %v", name, tt.at, tt.late, got, tt.want)
			}
		}
	}
}

func TestNothingIsLostWithoutATable(t *testing.T) {
	at := time.Date(2026, time.November, 3, 23, 59, 0, 0, time.UTC)
	for _, late := range []bool{false, true} {
		for _, handedIn := range []time.Time{{}, at} {
			if got := (Penalty{}).Keep(handedIn, late); got != 1 {
				t.Errorf("Keep(%v, %t) is %v, want 1", handedIn, late, got)
			}
		}
	}
}

func TestBadPenaltyIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "the file is empty",
		"until,keep\n":                "want a table with the columns after and keep",
		"after,keep\nnoon,5%":         `row 2: "noon": want a time such as 2026-11-03 23:59`,
		"after,keep\nlate,90":         `row 2: "90": want a percentage`,
		"after,keep\nlate,101%":       `row 2: "101%": want a percentage`,
		"after,keep\n03/11/2026,5%\n": `row 2: "03/11/2026": want a time`,
	} {
		if _, err := ParsePenalty([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParsePenalty(%q): %v, want an error with %q", text, err, want)
		}
	}
}

func TestWeights(t *testing.T) {
	points := Points{Core: 20, CoreOf: 50, Robustness: 10, RobustnessOf: 40, Extra: 3}
	for text, want := range map[string][2]float64{
		"core=1,robustness=1":            {30, 90},
		"core=2, robustness=0.5,extra=1": {48, 120},
		"core=0,extra=1":                 {3, 0},
		"core=1,sturdy=1":                {30, 90}, // the older name of robustness
	} {
		w, err := ParseWeights(text)
		if err != nil {
			t.Fatal(err)
		}
		if earned, of := w.Of(points); [2]float64{earned, of} != want {
			t.Errorf("%s: %v of %v points, want %v", text, earned, of, want)
		}
	}
	for text, want := range map[string]string{
		"": `"": want a group and its weight`, "core": `"core": want a group`, "core=-1": `"core=-1"`, "core=NaN": `"core=NaN"`,
		"core=1,core=2": "core is there twice", "sturdy=1,robustness=1": "robustness is there twice", "bonus=1": `there is no group "bonus"`,
	} {
		if _, err := ParseWeights(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseWeights(%q): %v, want an error with %q", text, err, want)
		}
	}
}
