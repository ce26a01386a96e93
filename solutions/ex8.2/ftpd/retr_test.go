package main

import "testing"

func TestRETR(t *testing.T) {
	tree := files{
		"text":        "a\nb\r\nc\n",
		"sub/inner":   "inner\n",
		"link":        arrow + "sub/inner",
		"dir":         arrow + "sub",
		"outside":     arrow + "../outside.txt",
		"private":     arrow + "../private",
		"two  words ": "two words\n",
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"sends_a_file_as_it_is", []step{{"RETR text", 226, "a\nb\r\nc\n"}}},
		{"sends_text_with_CR_LF", []step{{"TYPE A", 200, ""}, {"RETR text", 226, "a\r\nb\r\nc\r\n"}}},
		{"goes_by_the_working_directory", []step{{"CWD sub", 250, ""}, {"RETR inner", 226, "inner\n"}, {"RETR ../text", 226, "a\nb\r\nc\n"}, {"RETR /sub/inner", 226, "inner\n"}}},
		{"keeps_the_spaces_of_a_name", []step{{"RETR two  words ", 226, "two words\n"}, {"RETR two  words", 550, ""}}},
		{"follows_a_link_inside", []step{{"RETR link", 226, "inner\n"}, {"RETR dir/inner", 226, "inner\n"}, {"CWD dir", 250, ""}, {"RETR inner", 226, "inner\n"}}},
		{"follows_no_link_outside", []step{{"RETR outside", 550, ""}, {"RETR private/secret.txt", 550, ""}, {"CWD private", 550, ""}}},
		{"starts_at_REST", []step{{"REST 2", 350, ""}, {"RETR text", 226, "b\r\nc\n"}}},
		{"of_text_starts_at_the_beginning", []step{{"TYPE A", 200, ""}, {"REST 2", 501, ""}, {"REST 0", 350, ""}, {"RETR text", 226, "a\r\nb\r\nc\r\n"}}},
		{"of_text_is_refused_after_REST", []step{{"REST 2", 350, ""}, {"TYPE A", 200, ""}, {"RETR text", 554, ""}, {"RETR text", 226, "a\r\nb\r\nc\r\n"}}},
		{"sends_nothing_after_REST_at_the_end", []step{{"REST 7", 350, ""}, {"RETR text", 226, ""}}},
		{"refuses_REST_beyond_the_end", []step{{"REST 8", 350, ""}, {"RETR text", 554, ""}, {"RETR text", 226, "a\nb\r\nc\n"}}},
		{"forgets_REST_after_one_transfer", []step{{"REST 2", 350, ""}, {"RETR text", 226, "b\r\nc\n"}, {"RETR text", 226, "a\nb\r\nc\n"}}},
		{"forgets_REST_after_a_listing", []step{{"REST 2", 350, ""}, {"NLST sub", 226, "sub/inner\r\n"}, {"RETR text", 226, "a\nb\r\nc\n"}}},
		{"takes_no_other_REST", []step{{"REST -1", 501, ""}, {"REST x", 501, ""}, {"REST 9223372036854775808", 501, ""}, {"RETR text", 226, "a\nb\r\nc\n"}}},
		{"refuses_a_directory", []step{{"RETR sub", 550, ""}, {"RETR /", 550, ""}, {"RETR dir", 550, ""}}},
		{"refuses_what_is_not_there", []step{{"RETR nosuch", 550, ""}, {"RETR text/x", 550, ""}}},
		{"wants_a_data_connection", []step{{"RETR text", 425, ""}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, defaults, tree).login(t).talk(tt.steps)
		})
	}
}
