package walltest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadFindsTheTimeOfEachName(t *testing.T) {
	right := map[string]string{"NewYork": "08:00:03", "London": "13:00:03", "Tokyo": "22:00:03"}
	tests := []struct {
		name, screen string
		want         map[string]string
	}{
		{"in_rows", `
NewYork   08:00:03
London    13:00:03
Tokyo     22:00:03`, right},
		{"in_columns", `
NewYork   London    Tokyo
08:00:03  13:00:03  22:00:03`, right},
		{"in_columns_that_are_added_to", `
NewYork   London    Tokyo
08:00:02  13:00:02  22:00:02
08:00:03  13:00:03  22:00:03`, right},
		{"in_columns_with_the_newest_row_first", `
NewYork   London    Tokyo
08:00:03  13:00:03  22:00:03
08:00:02  13:00:02  22:00:02
08:00:01  13:00:01  22:00:01`, right},
		{"in_columns_with_the_newest_row_first_and_a_clock_that_has_stopped", `
NewYork   London    Tokyo
08:00:03  13:00:03  22:00:03
08:00:02  13:00:03  22:00:02
08:00:01  --:--:--  22:00:01`, right},
		{"in_a_box", `
┌─────────┬──────────┬──────────┐
│ NewYork │  London  │  Tokyo   │
├─────────┼──────────┼──────────┤
│ 08:00:03│ 13:00:03 │ 22:00:03 │
└─────────┴──────────┴──────────┘`, right},
		{"in_rows_with_borders", `
+---------+----------+
| NewYork | 08:00:03 |
+---------+----------+
| London  | 13:00:03 |
| Tokyo   | 22:00:03 |
+---------+----------+`, right},
		{"on_one_line", `NewYork: 08:00:03 | London: 13:00:03 | Tokyo: 22:00:03`, right},
		{"on_one_line_without_blanks", `NewYork=08:00:03,London=13:00:03,Tokyo=22:00:03`, right},
		{"before_the_name", `08:00:03 NewYork   13:00:03 London   22:00:03 Tokyo`, right},
		{"before_the_name_in_rows", `
08:00:03 NewYork
13:00:03 London
22:00:03 Tokyo`, right},
		{"behind_the_time_of_a_log", `
2000/01/01 00:00:03 NewYork 08:00:03
2000/01/01 00:00:03 London 13:00:03
2000/01/01 00:00:03 Tokyo 22:00:03`, right},
		{"one_above_the_other", `
NewYork
08:00:03
London
13:00:03
Tokyo
22:00:03`, right},
		{"in_capitals", `
NEWYORK  LONDON   TOKYO
08:00:03 13:00:03 22:00:03`, right},
		{"in_narrow_columns", `
NewYork London Tokyo
08:00:03 13:00:03 22:00:03`, right},
		{"in_frames_that_are_added", `
NewYork 08:00:02
London 13:00:02
Tokyo 22:00:02

NewYork 08:00:03
London 13:00:03
Tokyo 22:00:03`, right},
		{"above_the_names", `
08:00:03  13:00:03  22:00:03
NewYork   London    Tokyo`, right},
		{"above_the_names_in_cards", `
08:00:03
NewYork
13:00:03
London
22:00:03
Tokyo`, right},
		{"above_the_names_in_cards_of_which_one_has_none", `
--:--:--
NewYork
13:00:03
London
22:00:03
Tokyo`, map[string]string{"NewYork": "", "London": "13:00:03", "Tokyo": "22:00:03"}},
		{"above_the_names_in_frames", `
08:00:02  13:00:02  22:00:02
NewYork   London    Tokyo
08:00:03  13:00:03  22:00:03
NewYork   London    Tokyo`, right},
		{"in_a_grid", `
NewYork   London
08:00:03  13:00:03

Tokyo
22:00:03`, right},
		{"in_a_grid_that_is_drawn_again", `
NewYork   London
08:00:02  13:00:02
Tokyo
22:00:02
NewYork   London
08:00:03  13:00:03
Tokyo
22:00:03`, right},
		{"in_a_grid_of_boxes", `
╔══════════╗ ╔══════════╗
║ NewYork  ║ ║ London   ║
║ 08:00:03 ║ ║ 13:00:03 ║
╚══════════╝ ╚══════════╝
╔══════════╗
║ Tokyo    ║
║ 22:00:03 ║
╚══════════╝`, right},
		{"in_a_grid_and_that_one_has_none", `
NewYork   London
08:00:03  --:--:--
Tokyo
22:00:03`, map[string]string{"NewYork": "08:00:03", "London": "", "Tokyo": "22:00:03"}},
		{"in_a_grid_and_that_the_last_has_none", `
NewYork   London
08:00:03  13:00:03
Tokyo
--:--:--`, map[string]string{"NewYork": "08:00:03", "London": "13:00:03", "Tokyo": ""}},
		{"between_commas", `
NewYork,London,Tokyo
08:00:02,13:00:02,22:00:02
08:00:03,13:00:03,22:00:03`, right},
		{"between_remarks", `
NewYork   London    Tokyo
connected to London
08:00:03  13:00:03  22:00:03
Tokyo is slow today`, right},
		{"in_columns_a_time_on_a_line_of_its_own", `
NewYork   London    Tokyo
08:00:02
          13:00:02
                    22:00:02
08:00:03
          13:00:03
                    22:00:03`, right},
		{"in_columns_a_time_on_a_line_of_its_own_between_tabs", `
NewYork London  Tokyo
                22:00:03
08:00:03
        13:00:03`, right},
		{"in_columns_that_are_filled_in_part", `
NewYork   London    Tokyo
08:00:02  13:00:03  22:00:03
08:00:03`, right},
		{"in_columns_with_a_header_again_over_a_row_in_part", `
NewYork   London    Tokyo
08:00:02  13:00:03  22:00:03
NewYork   London    Tokyo
08:00:03`, right},
		{"and_that_one_has_none_between_commas", `
NewYork,London,Tokyo
08:00:03,,22:00:03`, map[string]string{"NewYork": "08:00:03", "London": "", "Tokyo": "22:00:03"}},
		{"and_that_one_has_none_in_rows", `
NewYork   08:00:03
London    --:--:--
Tokyo     22:00:03`, map[string]string{"NewYork": "08:00:03", "London": "", "Tokyo": "22:00:03"}},
		{"and_that_one_has_none_in_columns", `
NewYork   London    Tokyo
08:00:03            22:00:03`, map[string]string{"NewYork": "08:00:03", "London": "", "Tokyo": "22:00:03"}},
		{"and_that_one_has_none_on_a_line", `NewYork: 08:00:03 | London: lost | Tokyo: 22:00:03`,
			map[string]string{"NewYork": "08:00:03", "London": "", "Tokyo": "22:00:03"}},
		{"and_that_one_is_wrong_in_columns", `
NewYork   London    Tokyo
13:00:03  08:00:03  22:00:03`, map[string]string{"NewYork": "13:00:03", "London": "08:00:03", "Tokyo": "22:00:03"}},
		{"and_that_there_are_no_names", `
08:00:03  13:00:03  22:00:03`, map[string]string{}},
		{"and_that_there_is_nothing", ``, map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(strings.Split(strings.TrimPrefix(tt.screen, "\n"), "\n"), three())
			if diff := cmp.Diff(tt.want, got.shown); diff != "" {
				t.Errorf("read(%s) mismatch (-want +got):\n%s", tt.screen, diff)
			}
			if got.mixed != nil {
				t.Errorf("read(%s) finds %q mixed, want nothing", tt.screen, got.mixed)
			}
		})
	}
}

