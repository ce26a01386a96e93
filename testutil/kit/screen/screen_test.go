package screen_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/screen"
)

// ways are those in which a program's output may arrive.
var ways = []struct {
	name  string
	write func(s *screen.Screen, text []byte)
}{
	{"at once", func(s *screen.Screen, text []byte) {
		s.Write(text)
	}},
	{"byte by byte", func(s *screen.Screen, text []byte) {
		for b := range slices.Chunk(text, 1) {
			s.Write(b)
		}
	}},
	{"in Fibonacci sizes", func(s *screen.Screen, text []byte) {
		for a, b := 1, 1; len(text) > 0; a, b = b, a+b {
			n := min(a, len(text))
			s.Write(text[:n])
			text = text[n:]
		}
	}},
}

// eachWay calls check with screens to which text was written each way.
func eachWay(width, height int, text string, check func(s *screen.Screen, wrote string)) {
	for _, way := range ways {
		s := screen.New(width, height)
		way.write(s, []byte(text))
		check(s, fmt.Sprintf("after %.100q, written %s,", text, way.name))
	}
}

// showTest is what a screen of 10 by 4 shows of a text.
type showTest struct {
	name, text, want string
}

func testShow(t *testing.T, tests []showTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWay(10, 4, tt.text, func(s *screen.Screen, wrote string) {
				got := s.String()
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s String() = %q, want %q (-want +got):\n%s", wrote, got, tt.want, diff)
				}
			})
		})
	}
}

func TestText(t *testing.T) {
	testShow(t, []showTest{
		{"is_nothing_at_first", "", ""},
		{"stands_where_it_is_written", "Tokyo", "Tokyo"},
		{"may_have_empty_rows_above", "\n\nx", "\n\nx"},
		{"loses_blanks_and_empty_rows_at_its_end", "a  \n  b  \n  \n", "a\n  b"},
		{"wraps_at_the_right_margin", "0123456789ab", "0123456789\nab"},
		{"does_not_wrap_until_there_is_more", "0123456789\nab", "0123456789\nab"},
		{"does_not_wrap_before_a_carriage_return", "0123456789\rab", "ab23456789"},
		{"does_not_wrap_before_a_cursor_move", "0123456789\x1b[Dx", "01234567x9"},
		{"wraps_in_spite_of_colors", "0123456789\x1b[31mab\x1b[m", "0123456789\nab"},
		{"clips_a_row_without_wrap_mode", "\x1b[?7l0123456789ab\ncd", "012345678b\ncd"},
		{"wraps_again_with_wrap_mode", "\x1b[?7l0123456789ab\x1b[?7hcd", "012345678c\nd"},
		{"clips_a_row_that_was_to_wrap", "0123456789\x1b[?7l\x1b[?25lab", "012345678b"},
		{"scrolls_when_it_wraps_at_the_bottom", "1\n2\n3\n0123456789x", "2\n3\n0123456789\nx"},
		{"scrolls_at_the_bottom", "1\n2\n3\n4\n5\n6", "3\n4\n5\n6"},
		{"is_UTF-8", "São Paulo", "São Paulo"},
		{"may_have_U+FFFD", "a\uFFFDb", "a\uFFFDb"},
		{"has_U+FFFD_for_a_byte_that_is_not_UTF-8", "a\xffb\xc3c", "a\uFFFDb\uFFFDc"},
		{"has_U+FFFD_for_a_rune_cut_short_by_a_sequence", "\xe4\xb8\x1b[3Gx", "\uFFFD\uFFFDx"},
		{"lacks_a_rune_that_is_not_complete", "a\xe4\xb8", "a"},
		{"lacks_combining_marks", "Sa\u0303o", "Sao"},
		{"lacks_format_characters", "\uFEFFa\u200bb", "ab"},
		{"lacks_control_characters", "a\x00\x07\x01\x7f\u0085\u009b1mb", "a1mb"},
	})
}

