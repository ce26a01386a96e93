package ftptest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/workbook/testutil/kit/verdict"
)

// replace returns a double's reply that gives another one to the commands with a verb, if
// it starts with old: "" is the verb of the greeting.
func replace(verb, old, text string) func(command, line string) string {
	return func(command, line string) string {
		if got, _, _ := strings.Cut(command, " "); strings.EqualFold(got, verb) && strings.HasPrefix(line, old) {
			return text + strings.TrimPrefix(line, old)
		}
		return line
	}
}

// without returns a double's command that does not know verbs.
func without(verbs ...string) func(line string) string {
	return func(line string) string {
		verb, arg, _ := strings.Cut(line, " ")
		if slices.Contains(verbs, strings.ToUpper(verb)) {
			return "XNONE " + arg
		}
		return line
	}
}

// changed returns a double's command that takes lines with a beginning for others.
func changed(begin, to string) func(line string) string {
	return func(line string) string {
		if strings.HasPrefix(line, begin) {
			return to
		}
		return line
	}
}

// firstWord cuts all arguments at their first space.
func firstWord(line string) string {
	fields := strings.Fields(line)
	return strings.Join(fields[:min(2, len(fields))], " ")
}

// relative takes each name for one in the working directory.
func relative(dir, arg string) string {
	return path.Join(dir, arg)
}

// A kind is a server with one thing changed, and the cases that it may fail.
type kind struct {
	name   string
	double double
	fails  []string
}

