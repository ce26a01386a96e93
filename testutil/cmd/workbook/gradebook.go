package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"example.com/workbook/testutil/grader/report"
	"example.com/workbook/testutil/sites/gradebook"
	"example.com/workbook/testutil/sites/handin"
)

// worth reads what points are worth: their weights, and the table for those who were late.
func (req *gradeRequest) worth(weights string) (err error) {
	if req.weights, err = gradebook.ParseWeights(weights); err != nil {
		return fmt.Errorf("-weights: %w", err)
	}
	if req.late == "" {
		return nil
	}
	text, err := os.ReadFile(req.late)
	if err != nil {
		return err
	}
	if req.penalty, err = gradebook.ParsePenalty(text); err != nil {
		return fmt.Errorf("-late %s: %w", req.late, err)
	}
	return nil
}

// readGrades reads the file of the course system, and returns an error if it does not have
// the column to fill. Without -grades there is no sheet.
func (req *gradeRequest) readGrades() (*gradebook.Sheet, error) {
	if req.grades == "" {
		return nil, nil
	}
	text, err := os.ReadFile(req.grades)
	if err != nil {
		return nil, err
	}
	sheet, err := gradebook.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", req.grades, err)
	}
	if _, err := sheet.Fill(req.column, nil); err != nil {
		return nil, fmt.Errorf("%s, -column: %w", req.grades, err)
	}
	return sheet, nil
}

// fillGrades writes a copy of the course system's file with the points of the table, and
// says what it has left out. It reports whether all students of the class are in it.
func (req *gradeRequest) fillGrades(sheet *gradebook.Sheet, class handin.Class, t *table) (all bool, err error) {
	all = true
	var students []gradebook.Student
	for _, s := range class.Students {
		points, max, ok := t.points(s.Name)
		if !ok {
			fmt.Fprintf(os.Stderr, "workbook grade: %s has no points yet, and is not filled in: nothing was found\n", report.Visible(s.Name))
			all = false
		}
		students = append(students, gradebook.Student{
			Name: s.Name, FullName: s.FullName(), Site: class.Site, ID: s.ID, Username: s.Username, Email: s.Email, Points: points, Max: max, None: !ok,
		})
	}
	rest, err := sheet.Fill(req.column, students)
	if err != nil {
		return false, fmt.Errorf("%s: %w", req.grades, err)
	}
	filled := filledName(req.grades)
	err = report.WriteFile(filled, func(w io.Writer) error {
		_, err := w.Write(sheet.Bytes())
		return err
	})
	if err != nil {
		return false, err
	}
	for _, name := range rest.Students {
		fmt.Fprintf(os.Stderr, "workbook grade: %s is not in %s\n", report.Visible(name), req.grades)
	}
	for _, name := range rest.Unclear {
		fmt.Fprintf(os.Stderr, "workbook grade: %s is not filled in: several have the same name or number, in %s or in %s\n", report.Visible(name), req.grades, req.class)
	}
	for _, name := range rest.Rows {
		fmt.Fprintf(os.Stderr, "workbook grade: %q of %s is not in %s\n", name, req.grades, req.class)
	}
	for _, name := range rest.Kept {
		fmt.Fprintf(os.Stderr, "workbook grade: %s is excused in %s, and stays so\n", report.Visible(name), req.grades)
	}
	left := len(rest.Students) + len(rest.Unclear)
	for _, s := range students {
		if s.None {
			left++
		}
	}
	fmt.Fprintf(os.Stderr, "workbook grade: %s has the points of %d students\n", filled, len(students)-left-len(rest.Kept))
	return all && len(rest.Students)+len(rest.Unclear) == 0, nil
}

// filledName returns the name of the copy of a file into which points were filled.
func filledName(name string) string {
	ext := filepath.Ext(name)
	return strings.TrimSuffix(name, ext) + "-filled" + ext
}