func TestWideRune(t *testing.T) {
	testShow(t, []showTest{
		{"takes_two_columns", "東京\x1b[5Gx", "東京x"},
		{"may_be_an_emoji", "⏰🕐\x1b[5Gx", "⏰🕐x"},
		{"fills_the_last_two_columns", "01234567東x", "01234567東\nx"},
		{"wraps_if_it_would_be_cut", "012345678東", "012345678\n東"},
		{"vanishes_when_its_first_half_is_overwritten", "東京\rx", "x 京"},
		{"vanishes_when_its_second_half_is_overwritten", "東京\x1b[2Gx", " x京"},
		{"vanishes_with_its_neighbor_when_it_is_written_between_both", "東京\x1b[2G北", " 北"},
		{"vanishes_when_its_first_half_is_erased", "東京\x1b[3G\x1b[K", "東"},
		{"vanishes_when_its_second_half_is_erased", "東京x\x1b[4G\x1b[X", "東  x"},
		{"vanishes_when_text_is_inserted_within", "東京\x1b[2G\x1b[@x", " x 京"},
		{"vanishes_when_it_is_pushed_half_off_the_row", "01234567東\r\x1b[@x", "x01234567"},
		{"vanishes_when_its_first_half_is_deleted", "東京\r\x1b[P", " 京"},
		{"vanishes_when_its_second_half_is_deleted", "東京\x1b[2G\x1b[P", " 京"},
		{"moves_when_text_before_it_is_deleted", "012345東89\r\x1b[3P", "345東89"},
		{"moves_when_text_before_it_is_inserted", "東\r\x1b[@x", "x東"},
	})

	t.Run("does_not_fit_in_one_column", func(t *testing.T) {
		eachWay(1, 4, "a東b", func(s *screen.Screen, wrote string) {
			if got, want := s.String(), "a\nb"; got != want {
				t.Errorf("%s String() = %q, want %q", wrote, got, want)
			}
		})
	})
}

func TestControlCharacter(t *testing.T) {
	testShow(t, []showTest{
		{"LF_starts_a_row", "ab\nc", "ab\nc"},
		{"CR_LF_starts_a_row", "ab\r\nc", "ab\nc"},
		{"CR_goes_to_the_start_of_the_row", "abc\rx", "xbc"},
		{"BS_goes_left", "abc\b\bx", "axc"},
		{"BS_stops_at_the_left_margin", "a\b\b\bx", "x"},
		{"BS_goes_left_of_a_filled_last_column", "0123456789\bx", "01234567x9"},
		{"HT_goes_to_column_8", "abc\tx", "abc     x"},
		{"HT_goes_on_from_a_tab_stop", "\t\bab\tx", "       abx"},
		{"HT_stops_at_the_right_margin", "\t\t\tx", "         x"},
		{"HT_leaves_a_filled_last_column", "0123456789\tx", "0123456789\nx"},
		{"VT_goes_down", "ab\vc", "ab\n  c"},
		{"FF_goes_down", "ab\fc", "ab\n  c"},
		{"FF_scrolls_at_the_bottom", "1\n2\n3\n4\f5", "2\n3\n4\n 5"},
		{"SO_and_SI_do_nothing", "a\x0eb\x0fc", "abc"},
	})
}

func TestEscapeSequence(t *testing.T) {
	testShow(t, []showTest{
		{"7_saves_and_8_restores_the_cursor", "ab\x1b7\ncd\x1b8x", "abx\ncd"},
		{"8_goes_home_if_none_is_saved", "ab\x1b8x", "xb"},
		{"8_restores_a_filled_last_column", "0123456789\x1b7\r\x1b8x", "0123456789\nx"},
		{"c_resets", "ab\ncd\x1bcx", "x"},
		{"c_leaves_the_alternate_screen", "ab\x1b[?1049hcd\x1bcx\x1b[?1049l", "x"},
		{"D_goes_down", "ab\x1bDc", "ab\n  c"},
		{"D_scrolls_at_the_bottom", "1\n2\n3\n4\x1bDx", "2\n3\n4\n x"},
		{"E_starts_a_row", "ab\x1bEc", "ab\nc"},
		{"M_goes_up", "a\nb\x1bMx", "ax\nb"},
		{"M_scrolls_at_the_top", "1\n2\n3\n4\x1b[H\x1bMx", "x\n1\n2\n3"},
		{"is_swallowed_if_it_chooses_a_charset", "\x1b(Ba\x1b)0b\x1b*Ac\x1b%Gd\x1b$(De", "abcde"},
		{"is_swallowed_if_it_sets_the_keypad", "\x1b=a\x1b>b", "ab"},
		{"is_swallowed_if_it_is_unknown", "\x1bZa\x1b#8b\x1b\\c", "abc"},
		{"ends_at_another_ESC", "\x1b\x1b[31ma\x1b(\x1b(Bb", "ab"},
		{"ends_at_a_rune_beyond_ASCII", "\x1béa\x1b(éb", "éaéb"},
		{"ends_at_CAN", "\x1b\x18a", "a"},
	})
}

