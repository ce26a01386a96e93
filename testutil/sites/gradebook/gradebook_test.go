package gradebook

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

var class = []Student{
	{Name: "adamsann", Site: "Canvas", ID: "123", Points: 90.5, Max: 92},
	{Name: "Bob Baker", Site: "Moodle", ID: "502", Points: 46, Max: 92},
	{Name: "Cyd O'Hara", Site: "Gradescope", ID: "007", Email: "Cyd@example.edu", Points: 7, Max: 92},
	{Name: "cs-ex8-dan", Username: "dan", Points: 0, Max: 92},
}

func TestPointsAreFilledInAndNothingElseChanges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		column string
		file   string
		want   string
		rest   Rest
	}{
		{
			name: "Canvas", column: "Exercise 8.1",
			file: "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Exercise 8.1 (4711),\"Essay, long (4712)\",Current Score\r\n" +
				",,,,,Manual Posting,,(read only)\r\n" +
				"    Points Possible,,,,,92.00,10,(read only)\r\n" +
				"\"Adams, Ann\",123,a1,ann,S1,,9,\r\n" +
				"\"Ba\"\"ker, Bob\",124,b1,bob,S1,EX,\"8\",\r\n" +
				"\"Hara, Cyd\",,c1,cyd@example.edu,S1,\"12\",\"8\",\r\n" +
				"\"Student, Test\",999,,xyz,S1,,,\r\n",
			want: "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Exercise 8.1 (4711),\"Essay, long (4712)\",Current Score\r\n" +
				",,,,,Manual Posting,,(read only)\r\n" +
				"    Points Possible,,,,,92.00,10,(read only)\r\n" +
				"\"Adams, Ann\",123,a1,ann,S1,90.5,9,\r\n" +
				"\"Ba\"\"ker, Bob\",124,b1,bob,S1,EX,\"8\",\r\n" +
				"\"Hara, Cyd\",,c1,cyd@example.edu,S1,\"7\",\"8\",\r\n" +
				"\"Student, Test\",999,,xyz,S1,,,\r\n",
			rest: Rest{Students: []string{"cs-ex8-dan"}, Rows: []string{"Student, Test 999"}, Kept: []string{"Bob Baker"}},
		},
		{
			name: "Canvas with semicolons, and no end of the last line", column: "exercise 8.1 (4711)",
			file: "sep=;\nStudent;ID;Section;Exercise 8.1 (4711)\n\"Adams, Ann\";123;S1;1,5",
			want: "sep=;\nStudent;ID;Section;Exercise 8.1 (4711)\n\"Adams, Ann\";123;S1;90,5",
			rest: Rest{Students: []string{"Bob Baker", "Cyd O'Hara", "cs-ex8-dan"}},
		},
		{
			name: "Moodle's worksheet",
			file: "Identifier,\"Full name\",Status,Grade,\"Maximum grade\",\"Last modified (grade)\",\"Feedback comments\"\n" +
				"\"Participant 502\",\"Bob Baker\",Submitted,,100.00,-,\"two\nlines\"\n" +
				"\"Participant 503\",\"Cyd O'Hara\",Submitted,\"3.00\",100.00,-,\n",
			want: "Identifier,\"Full name\",Status,Grade,\"Maximum grade\",\"Last modified (grade)\",\"Feedback comments\"\n" +
				"\"Participant 502\",\"Bob Baker\",Submitted,46,100.00,-,\"two\nlines\"\n" +
				"\"Participant 503\",\"Cyd O'Hara\",Submitted,\"7\",100.00,-,\n",
			rest: Rest{Students: []string{"adamsann", "cs-ex8-dan"}},
		},
		{
			name: "Moodle's worksheet in German", column: "Bewertung",
			file: "\ufeffID,\"Vollständiger Name\",Bewertung\n\"Teilnehmer/in 502\",Bob,\n\"Teilnehmer/in 503\",Eve,\n",
			want: "\ufeffID,\"Vollständiger Name\",Bewertung\n\"Teilnehmer/in 502\",Bob,46\n\"Teilnehmer/in 503\",Eve,\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara", "cs-ex8-dan"}, Rows: []string{"Teilnehmer/in 503 Eve"}},
		},
		{
			name: "Moodle's gradebook", column: "Assignment: Exercise 8.1 (Real)",
			file: "\"First name\",\"Last name\",\"ID number\",\"Email address\",\"Assignment: Exercise 8.1 (Real)\"\nBob,Baker,,b@x.edu,-\nAnn,Adams,,a@x.edu,-\n",
			want: "\"First name\",\"Last name\",\"ID number\",\"Email address\",\"Assignment: Exercise 8.1 (Real)\"\nBob,Baker,,b@x.edu,46\nAnn,Adams,,a@x.edu,90.5\n",
			rest: Rest{Students: []string{"Cyd O'Hara", "cs-ex8-dan"}},
		},
		{
			name: "Brightspace", column: "Exercise 8.1",
			file: "OrgDefinedId,Username,Last Name,First Name,Exercise 8.1 Points Grade <Numeric MaxPoints:92 Weight:10>,End-of-Line Indicator\r\n" +
				"#7,#dan,Doe,Dan,,#\r\n#8,#bob.b,Baker,Bob,1,#\r\n",
			want: "OrgDefinedId,Username,Last Name,First Name,Exercise 8.1 Points Grade <Numeric MaxPoints:92 Weight:10>,End-of-Line Indicator\r\n" +
				"#7,#dan,Doe,Dan,0,#\r\n#8,#bob.b,Baker,Bob,46,#\r\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara"}},
		},
		{
			name: "Gradescope", column: "Exercise 8.1",
			file: "Name,SID,Email,Exercise 8.1\nAnyone,007,,\nUnknown,123,,\n",
			want: "Name,SID,Email,Exercise 8.1\nAnyone,007,,7\nUnknown,123,,\n",
			rest: Rest{Students: []string{"adamsann", "Bob Baker", "cs-ex8-dan"}, Rows: []string{"Unknown 123"}},
		},
		{
			name: "Classroom 50", column: "override",
			file: "username,first_name,last_name,email,section,score,max_score,datetime,submission_tag,submitted_by,review_url,late,override\ndan,,,,,3,92,,,,,,\nb,Bob,Baker,,,,,,,,,,\n\n",
			want: "username,first_name,last_name,email,section,score,max_score,datetime,submission_tag,submitted_by,review_url,late,override\ndan,,,,,3,92,,,,,,0\nb,Bob,Baker,,,,,,,,,,46\n\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara"}},
		},
		{
			name: "GitHub Classroom", column: "points",
			file: "\"identifier\",\"github_username\",\"github_id\",\"name\",\"points\"\n\"d@x.edu\",\"dan\",\"1\",\"\",\"\"\n",
			want: "\"identifier\",\"github_username\",\"github_id\",\"name\",\"points\"\n\"d@x.edu\",\"dan\",\"1\",\"\",\"0\"\n",
			rest: Rest{Students: []string{"adamsann", "Bob Baker", "Cyd O'Hara"}},
		},
		{
			name: "PrairieLearn",
			file: "uid,instance,score_perc\ncyd@example.edu,1,\n",
			want: "uid,instance,score_perc\ncyd@example.edu,1,7.61\n",
			rest: Rest{Students: []string{"adamsann", "Bob Baker", "cs-ex8-dan"}},
		},
		{
			name: "Blackboard", column: "exercise 8.1",
			file: "\ufeff\"Last Name\",\"First Name\",\"Username\",\"Student ID\",\"Availability\",\"Exercise 8.1 [Total Pts: up to 100 Score] |12345\",\"Exercise 8.2 [Total Pts: 9 Score] |12346\"\r\n" +
				"\"Doe\",\"Dan\",\"dan\",\"\",\"Yes\",\"\",\"\"\r\n\"Baker\",\"Bob\",\"bob_b\",\"\",\"Yes\",\"1\",\"2\"\r\n",
			want: "\ufeff\"Last Name\",\"First Name\",\"Username\",\"Student ID\",\"Availability\",\"Exercise 8.1 [Total Pts: up to 100 Score] |12345\",\"Exercise 8.2 [Total Pts: 9 Score] |12346\"\r\n" +
				"\"Doe\",\"Dan\",\"dan\",\"\",\"Yes\",\"0\",\"\"\r\n\"Baker\",\"Bob\",\"bob_b\",\"\",\"Yes\",\"46\",\"2\"\r\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara"}},
		},
		{
			name: "Moodle's gradebook, by the name of the assignment", column: "Exercise 8.1 ",
			file: "First name,Last name,Email address,Assignment: Exercise  8.1 (Real),Assignment: Exercise 8.2 (Real)\nBob,Baker,b@x.edu,-,-\n",
			want: "First name,Last name,Email address,Assignment: Exercise  8.1 (Real),Assignment: Exercise 8.2 (Real)\nBob,Baker,b@x.edu,46,-\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara", "cs-ex8-dan"}},
		},
		{
			name: "Gradescope, by assignment",
			file: "First Name,Last Name,SID,Email,Total Score,Max Points,Status\nBob,Baker,,,,92.0,Missing\n",
			want: "First Name,Last Name,SID,Email,Total Score,Max Points,Status\nBob,Baker,,,46,92.0,Missing\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara", "cs-ex8-dan"}},
		},
		{
			name: "letters and accents apart", column: "U\u0308bung",
			file: "Name,Übung\nBob Baker,\n",
			want: "Name,Übung\nBob Baker,46\n",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara", "cs-ex8-dan"}},
		},
		{
			name: "tabs and another set of letters", column: "points",
			file: "Name\tpoints\tn\xf6te\rBob Baker\t\t\xfc\r",
			want: "Name\tpoints\tn\xf6te\rBob Baker\t46\t\xfc\r",
			rest: Rest{Students: []string{"adamsann", "Cyd O'Hara", "cs-ex8-dan"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.file, string(s.Bytes())); diff != "" {
				t.Fatalf("the file that is read is not the file that is written (-want +got):\n%s", diff)
			}
			rest, err := s.Fill(tt.column, class)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(s.Bytes())); diff != "" {
				t.Errorf("file mismatch (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rest, rest); diff != "" {
				t.Errorf("what is left mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFileInUTF16StaysSo(t *testing.T) {
	encoded := func(text string) string {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(text)) {
			b.WriteByte(byte(unit))
			b.WriteByte(byte(unit >> 8))
		}
		return b.String()
	}
	s, err := Parse([]byte(encoded("\ufeffName\tPoints\r\nCyd O'Hara\t\r\n😀\t\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fill("points", class); err != nil {
		t.Fatal(err)
	}
	want := encoded("\ufeffName\tPoints\r\nCyd O'Hara\t7\r\n😀\t\r\n")
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Errorf("file mismatch (-want +got):\n%s", diff)
	}
}

func TestWhatTheSiteWouldDropIsRefused(t *testing.T) {
	for _, tt := range []struct{ name, column, file, want string }{
		{"more points than Canvas takes", "Exercise 8.1", "Student,ID,Section,Exercise 8.1 (1)\nPoints Possible,,,50\nAnn,123,,\n", `adamsann has 90.5 points, and "Exercise 8.1 (1)" takes at most 50`},
		{"more points than Moodle takes", "", "Identifier,Grade,Maximum grade\nParticipant 502,,\"45,00\"\n", `Bob Baker has 46 points, and "Grade" takes at most 45`},
		{"more points than Brightspace takes", "Ex", "OrgDefinedId,Username,Ex Points Grade <Numeric MaxPoints:-1>,End-of-Line Indicator\n", ""},
		{"a column of another name", "Exercise 9", "Student,ID,Section,Exercise 8.1 (1)\n", `there is no column "Exercise 9"; the file has: Student, ID, Section, Exercise 8.1 (1)`},
		{"two columns", "Ex", "Student,ID,Section,Ex (1),Ex (2)\n", `2 columns have the name "Ex": Ex (1), Ex (2); give the whole name of one`},
		{"two columns of Blackboard", "Ex", "Username,Ex [Total Pts: 9 Score] |1,Ex [Total Pts: 9 Score] |2\n", `2 columns have the name "Ex": Ex [Total Pts: 9 Score] |1, Ex [Total Pts: 9 Score] |2`},
		{"two columns of the same name", "Ex", "Username,Ex,Ex\n", `2 columns have the name "Ex": Ex, Ex; rename one`},
		{"two columns of an assignment in Moodle", "Ex", "Email address,Assignment: Ex (Real),Assignment: Ex (Letter)\n", `2 columns have the name "Ex"`},
		{"more points than Blackboard takes", "Ex", "Username,First Name,Last Name,Ex [Total Pts: 45.5 Score] |1\nx,Bob,Baker,\n", `Bob Baker has 46 points, and "Ex [Total Pts: 45.5 Score] |1" takes at most 45.5`},
		{"more points than Gradescope takes", "Ex", "SID,Name,Ex,Ex - Max Points,Ex 2,Ex 2 - Max Points\n1,Bob Baker,,45.0,,92.0\n", `Bob Baker has 46 points, and "Ex" takes at most 45`},
		{"more points than an assignment of Gradescope takes", "", "SID,Name,Total Score,Max Points\n1,Bob Baker,,45.0\n", `Bob Baker has 46 points, and "Total Score" takes at most 45`},
		{"more points than a question of Gradescope takes", "1: clock2", "SID,Name,Total Score,Max Points,1: clock2 (27.0 pts)\n1,Bob Baker,,92.0,\n", `Bob Baker has 46 points, and "1: clock2 (27.0 pts)" takes at most 27`},
		{"more points than Classroom 50 takes", "", "username,first_name,last_name,score,max_score\nx,Bob,Baker,,45\n", `Bob Baker has 46 points, and "score" takes at most 45`},
		{"more points than PrairieLearn takes", "points", "uid,instance,points,max_points\ncyd@example.edu,1,,6\n", `Cyd O'Hara has 7 points, and "points" takes at most 6`},
		{"more points than Brightspace takes by far", "Ex", "OrgDefinedId,Username,Last Name,First Name,Ex Points Grade <Numeric MaxPoints:45>,End-of-Line Indicator\n#1,#x,Baker,Bob,,#\n", `takes at most 45`},
		{"more points than Moodle's gradebook takes", "Ex", "First name,Last name,Email address,Assignment: Ex (Real)\nEve,Extra,x@x.edu,-\n", `Eve Extra has 101 points, and "Assignment: Ex (Real)" takes at most 100`},
		{"more than all points", "", "uid,instance,score_perc\neve@example.edu,1,\n", `Eve Extra has 101 of 92 points, and "score_perc" takes at most 100%`},
		{"no column", "", "Student,ID,Section,Ex (1)\n", "which column? The file has: Student, ID, Section, Ex (1)"},
		{"a file without students", "Ex", "Item,Ex\n1,\n", "no column says who a student is, such as ID, Username, Email address or Name; the file has: Item, Ex"},
		{"the column of a number", "id", "Student,ID,Section,Ex (1)\nAnn,123,,\n", `"ID" says who a student is: points cannot be written there`},
		{"the column of names", "Student", "Student,ID,Section,Ex (1)\nAnn,123,,\n", `"Student" says who a student is`},
		{"more points than Moodle takes in another language", "Bewertung", "ID,Name,Bewertung,Bestwertung\nTeilnehmer/in 502,,,\"45,00\"\n\n",
			`Bob Baker has 46 points, and "Bewertung" takes at most 45`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Fill(tt.column, append(slices.Clone(class), Student{Name: "Eve Extra", Email: "eve@example.edu", Points: 101, Max: 92}))
			if tt.want == "" && err == nil {
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Fill: %v, want an error with %q", err, tt.want)
			}
			if string(s.Bytes()) != tt.file {
				t.Errorf("the file has changed:\n%s", s.Bytes())
			}
		})
	}
	for file, want := range map[string]string{"": "the file is empty", "a,\"b": "a quote has no end", "a\n\"b\"c": `row 2: there is 'c' behind a quote`} {
		if _, err := Parse([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q): %v, want an error with %q", file, err, want)
		}
	}
}

// Students and rows that cannot be told apart are not guessed at.
func TestNamesakesAreNotMatched(t *testing.T) {
	s, err := Parse([]byte("Name,Points\nAnn Adams,\nAnn Adams,\nBob,\n"))
	if err != nil {
		t.Fatal(err)
	}
	students := []Student{{Name: "Ann Adams", Points: 1}, {Name: "Bob", ID: "1"}, {Name: "Bob", ID: "2"}}
	rest, err := s.Fill("points", students)
	if err != nil {
		t.Fatal(err)
	}
	want := Rest{Unclear: []string{"Ann Adams", "Bob", "Bob"}}
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Errorf("what is left mismatch (-want +got):\n%s", diff)
	}
}

// A namesake of a student who is found is not in the class.
func TestNamesakeWithAnotherNumberIsLeft(t *testing.T) {
	s, err := Parse([]byte("SID,Name,Points\n1,Ann Adams,\n2,Ann Adams,\n"))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := s.Fill("points", []Student{{Name: "Ann Adams", ID: "1", Site: "Gradescope", Points: 5}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Rest{Rows: []string{"2 Ann Adams"}}, rest); diff != "" {
		t.Errorf("what is left mismatch (-want +got):\n%s", diff)
	}
}

// A student without points is in the class all the same.
func TestStudentWithoutPointsHasARow(t *testing.T) {
	const file = "Name,Points\nAnn Adams,7\nBob,\n"
	s, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := s.Fill("points", []Student{{Name: "Adams, Ann", None: true}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Rest{Rows: []string{"Bob"}}, rest); diff != "" || string(s.Bytes()) != file {
		t.Errorf("the file is %q; what is left mismatch (-want +got):\n%s", s.Bytes(), diff)
	}
}

// A Mac writes a letter and its accent apart, and course systems write them as one.
func TestAccentsAreWrittenInTwoWays(t *testing.T) {
	const file = "Username,Name,Points\n,José Núñez,\njürgen,,\n,Jose Nunez,\n"
	s, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	rest, err := s.Fill("points", []Student{{Name: "Nu\u0301n\u0303ez, Jose\u0301", Points: 5}, {Name: "ju\u0308rgen", Points: 6}})
	if err != nil {
		t.Fatal(err)
	}
	want := "Username,Name,Points\n,José Núñez,5\njürgen,,6\n,Jose Nunez,\n"
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Errorf("file mismatch (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Rest{Rows: []string{" Jose Nunez"}}, rest); diff != "" {
		t.Errorf("what is left mismatch (-want +got):\n%s", diff)
	}
}