func TestReadFindsTwoReadingsOnARow(t *testing.T) {
	tests := []struct {
		screen string
		want   []string
	}{
		{"NewYork London Tokyo\n08:00:03 08:00:04 22:00:03", []string{"08:00:03", "08:00:04"}},
		{"NewYork 08:00:03 London 08:00:04", []string{"08:00:03", "08:00:04"}},
		{"NewYork 08:00:03 London 13:00:04", nil},
	}
	for _, tt := range tests {
		got := read(strings.Split(tt.screen, "\n"), three())
		if diff := cmp.Diff(tt.want, got.mixed); diff != "" {
			t.Errorf("read(%q) mismatch (-want +got):\n%s", tt.screen, diff)
		}
	}
}

func TestTableIsShuffled(t *testing.T) {
	tests := []struct {
		name, screen string
		want         bool
	}{
		{"frames_in_order", "NewYork 1\nLondon 1\nTokyo 1\nNewYork 2\nLondon 2\nTokyo 2", false},
		{"frames_in_any_order", "NewYork 1\nLondon 1\nTokyo 1\nTokyo 2\nLondon 2\nNewYork 2", true},
		{"frames_in_any_order_of_which_the_first_is_in_part", "Tokyo 1\nNewYork 1\nLondon 1\nTokyo 1\nTokyo 2\nLondon 2\nNewYork 2\nLondon 3\nNewYork 3\nTokyo 3", true},
		{"a_log", "NewYork 1\nTokyo 1\nLondon 1\nTokyo 2\nTokyo 3\nTokyo 4\nNewYork 2\nTokyo 5\nTokyo 6", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(strings.Split(tt.screen, "\n"), three())
			if got.shuffles(3) != tt.want {
				t.Errorf("read(%q).shuffles(3) = %v, want %v", tt.screen, !tt.want, tt.want)
			}
		})
	}
}