func TestControlSequence(t *testing.T) {
	const digits = "0123456789\n0123456789\n0123456789\n0123456789"
	testShow(t, []showTest{
		{"A_goes_up", "1\n2\n3\x1b[2Ax", "1x\n2\n3"},
		{"A_goes_up_one_row_by_default", "1\n2\x1b[Ax\x1b[0Ay", "1xy\n2"},
		{"A_stops_at_the_top", "1\n2\x1b[9Ax", "1x\n2"},
		{"B_goes_down", "a\x1b[2Bx", "a\n\n x"},
		{"B_stops_at_the_bottom", "a\x1b[9Bx", "a\n\n\n x"},
		{"C_goes_right", "a\x1b[2Cx", "a  x"},
		{"C_stops_at_the_right_margin", "a\x1b[99Cx", "a        x"},
		{"D_goes_left", "abc\x1b[2Dx", "axc"},
		{"D_stops_at_the_left_margin", "abc\x1b[99Dx", "xbc"},
		{"E_goes_to_the_start_of_a_row_below", "ab\x1b[2Ex", "ab\n\nx"},
		{"F_goes_to_the_start_of_a_row_above", "ab\n\ncd\x1b[2Fx", "xb\n\ncd"},
		{"G_goes_to_a_column", "abc\x1b[2Gx", "axc"},
		{"grave_accent_goes_to_a_column", "abc\x1b[2`x", "axc"},
		{"d_goes_to_a_row", "a\x1b[3dx", "a\n\n x"},
		{"H_goes_home", "abc\ndef\x1b[Hx", "xbc\ndef"},
		{"H_goes_to_a_row_and_a_column", "\x1b[2;3Hx", "\n  x"},
		{"H_goes_to_the_first_column_by_default", "abc\x1b[2Hx\x1b[3;Hy", "abc\nx\ny"},
		{"H_goes_to_the_first_row_by_default", "a\nb\x1b[;3Hx", "a x\nb"},
		{"H_stops_at_the_margins", "\x1b[99;99Hx\x1b[0;0Hy", "y\n\n\n         x"},
		{"f_goes_to_a_row_and_a_column", "\x1b[2;3fx", "\n  x"},
		{"J_erases_from_the_cursor_on", digits + "\x1b[2;3H\x1b[J", "0123456789\n01"},
		{"1J_erases_up_to_the_cursor", digits + "\x1b[3;3H\x1b[1J", "\n\n   3456789\n0123456789"},
		{"2J_erases_all", digits + "\x1b[2;3H\x1b[2Jx", "\n  x"},
		{"3J_erases_nothing_that_shows", "ab\x1b[3J", "ab"},
		{"4J_does_nothing", "ab\r\x1b[4J", "ab"},
		{"K_erases_from_the_cursor_on", "abcdef\x1b[3G\x1b[K", "ab"},
		{"K_erases_a_last_column_just_filled", "0123456789\x1b[Kx", "012345678x"},
		{"1K_erases_up_to_the_cursor", "abcdef\x1b[3G\x1b[1K", "   def"},
		{"2K_erases_the_row", "ab\ncd\x1b[2Kx", "ab\n  x"},
		{"3K_does_nothing", "ab\r\x1b[3K", "ab"},
		{"X_erases_characters", "abcdef\x1b[2G\x1b[3Xx", "ax  ef"},
		{"X_stops_at_the_right_margin", "abcdef\x1b[2G\x1b[99X", "a"},
		{"at_sign_inserts_blanks", "abcdef\x1b[2G\x1b[2@", "a  bcdef"},
		{"at_sign_pushes_text_off_the_row", "0123456789\r\x1b[3@", "   0123456"},
		{"at_sign_stops_at_the_right_margin", "abcdef\x1b[2G\x1b[99@x", "ax"},
		{"P_deletes_characters", "abcdef\x1b[2G\x1b[2P", "adef"},
		{"P_stops_at_the_right_margin", "abcdef\x1b[2G\x1b[99P", "a"},
		{"L_inserts_rows", "1\n2\n3\n4\x1b[2H\x1b[2L", "1\n\n\n2"},
		{"L_goes_to_the_start_of_the_row", "ab\x1b[Lx", "x\nab"},
		{"L_stops_at_the_bottom", "1\n2\n3\n4\x1b[2H\x1b[99L", "1"},
		{"M_deletes_rows", "1\n2\n3\n4\x1b[2H\x1b[2M", "1\n4"},
		{"M_goes_to_the_start_of_the_row", "ab\ncd\x1b[A\x1b[Mx", "xd"},
		{"M_stops_at_the_bottom", "1\n2\n3\n4\x1b[2H\x1b[99M", "1"},
		{"S_scrolls_up", "1\n2\n3\n4\x1b[2Sx", "3\n4\n\n x"},
		{"S_stops_when_all_is_gone", "1\n2\n3\n4\x1b[99S", ""},
		{"T_scrolls_down", "1\n2\n3\n4\x1b[2T", "\n\n1\n2"},
		{"T_stops_when_all_is_gone", "1\n2\n3\n4\x1b[99T", ""},
		{"s_saves_and_u_restores_the_cursor", "ab\x1b[s\ncd\x1b[ux", "abx\ncd"},
		{"r_goes_home", "ab\x1b[2;3rx", "xb"},
		{"m_does_nothing", "\x1b[1;31;48:5:9ma\x1b[mb\x1b[38;2;1;2;3mc", "abc"},
		{"h_and_l_do_nothing_in_most_modes", "\x1b[?25l\x1b[?7l\x1b[?2026ha\x1b[?2026l\x1b[4hb\x1b[?7h\x1b[?25hc", "abc"},
		{"is_swallowed_if_it_is_unknown", "\x1b[5na\x1b[>4;2mb\x1b[!pc\x1b[2 qd\x1b[?1ue\x1b[>1uf\x1b[=5ug\x1b[1 @h", "abcdefgh"},
		{"is_swallowed_if_it_has_more_than_numbers", "ab\x1b[1:2H\x1b[-1D\x1b[1 H\x1b[?2Kx", "abx"},
		{"stops_at_the_margins_if_a_number_is_huge", "\x1b[99999999999999999999;18446744073709551617Hx", "\n\n\n         x"},
		{"ignores_numbers_too_many", "ab\x1b[1;2" + strings.Repeat(";9", 100) + "Hx", "ax"},
		{"is_swallowed_if_it_is_very_long", "ab\x1b[" + strings.Repeat("1;", 1000) + "Hx", "abx"},
		{"obeys_control_characters_within", "abc\x1b[\r2\nCx", "abc\n  x"},
		{"ends_at_another_ESC", "abc\x1b[2\x1b[Hx", "xbc"},
		{"ends_at_a_rune_beyond_ASCII", "abc\x1b[2éH", "abcéH"},
		{"ends_at_CAN", "abc\x1b[2\x18H", "abcH"},
		{"ends_at_SUB", "abc\x1b[2\x1aH", "abcH"},
	})
}