// kinds are servers with one thing changed, and the cases that each may fail.
var kinds = []kind{
	{"nothing_is_changed", double{}, nil},

	// Replies that are odd and work.
	{"greets_with_200", double{reply: replace("", "220", "200")}, []string{greeting}},
	{"greets_with_230", double{reply: replace("", "220", "230")}, []string{greeting}},
	{"answers_USER_200", double{reply: replace("USER", "331", "200")}, []string{loggingIn}},
	{"answers_USER_332", double{reply: replace("USER", "331", "332")}, []string{loggingIn}},
	{"answers_PASS_200", double{reply: replace("PASS", "230", "200")}, []string{loggingIn}},
	{"answers_QUIT_220", double{reply: replace("QUIT", "221", "220")}, []string{goodbye}},
	{"answers_CWD_257", double{reply: replace("CWD", "250", "257")}, []string{goingDown}},
	{"answers_CWD_220", double{reply: replace("CWD", "250", "220")}, []string{goingDown}},
	{"answers_CDUP_257", double{reply: replace("CDUP", "250", "257")}, []string{goingUp}},
	{"answers_PWD_250", double{reply: replace("PWD", "257", "250")}, []string{telling}},
	{"answers_TYPE_500", double{reply: replace("TYPE", "200", "500")}, []string{typing}},
	{"answers_TYPE_220", double{reply: replace("TYPE", "200", "220")}, []string{typing}},
	{"begins_a_transfer_with_151", double{reply: replace("RETR", "150", "151")}, []string{transferEnd}},
	{"ends_a_transfer_with_200", double{reply: replace("RETR", "226", "200")}, []string{transferEnd}},
	{"answers_a_bad_CWD_450", double{reply: replace("CWD", "550", "450")}, []string{noDirectory, "TestJail/refuses_odd_names"}},
	{"answers_what_is_not_known_504", double{reply: replaceAll("502", "504")}, []string{"TestLogin/replies_to_unknown_commands"}},
	{"answers_what_is_not_known_550", double{reply: replaceAll("502", "550")}, []string{"TestLogin/replies_to_unknown_commands"}},
	{"answers_nothing_to_what_is_not_known", double{reply: replaceAllLines("502", "")}, []string{notKnown, "TestLogin/reads_commands_that_are_split_or_joined_by_TCP"}},
	{"answers_NOOP_502", double{command: without("NOOP")}, nil},

	// Ways to a data connection.
	{"PASV_alone", double{command: without("EPSV", "PORT", "EPRT")}, nil},
	{"EPSV_alone", double{command: without("PASV", "PORT", "EPRT")}, nil},
	{"PORT_alone", double{command: without("PASV", "EPSV", "EPRT")}, nil},
	{"EPRT_alone", double{command: without("PASV", "EPSV", "PORT")}, nil},
	{"answers_PASV_202", double{command: without("PASV", "EPSV"), reply: replace("PASV", "502", "202")}, nil},
	{"answers_PASV_200_and_knows_EPSV", double{command: without("PASV"), reply: replace("PASV", "502", "200")}, nil},
	{"answers_PORT_250", double{command: without("PASV", "EPSV", "EPRT"), reply: replace("PORT", "200", "250")}, []string{dataConnection}},
	{"answers_PASV_200_with_an_address", double{command: without("EPSV", "PORT", "EPRT"), reply: replace("PASV", "227", "200")}, []string{dataConnection}},
	{"tells_a_dead_port_and_knows_EPSV", double{reply: func(command, line string) string {
		if strings.HasPrefix(line, "227") {
			return "227 passive (127,0,0,1,0,1)"
		}
		return line
	}}, []string{dataConnection}},
	{"tells_the_address_of_another_machine", double{reply: func(_, line string) string {
		return strings.Replace(line, "(127,0,0,1,", "(127,0,0,3,", 1)
	}}, []string{dataConnection}},

	// Commands and names that are missing.
	{"no_PWD", double{command: without("PWD")}, []string{telling}},
	{"PWD_tells_the_path_on_the_machine", double{machine: true}, []string{telling}},
	{"no_CDUP", double{command: without("CDUP")}, []string{goingUp}},
	{"no_SYST", double{command: without("SYST")}, nil},
	{"no_NLST", double{command: without("NLST")}, []string{bareListing}},
	{"no_names_with_spaces", double{command: firstWord}, []string{spacesInADirectory, "TestFiles/sends_a_file_with_spaces_in_its_name"}},
	{"no_absolute_names", double{name: relative}, []string{goingDown, fromTheDirectory}},

	{"no_LIST", double{command: without("LIST")}, []string{listing, "TestListings/lists_in_the_form_of_ls"}},
	{"no_CWD", double{command: without("CWD")}, []string{ // there is no other way to a directory
		goingDown, goingUp, ownDirectory, noDirectory, spacesInADirectory,
		"TestListings/lists_the_working_directory",
	}},
	{"no_names_below_a_directory", double{name: func(dir, arg string) string {
		if strings.Contains(strings.Trim(arg, "/"), "/") {
			return "/nosuch"
		}
		return resolve(dir, arg)
	}}, []string{goingDown, fromTheDirectory}},

	// Two replies to one command.
	{"answers_CWD_twice", double{reply: replace("CWD", "250 ok", "250 ok\r\n250 ok")}, []string{goingDown}},
	{"answers_a_missing_file_twice", double{reply: replace("RETR", "550", "550 no\r\n226")}, []string{noSuchFile}},

	{"replies_twice_to_the_greeting", double{reply: twice("", "220")}, []string{greeting}},
	{"replies_twice_to_USER", double{reply: twice("USER", "331")}, []string{loggingIn}},
	{"replies_twice_to_PASS", double{reply: twice("PASS", "230")}, []string{loggingIn}},
	{"replies_twice_to_PWD", double{reply: twice("PWD", "257")}, []string{telling}},
	{"replies_twice_to_CDUP", double{reply: twice("CDUP", "250")}, []string{goingUp}},
	{"replies_twice_to_TYPE", double{reply: twice("TYPE", "200")}, []string{typing}},
	{"replies_twice_to_PASV", double{reply: replace("PASV", "227", "200 ok\r\n227")}, []string{dataConnection}},
	{"replies_twice_to_LIST", double{reply: twice("LIST", "226")}, []string{listing}},
	{"replies_twice_to_NLST", double{reply: replace("NLST", "226 done", "226 done\r\n250 done")}, []string{bareListing}},
	{"replies_twice_to_RETR", double{reply: twice("RETR", "226")}, []string{transferEnd}},
	{"replies_twice_to_QUIT", double{reply: twice("QUIT", "221")}, []string{goodbye}},
	{"replies_twice_to_a_bad_CWD", double{reply: twice("CWD", "550")}, []string{noDirectory}},
	{"replies_twice_to_what_is_not_known", double{reply: replaceAll("502", "500 what\r\n502")}, []string{notKnown}},

	// No reply before the data.
	{"sends_no_150", double{reply: replaceAllLines("150", "")}, []string{transferEnd, listing}},
	{"sends_no_150_to_a_client_that_listens", double{command: without("PASV", "EPSV"), reply: replaceAllLines("150", "")}, []string{transferEnd, listing}},
	{"sends_no_150_before_a_listing", double{reply: replace("LIST", "150 here it comes", "")}, []string{listing}},
	{"begins_a_listing_with_151", double{reply: replace("LIST", "150", "151")}, []string{listing}},
	{"ends_a_listing_with_200", double{reply: replace("LIST", "226", "200")}, []string{listing}},
	{"ends_a_list_of_names_with_200", double{reply: replace("NLST", "226", "200")}, []string{bareListing}},
	{"ends_all_transfers_with_200", double{reply: replaceAll("226", "200")}, []string{transferEnd}},
	{"sends_150_and_125", double{reply: replace("RETR", "150 here", "150-\r\n150 here")}, nil},

	// Other faults.
	{"converts_line_ends", double{data: func(command string, data []byte) []byte {
		return []byte(strings.ReplaceAll(string(data), "\n", "\r\n"))
	}}, []string{everyByteSent}},
	{"converts_line_ends_of_text_files", double{data: func(command string, data []byte) []byte {
		if !strings.HasSuffix(command, ".txt") {
			return data
		}
		return []byte(strings.ReplaceAll(string(data), "\n", "\r\n"))
	}}, []string{everyByteSent}},
	{"greets_in_three_lines", double{reply: replace("", "220", "220-hello\r\n220-\r\n220 ")}, nil},
	{"lists_names_alone", double{command: func(line string) string { return strings.Replace(line, "LIST", "NLST", 1) }}, nil},
	{"quotes_no_directory", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "257") {
			return strings.ReplaceAll(line, `"`, "")
		}
		return line
	}}, nil},
	{"refuses_with_501", double{reply: replaceAll("550", "501")}, nil},
	{"has_one_directory_for_all", double{shared: true}, []string{ownDirectory, "TestSessions/serves_a_hundred_sessions_at_once"}},
	{"sends_files_from_the_root", double{command: func(line string) string {
		if name, ok := strings.CutPrefix(line, "RETR "); ok && !strings.HasPrefix(name, "/") {
			return "RETR /" + name
		}
		return line
	}}, []string{fromTheDirectory}},
	{"refuses_flags", double{command: func(line string) string { return strings.Replace(line, "LIST -", "LIST nosuch-", 1) }}, []string{"TestListings/lists_in_the_form_of_ls"}},
	{"lists_an_empty_directory_as_none", double{command: func(line string) string { return strings.Replace(line, " void", " nosuch", 1) }}, []string{listingByName}},
	{"decodes_names_as_in_a_URL", double{name: func(dir, arg string) string {
		if name, err := url.PathUnescape(arg); err == nil {
			arg = name
		}
		return resolve(dir, arg)
	}}, []string{"TestJail/refuses_odd_names"}},
	{"takes_three_dots_for_two_directories", double{command: changed("CWD ...", "CWD ../..")}, []string{"TestJail/refuses_odd_names"}},
	{"finds_the_first_file_of_a_name", double{command: changed("RETR sub/hello.txt", "RETR hello.txt")}, []string{fromTheDirectory}},
	{"refuses_names_with_two_dots", double{command: func(line string) string {
		if name, ok := strings.CutPrefix(line, "RETR "); ok && strings.Contains(name, "..") {
			return "RETR nosuch"
		}
		return line
	}}, []string{"TestJail/refuses_paths_above_the_root"}},
	{"lists_what_it_has_listed_first", double{stale: true}, []string{listingAgain}},

	// Servers of other makes.
	{"replies_in_small_letters", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "257") {
			return line
		}
		return strings.ToLower(line)
	}}, nil},
	{"ends_a_transfer_in_two_lines", double{reply: replaceAll("226", "226-13 bytes\r\n226")}, nil},
	{"greets_with_lines_without_a_code", double{reply: replace("", "220", "220-welcome\r\nto this server\r\n\r\n220")}, nil},
	{"tells_the_size_with_150", double{reply: replace("RETR", "150 here", "150 Opening BINARY mode data connection for hello.txt (13 bytes)")}, nil},
	{"answers_CDUP_200", double{reply: replace("CDUP", "250", "200")}, nil},
	{"answers_QUIT_200", double{reply: replace("QUIT", "221", "200")}, []string{goodbye}},
	{"answers_RETR_of_a_missing_file_450", double{reply: replace("RETR", "550", "450")}, nil},
	{"sends_125_after_150", double{reply: replaceAllLines("150", "150 here\r\n125 it comes")}, []string{transferEnd}},
	{"sends_the_data_before_150", double{early: true}, []string{repliesLast}},
	{"has_data_connections_at_another_address", double{command: without("EPSV", "PORT", "EPRT"), at: net.IPv4(127, 0, 0, 2)}, nil},
	{"EPSV_tells_a_port_alone", double{command: without("PASV", "PORT", "EPRT"), reply: func(_, line string) string {
		if strings.HasPrefix(line, "229") {
			return strings.NewReplacer("|", "").Replace(line)
		}
		return line
	}}, []string{dataConnection}},
	{"LIST_is_in_the_form_of_DOS", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") {
			return unixLine.ReplaceAllFunc(data, func(line []byte) []byte {
				m := unixLine.FindSubmatch(line)
				size := string(m[2])
				if m[1][0] == 'd' {
					size = "<DIR>"
				}
				return fmt.Appendf(nil, "03-14-26  03:09PM %20s %s", size, m[3])
			})
		}
		return data
	}}, []string{"TestListings/lists_in_the_form_of_ls"}},
	{"LIST_ends_directories_in_a_slash", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") {
			return dirLine.ReplaceAll(data, []byte("$1/"))
		}
		return data
	}}, []string{"TestListings/lists_in_the_form_of_ls"}},
	{"NLST_sends_paths", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "NLST") {
			return lineOfText.ReplaceAll(data, []byte("./$0"))
		}
		return data
	}}, nil},
	{"says_nothing_to_QUIT", double{reply: replaceAllLines("221", "")}, []string{goodbye}},
	{"says_nothing_to_quit_in_small_letters", double{reply: func(command, line string) string {
		if strings.HasPrefix(command, "quit") {
			return ""
		}
		return line
	}}, []string{"TestLogin/accepts_verbs_in_any_case"}},
}

