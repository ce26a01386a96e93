package gradebook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Weights say what a point of each group is worth.
type Weights struct{ Core, Robustness, Extra float64 }

// Points is what a student has earned of each group, and how many points there are. Extra
// points are optional.
type Points struct{ Core, CoreOf, Robustness, RobustnessOf, Extra int }

// Of returns the weighted points, and how many there are.
func (w Weights) Of(p Points) (earned, of float64) {
	earned = w.Core*float64(p.Core) + w.Robustness*float64(p.Robustness) + w.Extra*float64(p.Extra)
	return earned, w.Core*float64(p.CoreOf) + w.Robustness*float64(p.RobustnessOf)
}

// ParseWeights returns the weights in a text such as "core=1,robustness=0.5,extra=0". A group
// that is not named is worth nothing.
func ParseWeights(text string) (Weights, error) {
	var w Weights
	var seen []string
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		weight, err := strconv.ParseFloat(value, 64)
		if err != nil || !(0 <= weight && weight <= 1e6) {
			return Weights{}, fmt.Errorf("%q: want a group and its weight, such as core=1", part)
		}
		if name == "sturdy" { // the name of robustness in older workbooks
			name = "robustness"
		}
		if slices.Contains(seen, name) {
			return Weights{}, fmt.Errorf("%s is there twice", name)
		}
		seen = append(seen, name)
		switch name {
		case "core":
			w.Core = weight
		case "robustness":
			w.Robustness = weight
		case "extra":
			w.Extra = weight
		default:
			return Weights{}, fmt.Errorf("there is no group %q: want core, robustness or extra", name)
		}
	}
	return w, nil
}