func TestControlString(t *testing.T) {
	long := strings.Repeat("x", 4096)
	testShow(t, []showTest{
		{"OSC_ends_at_BEL", "a\x1b]0;title\x07b", "ab"},
		{"OSC_ends_at_ST", "a\x1b]0;title\x1b\\b", "ab"},
		{"OSC_may_have_runes_and_newlines", "a\x1b]0;М\nü\x9c\x07b", "ab"},
		{"OSC_may_be_a_link", "\x1b]8;;https://go.dev\x1b\\Go\x1b]8;;\x1b\\!", "Go!"},
		{"DCS_ends_at_ST", "a\x1bP$q\x07m\x1b\\b", "ab"},
		{"APC_ends_at_ST", "a\x1b_Ga=q\x1b\\b", "ab"},
		{"PM_ends_at_ST", "a\x1b^pm\x1b\\b", "ab"},
		{"SOS_ends_at_ST", "a\x1bXsos\x1b\\b", "ab"},
		{"ends_at_another_sequence", "abc\x1b]0;title\x1b[2Gx\x1bPq\x1b[3Gy", "axy"},
		{"ends_at_CAN", "a\x1b]0;title\x18b", "ab"},
		{"ends_at_SUB", "a\x1bPq\x1ab", "ab"},
		{"ends_after_4096_bytes", "a\x1b]" + long + "b\x1bP" + long + "c", "abc"},
		{"does_not_end_before_4096_bytes", "a\x1b]" + long[1:], "a"},
	})
}