var (
	unixLine   = regexp.MustCompile(`(?m)^([-d]\S+) 1 ftp ftp +(\d+) \S+ +\S+ +\S+ (.*)$`)
	dirLine    = regexp.MustCompile(`(?m)^(d[^\r\n]*)`)
	lineOfText = regexp.MustCompile(`(?m)^[^\r\n]+`)
)

// moreKinds are of the same form. Grading all of them takes minutes.
var moreKinds = []kind{
	{"greets_with_120_first", double{reply: replace("", "220", "120 wait\r\n220")}, nil},
	{"asks_for_no_password", double{free: true}, nil},
	{"knows_one_user_alone", double{command: func(line string) string { return strings.Replace(line, "USER ann", "XNONE", 1) }}, []string{loggingIn}},
	{"knows_verbs_in_capitals_alone", double{command: func(line string) string {
		if verb, _, _ := strings.Cut(line, " "); verb != strings.ToUpper(verb) {
			return "XNONE"
		}
		return line
	}}, []string{"TestLogin/accepts_verbs_in_any_case"}},
	{"hangs_up_on_what_it_does_not_know", double{ends: func(_, line string) bool { return strings.HasPrefix(line, "502") }}, []string{notKnown}},
	{"hangs_up_after_a_missing_file", double{ends: func(command, line string) bool {
		return strings.HasPrefix(command, "RETR") && strings.HasPrefix(line, "550")
	}}, []string{noSuchFile}},
	{"hangs_up_after_a_missing_directory", double{ends: func(command, line string) bool {
		return strings.HasPrefix(command, "CWD") && strings.HasPrefix(line, "550")
	}}, []string{noDirectory}},
	{"hangs_up_after_a_transfer", double{ends: func(_, line string) bool { return strings.HasPrefix(line, "226") }}, []string{oneFileAfterAnother, listingAgain}},
	{"ends_replies_in_LF", double{newline: "\n"}, nil},
	{"replies_with_codes_alone", double{reply: func(_, line string) string {
		if code := line[:3]; !strings.Contains("215 227 229 257", code) {
			return code
		}
		return line
	}}, nil},
	{"replies_in_two_lines", double{reply: func(_, line string) string { return line[:3] + "-\r\n" + line }}, nil},
	{"CDUP_goes_to_the_root", double{command: changed("CDUP", "CWD /")}, []string{goingUp}},
	{"CDUP_stays", double{command: changed("CDUP", "CWD .")}, []string{goingUp}},
	{"CDUP_goes_two_up", double{command: changed("CDUP", "CWD ../..")}, []string{goingUp}},
	{"CWD_knows_no_dots", double{command: changed("CWD ..", "CWD nosuch")}, []string{goingUp}},
	{"CWD_knows_no_root", double{command: changed("CWD /", "CWD nosuch")}, []string{goingDown}},
	{"PWD_tells_the_root_always", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "257") {
			return `257 "/"`
		}
		return line
	}}, []string{goingDown}},
	{"PWD_tells_backslashes", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "257") {
			return strings.ReplaceAll(line, "/", `\`)
		}
		return line
	}}, []string{telling}},
	{"PWD_tells_no_slash_at_the_beginning", double{reply: replace("PWD", `257 "/`, `257 "`)}, []string{telling}},
	{"PWD_tells_a_slash_at_the_end", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "257") && line != `257 "/"` {
			return strings.TrimSuffix(line, `"`) + `/"`
		}
		return line
	}}, nil},
	{"CWD_takes_what_is_not_there", double{command: func(line string) string {
		if name, ok := strings.CutPrefix(line, "CWD "); ok && (strings.HasPrefix(name, "nosuch") || strings.HasPrefix(name, "x")) {
			return "CWD ."
		}
		return line
	}}, []string{noDirectory, "TestJail/refuses_odd_names"}},
	{"CWD_takes_a_file", double{command: func(line string) string {
		if strings.HasPrefix(line, "CWD ") && strings.Contains(line, ".txt") && !strings.Contains(line, "..") {
			return "CWD ."
		}
		return line
	}}, []string{noDirectory, "TestJail/refuses_odd_names"}},
	{"TYPE_A_is_not_known", double{command: changed("TYPE A", "TYPE X")}, []string{typing}},
	{"names_are_in_small_letters", double{command: func(line string) string {
		if verb, name, ok := strings.Cut(line, " "); ok && verb != "PASS" && verb != "TYPE" {
			return verb + " " + strings.ToLower(name)
		}
		return line
	}}, []string{spacesInADirectory, "TestFiles/sends_a_file_with_spaces_in_its_name"}},
	{"LIST_lists_the_root_always", double{command: func(line string) string {
		if line == "LIST" || line == "LIST -a" {
			return "LIST /"
		}
		return line
	}}, []string{listingWhereItIs}},
	{"LIST_ignores_names", double{command: func(line string) string {
		if strings.HasPrefix(line, "LIST") {
			return "LIST"
		}
		return line
	}}, []string{listingByName}},
	{"NLST_ignores_names", double{command: func(line string) string {
		if strings.HasPrefix(line, "NLST") {
			return "NLST"
		}
		return line
	}}, []string{listingByName}},
	{"NLST_sends_long_lines", double{command: func(line string) string { return strings.Replace(line, "NLST", "LIST", 1) }}, []string{bareListing}},
	{"NLST_ends_lines_in_LF", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "NLST") {
			return []byte(strings.ReplaceAll(string(data), "\r\n", "\n"))
		}
		return data
	}}, nil},
	{"LIST_begins_with_a_total", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") {
			return append([]byte("total 7\r\n"), data...)
		}
		return data
	}}, nil},
	{"LIST_quotes_names_with_spaces", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") {
			return []byte(strings.NewReplacer("two words.txt", "'two words.txt'", "A b", "'A b'").Replace(string(data)))
		}
		return data
	}}, []string{listing}},
	{"lists_ASCII_alone", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") || strings.HasPrefix(command, "NLST") {
			return []byte(strings.ReplaceAll(string(data), "größe", "gr??e"))
		}
		return data
	}}, []string{listing, bareListing}},
	{"LIST_shows_directories_as_files", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "LIST") {
			return []byte(strings.ReplaceAll(string(data), "drw", "-rw"))
		}
		return data
	}}, []string{"TestListings/lists_in_the_form_of_ls"}},
	{"LIST_of_what_is_not_there_is_empty", double{command: changed("LIST nosuch", "LIST void")}, []string{listingByName}},
	{"PASV_tells_no_parentheses", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "227") {
			return strings.NewReplacer("(", "", ")", "").Replace(line)
		}
		return line
	}}, nil},
	{"PASV_tells_an_address_with_spaces", double{reply: func(_, line string) string {
		if strings.HasPrefix(line, "227") {
			return strings.ReplaceAll(line, ",", ", ")
		}
		return line
	}}, []string{dataConnection}},
	{"begins_a_transfer_with_125", double{reply: replaceAll("150", "125")}, nil},
	{"ends_a_transfer_with_250", double{reply: replaceAll("226", "250")}, nil},
	{"says_226_before_the_data", double{reply: func(_, line string) string {
		switch {
		case strings.HasPrefix(line, "150"):
			return line + "\r\n226 done"
		case strings.HasPrefix(line, "226"):
			return ""
		}
		return line
	}}, []string{"TestFiles/says_226_when_all_is_sent", "TestTransfers/has_no_data_race"}},
	{"sends_a_missing_file_as_an_empty_one", double{command: changed("RETR nosuch", "RETR /empty.txt")}, []string{noSuchFile}},
	{"sends_no_empty_file", double{command: changed("RETR empty.txt", "RETR nosuch")}, []string{emptyFile}},
	{"sends_the_first_64_KiB", double{data: func(_ string, data []byte) []byte { return data[:min(len(data), 64<<10)] }}, []string{largeFile}},
	{"leaves_out_the_last_byte", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "RETR") {
			return data[:max(0, len(data)-1)]
		}
		return data
	}}, []string{transferEnd, everyByteSent}},
	{"adds_a_newline", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "RETR") {
			return append(data, '\n')
		}
		return data
	}}, []string{everyByteSent, emptyFile}},
	{"sends_strings_of_runes", double{data: func(command string, data []byte) []byte {
		if strings.HasPrefix(command, "RETR") {
			return []byte(strings.ToValidUTF8(string(data), "?"))
		}
		return data
	}}, []string{everyByteSent}},
	{"lists_tomorrow_without_a_year", double{today: true}, []string{"TestListings/lists_in_the_form_of_ls"}},
}

// lost are the points that the changes of issue 15 cost, of the core and of the jail.
var lost = map[string]int{
	"nothing_is_changed": 0, "greets_with_200": 2, "answers_PASV_202": 0, "answers_PORT_250": 3, "answers_TYPE_500": 1,
	"answers_CWD_257": 3, "answers_CWD_220": 3, "no_PWD": 1, "PWD_tells_the_path_on_the_machine": 1,
	"answers_what_is_not_known_504": 2, "no_CDUP": 2, "no_names_with_spaces": 2, "no_absolute_names": 5,
	"lists_what_it_has_listed_first": 1, "sends_the_first_64_KiB": 2, "no_CWD": 14,
}

// Each change costs the points of its own case, and of one more at most. Without CWD there is no
// way to a directory: what needs one is not checked.
func TestChangeCostsTheCasesAboutIt(t *testing.T) {
	points := make(map[string]int)
	for _, p := range []part{loginPart, directoryPart, listingPart, filePart, sessionPart, transferPart, jailPart} {
		for _, c := range p.cases {
			points[p.name+"/"+c.Name] = c.Points
		}
	}
	seen := make(map[string]bool)
	for _, k := range slices.Concat(kinds, moreKinds) {
		seen[k.name] = true
		const races = "TestTransfers/has_no_data_race" // not checked if its clients get no further
		charged := slices.DeleteFunc(slices.Clone(k.fails), func(name string) bool { return name == races })
		if most := 2; len(charged) > most && k.name != "no_CWD" {
			t.Errorf("a server that %s fails %d cases, want at most %d", k.name, len(charged), most)
		}
		sum := 0
		for _, name := range k.fails {
			if points[name] == 0 {
				t.Errorf("%s: there is no case %s", k.name, name)
			}
			sum += points[name]
		}
		if want, ok := lost[k.name]; ok && sum != want {
			t.Errorf("a server that %s loses %d points, want %d", k.name, sum, want)
		}
	}
	for name := range lost {
		if !seen[name] {
			t.Errorf("there is no server that %s", name)
		}
	}
}

// What needs a step that is missing is not checked, and says so.
func TestMissingStepIsNotCharged(t *testing.T) {
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1")
	open := loopback(closed(t, double{command: without("CWD")}.serve))
	for _, c := range casesOf("TestDirectories", directories) {
		v := verdict.Of(c.Run(t.Context(), open))
		switch "TestDirectories/" + c.Name {
		case telling:
			if v.Kind != verdict.Passed {
				t.Errorf("%s of a server without CWD: %s, want it passed", c.Name, v)
			}
		case goingDown:
			if v.Kind != verdict.Wrong || !strings.HasPrefix(v.Message, "the reply to CWD sub is") {
				t.Errorf("%s of a server without CWD: %s, want it charged there", c.Name, v)
			}
		default:
			wantNoCWD(t, c.Name, v)
		}
	}
	for _, c := range casesOf("TestRobust", robust) {
		if c.Name == "quotes_the_working_directory" && runtime.GOOS != "windows" { // which has no names with quotes
			wantNoCWD(t, c.Name, verdict.Of(c.Run(t.Context(), open)))
		}
	}
}

func wantNoCWD(t *testing.T, name string, v verdict.Verdict) {
	t.Helper()
	if v.Kind != verdict.NotChecked || !strings.HasPrefix(v.Message, "no CWD: ") {
		t.Errorf("%s of a server without CWD: %s, want it not checked, as there is no CWD", name, v)
	}
}

// replaceAll is replace for the replies to all commands.
func replaceAll(old, text string) func(command, line string) string {
	return func(command, line string) string {
		if rest, ok := strings.CutPrefix(line, old); ok {
			return text + rest
		}
		return line
	}
}

// twice returns a double's reply that comes twice after the commands with a verb, if it
// starts with code.
func twice(verb, code string) func(command, line string) string {
	return func(command, line string) string {
		if got, _, _ := strings.Cut(command, " "); strings.EqualFold(got, verb) && strings.HasPrefix(line, code) {
			return line + "\r\n" + line
		}
		return line
	}
}

// replaceAllLines is replaceAll for lines as a whole.
func replaceAllLines(old, text string) func(command, line string) string {
	return func(_, line string) string {
		if strings.HasPrefix(line, old) {
			return text
		}
		return line
	}
}

// A second reply to RETR of a directory is none to RETR of a missing file: that has a case of its
// own, which it passes.
func TestSecondReplyToADirectoryIsFound(t *testing.T) {
	for _, command := range []string{"RETR sub", "RETR .", "RETR pipe"} {
		t.Run(command, func(t *testing.T) {
			if command == "RETR pipe" && runtime.GOOS == "windows" {
				t.Skip("Windows has no pipes among its files")
			}
			d := double{reply: func(got, line string) string {
				if got == command && strings.HasPrefix(line, "550") {
					return line + "\r\n" + line
				}
				return line
			}}
			err := visit(withClient(refusesNoFile)).do(withCase(t.Context(), noFile), loopback(closed(t, d.serve)))
			v, want := verdict.Of(err), "after the reply to "+command+", the server sent another reply"
			if !v.Failed() || !strings.Contains(v.Message, want) { // a note that another case is charged is not enough
				t.Errorf("refusesNoFile of a server that replies twice to %s is %s: %s, want a failure with %q", command, v.Kind, v.Message, want)
			}
		})
	}
}

// A server that cannot connect to its client says so, and does not leave it waiting.
func TestSilenceAboutAMissingDataConnectionIsFound(t *testing.T) {
	t.Setenv("WORKBOOK_PATIENCE", "200ms")
	for _, tt := range []struct {
		name   string
		silent bool
		want   string
	}{
		{"right", false, ""},
		{"silent", true, "where nothing listens: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := double{command: without("PASV", "EPSV"), reply: func(command, line string) string {
				if tt.silent && strings.HasPrefix(command, "RETR") && strings.HasPrefix(line, "426") {
					return ""
				}
				return line
			}}
			for _, c := range robust {
				if c.Name != "refuses_a_transfer_without_a_data_connection" {
					continue
				}
				err := c.Run.do(withCase(t.Context(), "TestRobust/"+c.Name), loopback(closed(t, d.serve)))
				if v := verdict.Of(err); v.Failed() != tt.silent || tt.silent && !strings.Contains(v.Message, tt.want) {
					t.Errorf("a server that is %s: %v, want an error with %q", tt.name, err, tt.want)
				}
			}
		})
	}
}

// Each fault is charged in the case about it, and in one more at most.
func TestFaultIsChargedOnce(t *testing.T) {
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1") // the doubles need not wait for the end of their sessions
	all := kinds
	if os.Getenv("WORKBOOK_SLOW") == "all" {
		all = slices.Concat(kinds, moreKinds)
	}
	for _, k := range all {
		t.Run(k.name, func(t *testing.T) {
			if k.name != "nothing_is_changed" && os.Getenv("WORKBOOK_SLOW") == "" {
				t.Skip("runs many cases, which takes minutes for all kinds; runs if the environment variable WORKBOOK_SLOW is set")
			}
			t.Parallel()
			wantFailures(t, loopback(closed(t, k.double.serve)), k.fails)
		})
	}
}

// closed returns serve with listeners that are closed when the test is over: the more ports
// are in use, the longer takes a search for a free one.
func closed(t *testing.T, serve Serve) Serve {
	return func(ln net.Listener, root string) error {
		t.Cleanup(func() { ln.Close() })
		return serve(ln, root)
	}
}

// Any way to a data connection is enough, for each family of addresses the server has.
func TestServerOnIPv6HasFullMarks(t *testing.T) {
	ln, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6: ", err)
	}
	ln.Close()
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1")
	const all = "PASV EPSV PORT EPRT"
	for _, known := range []string{all, "PASV", "EPSV", "PORT", "EPRT"} {
		t.Run(known, func(t *testing.T) {
			if os.Getenv("WORKBOOK_SLOW") == "" && known != all {
				t.Skip("runs many cases; runs if the environment variable WORKBOOK_SLOW is set")
			}
			t.Parallel()
			unknown := slices.DeleteFunc(strings.Fields(all), func(verb string) bool { return strings.Contains(known, verb) })
			wantFailures(t, listeningAt("[::1]:0", closed(t, double{command: without(unknown...)}.serve)), nil)
		})
	}
}

// A server that lets in one user with a password is graded as that user.
func TestServerWithAPasswordIsGradedAsItsUser(t *testing.T) {
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1")
	as := func(user, password string) opener {
		open := loopback(closed(t, double{user: "ann", password: "let me in"}.serve))
		asUser := func(open func(ctx context.Context) (*site, error)) func(ctx context.Context) (*site, error) {
			return func(ctx context.Context) (*site, error) {
				s, err := open(ctx)
				if err == nil {
					s.user, s.password = user, password
				}
				return s, err
			}
		}
		return opener{open: asUser(open.open), inMemory: asUser(open.inMemory)}
	}
	wantFailures(t, as("ann", "let me in"), nil)
	for _, password := range []string{"", "let"} {
		if err := login[1].Run.do(withCase(t.Context(), loggingIn), as("ann", password)); err == nil {
			t.Errorf("a client with the password %q passes %s of a server with another", password, loggingIn)
		}
	}
}

// A server that says nothing to PASV has other ways to a data connection.
func TestSilenceToOneMethodLeavesTheOthers(t *testing.T) {
	t.Setenv("WORKBOOK_PATIENCE", "4s")
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1")
	open := loopback(double{command: without("PASV", "EPSV"), reply: replaceAllLines("502", "")}.serve)
	for _, c := range []testCase{listings[1], files[0]} {
		err := c.Run.do(t.Context(), open)
		if v := verdict.Of(err); v.Kind != verdict.Passed || !strings.Contains(v.Message, "no reply to PASV") {
			t.Errorf("%s of a server that says nothing to PASV and EPSV: %s %q, want it passed with a note that says so", c.Name, v.Kind, v.Message)
		}
	}
}

// wantFailures wants a server to fail the cases called names, and no others of the core and
// of the jail.
func wantFailures(t *testing.T, open opener, names []string) {
	t.Helper()
	failed := failures(t, open)
	got := slices.Sorted(maps.Keys(failed))
	if diff := cmp.Diff(slices.Sorted(slices.Values(names)), got); diff != "" {
		t.Errorf("a server of this kind fails (-want +got):\n%s", diff)
		for _, name := range got {
			t.Logf("%s: %s", name, failed[name])
		}
	}
}

// failures returns the cases of the core and of the jail that a server fails, each with
// what is wrong.
func failures(t *testing.T, open opener) map[string]string {
	t.Helper()
	failed := make(map[string]string)
	ctx := context.WithValue(t.Context(), fewKey{}, true)
	for _, p := range []part{loginPart, directoryPart, listingPart, filePart, sessionPart, transferPart, jailPart} {
		for _, c := range casesOf(p.name, p.cases) {
			if c.Name == "keeps_a_client_that_is_idle_for_minutes" {
				continue // that takes minutes
			}
			v := verdict.Of(oneAtATime(c.Name, func() error { return c.Run(ctx, open) }))
			if v.Kind == verdict.NotChecked && runtime.GOOS == "windows" {
				continue // it has no links, pipes or such names
			}
			if v.Kind != verdict.Passed {
				message, _, _ := strings.Cut(v.String(), "\n")
				failed[p.name+"/"+c.Name] = message
			}
		}
	}
	return failed
}

var processors sync.Mutex // guards the number of processors, which one case sets

func oneAtATime(name string, run func() error) error {
	if name == "has_no_data_race" {
		processors.Lock()
		defer processors.Unlock()
	}
	return run()
}
