package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strconv"

	"example.com/workbook/testutil/sites/handin"
)

// A shard is a share of a class, which one of several machines grades: that of number, of as
// many as there are. The zero shard is the whole class.
type shard struct{ number, all int }

// Set takes "3/16" for the third of sixteen shards. It makes a shard a [flag.Value].
func (s *shard) Set(text string) error {
	m := shardText.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("want a number and how many there are, such as 3/16")
	}
	s.number, _ = strconv.Atoi(m[1])
	s.all, _ = strconv.Atoi(m[2])
	if s.number < 1 || s.number > s.all {
		return fmt.Errorf("want a number from 1 to %d", s.all)
	}
	return nil
}

var shardText = regexp.MustCompile(`^(\d{1,6})/(\d{1,6})$`)

func (s *shard) String() string {
	if s == nil || s.all == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.number, s.all)
}

// name returns how a message calls the shard.
func (s shard) name() string { return cmp.Or(s.String(), "1/1") }

// has reports whether a student is in the shard. That depends on what the export says of the
// student, and on no other student: who hands in later changes nothing for those before.
func (s shard) has(student handin.Student) bool {
	if s.all == 0 {
		return true
	}
	sum := fnv.New64a()
	fmt.Fprint(sum, cmp.Or(student.ID, student.Username, student.Email, student.Name)) // never fails
	return sum.Sum64()%uint64(s.all) == uint64(s.number-1)
}

// take returns the students of the shard.
func (s shard) take(students []handin.Student) []handin.Student {
	return slices.DeleteFunc(slices.Clone(students), func(student handin.Student) bool { return !s.has(student) })
}

// column returns the heading of the last column of a part of a table. It says which part
// that is, and how many students it has when it is whole.
func (s shard) column(students int) string {
	return fmt.Sprintf("shard %d/%d of %d students", s.number, s.all, students)
}

var shardColumn = regexp.MustCompile(`^shard (\d{1,6}/\d{1,6}) of (\d+) students$`)

// parseShardColumn is the inverse of column.
func parseShardColumn(heading string) (s shard, students int, ok bool) {
	m := shardColumn.FindStringSubmatch(heading)
	if m == nil || s.Set(m[1]) != nil {
		return shard{}, 0, false
	}
	students, err := strconv.Atoi(m[2])
	return s, students, err == nil
}
