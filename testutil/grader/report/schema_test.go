package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/workbook/testutil/kit/program"
)

// A form says what a JSON value may be.
type form struct {
	kind     string          // "string", "number", "integer", "boolean", "array" or "object"
	oneOf    []string        // of a string; any if nil
	nonEmpty bool            // of a string or an array
	elements *form           // of an array
	keys     map[string]form // of an object: no others may be there, but with more
	required []string        // of an object
	more     bool
}

// check returns what is wrong with a value at a place in a document.
func (f form) check(place string, value any) error {
	switch value := value.(type) {
	case string:
		return errors.Join(f.want(place, "string"), f.checkString(place, value))
	case json.Number:
		if _, err := value.Int64(); err != nil {
			return f.want(place, "number")
		}
		return f.want(place, "integer", "number")
	case bool:
		return f.want(place, "boolean")
	case []any:
		return errors.Join(f.want(place, "array"), f.checkArray(place, value))
	case map[string]any:
		return errors.Join(f.want(place, "object"), f.checkObject(place, value))
	}
	return fmt.Errorf("%s is %v, want a %s", place, value, f.kind)
}

func (f form) want(place string, kinds ...string) error {
	if !slices.Contains(kinds, f.kind) {
		return fmt.Errorf("%s is of type %s, want %s", place, kinds[0], f.kind)
	}
	return nil
}

func (f form) checkString(place, s string) error {
	switch {
	case f.nonEmpty && s == "":
		return fmt.Errorf("%s is empty", place)
	case f.oneOf != nil && !slices.Contains(f.oneOf, s):
		return fmt.Errorf("%s is %q, want one of %q", place, s, f.oneOf)
	case strings.ContainsFunc(s, func(r rune) bool { return !program.IsVisible(r) }):
		return fmt.Errorf("%s has control characters: %q", place, s)
	case len(s) > maxText:
		return fmt.Errorf("%s has %d bytes", place, len(s))
	}
	return nil
}

func (f form) checkArray(place string, a []any) (err error) {
	if f.nonEmpty && len(a) == 0 {
		err = fmt.Errorf("%s is empty", place)
	}
	for i, value := range a {
		if f.elements != nil {
			err = errors.Join(err, f.elements.check(fmt.Sprintf("%s[%d]", place, i), value))
		}
	}
	return err
}

func (f form) checkObject(place string, o map[string]any) (err error) {
	for _, key := range f.required {
		if _, ok := o[key]; !ok {
			err = errors.Join(err, fmt.Errorf("%s has no key %q", place, key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if f, ok := f.keys[key]; ok {
			err = errors.Join(err, f.check(place+"."+key, o[key]))
		} else if !f.more {
			err = errors.Join(err, fmt.Errorf("%s has an unknown key %q", place, key))
		}
	}
	return err
}

// parse returns the only JSON value in text, which must be an object.
func parse(text string) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows the document")
	}
	return doc, nil
}

// number returns the number at a key, which must be there.
func number(o map[string]any, key string) float64 {
	n, err := o[key].(json.Number).Float64()
	if err != nil {
		panic(err)
	}
	return n
}

// A spoiled document is a good one with something replaced.
type spoiled struct {
	name     string
	old, new string // new is for the first old
	want     string // what the check says of it
}

// checkSpoiled tests that check, which finds nothing wrong with good, finds something
// wrong with each of the others.
func checkSpoiled(t *testing.T, good string, check func(text string) error, tests []spoiled) {
	t.Helper()
	if err := check(good); err != nil {
		t.Errorf("the check of the good document = %v, want nil", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := strings.Replace(good, tt.old, tt.new, 1)
			if bad == good {
				t.Fatalf("there is no %s in\n%s", tt.old, good)
			}
			err := check(bad)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the check with %s for %s = %v, want an error with %q", tt.new, tt.old, err, tt.want)
			}
		})
	}
}