func TestIsTable(t *testing.T) {
	tests := []struct {
		name, screen string
		want         bool
	}{
		{"a_table_drawn_in_place", "NewYork 08:00:03\nLondon 13:00:03\nTokyo 22:00:03", true},
		{"frames", "NewYork 1\nLondon 1\nTokyo 1\n\nNewYork 2\nLondon 2\nTokyo 2\n", true},
		{"rows_of_all", "NewYork 1 London 1 Tokyo 1\nNewYork 2 London 2 Tokyo 2", true},
		{"columns", "NewYork London Tokyo\n08:00:03 13:00:03 22:00:03\n08:00:04 13:00:04 22:00:04", true},
		{"columns_with_a_header_now_and_then", "NewYork London Tokyo\n08:00:03 13:00:03 22:00:03\nNewYork London Tokyo\n08:00:04 13:00:04 22:00:04", true},
		{"a_log", "NewYork 1\nTokyo 1\nLondon 1\nTokyo 2\nTokyo 3\nTokyo 4\nNewYork 2\nTokyo 5\nTokyo 6", false},
		{"a_log_that_begins_in_order", "NewYork 1\nLondon 1\nTokyo 1\nTokyo 2", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(strings.Split(tt.screen, "\n"), three())
			if got.isTable(3) != tt.want {
				t.Errorf("read(%q).isTable(3) = %v, want %v", tt.screen, !tt.want, tt.want)
			}
		})
	}
}

func TestReadOfWhatAWallHasPrinted(t *testing.T) {
	first := map[string]string{"NewYork": "08:00:00", "London": "13:00:00"}
	tests := []struct {
		name, printed string
		want          map[string]string
	}{
		{"row_by_row", "NewYork   London\n08:00:00  13:00:00\n08:00:01  13:00:01\n", map[string]string{"NewYork": "08:00:01", "London": "13:00:01"}},
		{"in_place", "\x1b[2J\x1b[HNewYork 08:00:00\nLondon\n\x1b[HNewYork 08:00:01\n", map[string]string{"NewYork": "08:00:01", "London": ""}},
		{"nothing", "", map[string]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Read(tt.printed, first)); diff != "" {
				t.Errorf("Read(%q) mismatch (-want +got):\n%s", tt.printed, diff)
			}
		})
	}
}