func TestAlternateScreen(t *testing.T) {
	var tests []showTest
	for _, mode := range []string{"47", "1047", "1049", "25;1049"} {
		enter, leave := "\x1b[?"+mode+"h", "\x1b[?"+mode+"l"
		tests = append(tests, []showTest{
			{"is_empty_at_first_in_mode_" + mode, "ab\n" + enter + "c", "\nc"},
			{"does_not_change_the_main_one_in_mode_" + mode, "ab\nc" + enter + "\x1b[2J\x1b[H1\n2\n3\n4\n5" + leave, "ab\nc"},
			{"is_left_for_where_the_cursor_was_in_mode_" + mode, "ab\nc" + enter + "\x1b[4;9Hx" + leave + "d", "ab\ncd"},
			{"is_empty_again_when_it_is_entered_again_in_mode_" + mode, enter + "ab" + leave + enter + "c", "c"},
			{"is_erased_when_it_is_entered_twice_in_mode_" + mode, "ab\n" + enter + "cd" + enter + "\x1b[Hx", "x"},
			{"is_left_at_once_when_it_was_entered_twice_in_mode_" + mode, "ab" + enter + "c" + enter + leave + "d", "abd"},
			{"need_not_be_entered_to_be_left_in_mode_" + mode, "ab" + leave + "c", "abc"},
			{"has_a_saved_cursor_of_its_own_in_mode_" + mode, "ab\x1b7cd" + enter + "\x1b[2H\x1b7" + leave + "\x1b8x", "abxd"},
		}...)
	}
	testShow(t, tests)
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"are_none_at_first", "", nil},
		{"are_none_of_blanks", "  \n \n", nil},
		{"are_the_rows_that_show", "1\n2\n\n4\n5", []string{"2", "", "4", "5"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWay(10, 4, tt.text, func(s *screen.Screen, wrote string) {
				if diff := cmp.Diff(tt.want, s.Lines()); diff != "" {
					t.Errorf("%s Lines() differs (-want +got):\n%s", wrote, diff)
				}
			})
		})
	}
}

func TestHistory(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"is_empty_at_first", "", nil},
		{"is_the_lines_if_nothing_scrolled", "a\nb", []string{"a", "b"}},
		{"has_rows_that_scrolled_off", "1\n\n3\n4\n5\n6", []string{"1", "", "3", "4", "5", "6"}},
		{"has_rows_that_scrolled_off_by_CSI_S", "1\n2\n3\n4\x1b[2S", []string{"1", "2", "3", "4"}},
		{"lacks_blanks_at_the_end_of_rows", "1  \n2\n3\n4\n5", []string{"1", "2", "3", "4", "5"}},
		{"lacks_rows_that_were_erased", "1\n2\n\x1b[2J\x1b[H3", []string{"3"}},
		{"lacks_rows_that_were_deleted", "1\n2\n3\x1b[H\x1b[M", []string{"2", "3"}},
		{"lacks_rows_that_scrolled_off_the_alternate_screen", "a\x1b[?1049h\r1\n2\n3\n4\n5\x1b[?1049l", []string{"a"}},
		{"goes_on_to_the_alternate_screen_while_it_shows", "1\n2\n3\n4\n5\x1b[?1049h\x1b[H1\n2\n3\n4\n5", []string{"1", "2", "3", "4", "5"}},
		{"is_erased_by_CSI_3J", "1\n2\n3\n4\n5\x1b[3J", []string{"2", "3", "4", "5"}},
		{"is_erased_by_ESC_c", "1\n2\n3\n4\n5\x1bcx", []string{"x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWay(10, 4, tt.text, func(s *screen.Screen, wrote string) {
				if diff := cmp.Diff(tt.want, s.History()); diff != "" {
					t.Errorf("%s History() differs (-want +got):\n%s", wrote, diff)
				}
			})
		})
	}

	t.Run("has_the_last_10000_rows", func(t *testing.T) {
		const rows = 10_500
		var text strings.Builder
		for i := range rows {
			fmt.Fprintf(&text, "%d\n", i)
		}
		eachWay(10, 1, text.String(), func(s *screen.Screen, wrote string) {
			got := s.History()
			if len(got) != 10_000 {
				t.Fatalf("%s len(History()) = %d, want 10000", wrote, len(got))
			}
			if first, last := got[0], got[len(got)-1]; first != "500" || last != "10499" {
				t.Errorf("%s History() is from %s to %s, want from 500 to 10499", wrote, first, last)
			}
		})
	})
}

func TestJunk(t *testing.T) {
	tests := []struct {
		name, text string
		want       []byte
	}{
		{"is_none_at_first", "", nil},
		{"is_none_in_a_table", "\x1b[?1049h\x1b[H\x1b[1mSão Paulo\x1b(B\x1b[m\x0f\t19:00:00\x1b[K\r\n\v\f\b東京\x1b[J", nil},
		{"is_control_characters_that_do_nothing", "\x00a\x01\x07b\x10\x18\x1a\x1f", []byte("\x00\x01\x07\x10\x18\x1a\x1f")},
		{"is_DEL", "a\x7f", []byte("\x7f")},
		{"is_controls_beyond_ASCII", "a\u0085", []byte("\xc2\x85")},
		{"is_invalid_UTF-8", "\xffa\xc3b\xe4\xb8\x1b[m\xed\xa0\x80", []byte("\xff\xc3\xe4\xb8\xed\xa0\x80")},
		{"is_not_a_rune_that_may_become_complete", "a\xe4\xb8", nil},
		{"is_not_U+FFFD", "\uFFFD", nil},
		{"may_be_within_a_control_sequence", "\x1b\x00[1\x07;2\x7fH\x1b(\x01B\x1b[\x18", []byte("\x00\x07\x7f\x01\x18")},
		{"is_not_within_a_control_string", "\x1b]0;\x00\xfftitle\x07\x1bP\x00\x07\x7f\x1b\\", nil},
		{"is_CAN_after_a_control_string", "\x1b]0;\x18", []byte("\x18")},
		{"survives_ESC_c", "\x00\x1bc", []byte("\x00")},
		{"is_64_bytes_at_most", strings.Repeat("\x00", 63) + "\u0085\x01", append(make([]byte, 63), 0xc2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWay(10, 4, tt.text, func(s *screen.Screen, wrote string) {
				if got := s.Junk(); !bytes.Equal(got, tt.want) {
					t.Errorf("%s Junk() = %q, want %q", wrote, got, tt.want)
				}
			})
		})
	}

	t.Run("belongs_to_the_caller", func(t *testing.T) {
		s := screen.New(10, 4)
		s.Write([]byte("\x00"))
		s.Junk()[0] = 'x'
		if got := s.Junk(); got[0] != 0 {
			t.Errorf("Junk() = %q after the caller changed it, want %q", got, "\x00")
		}
	})
}

func TestNew(t *testing.T) {
	tests := []struct {
		name          string
		width, height int
		want          string
	}{
		{"makes_a_screen_of_that_size", 3, 2, "def\ng"},
		{"makes_a_screen_of_one_column_at_least", 0, 2, "f\ng"},
		{"makes_a_screen_of_one_row_at_least", 3, -1, "g"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eachWay(tt.width, tt.height, "abcdefg", func(s *screen.Screen, wrote string) {
				if got := s.String(); got != tt.want {
					t.Errorf("New(%d, %d) %s String() = %q, want %q", tt.width, tt.height, wrote, got, tt.want)
				}
			})
		})
	}
}

func TestWrite(t *testing.T) {
	t.Run("takes_all_it_is_given", func(t *testing.T) {
		s := screen.New(10, 4)
		for _, text := range []string{"", "Tokyo", "\x1b[", "\xff\x00\xe4"} {
			n, err := s.Write([]byte(text))
			if n != len(text) || err != nil {
				t.Errorf("Write(%q) = %d, %v, want %d, nil", text, n, err, len(text))
			}
		}
	})
}
