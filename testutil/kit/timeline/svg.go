package timeline

import (
	"fmt"
	"html"
	"strings"
	"time"
	"unicode/utf8"
)

// The measures of an SVG, in pixels.
const (
	svgCell = 44 // from one label of the axis to the next
	svgRow  = 22
	svgChar = 7.3 // a character of a name, at most
)

// SVG returns the picture as an element svg of a page. It has the colors of the text around
// it, refers to nothing else, and says in words what it shows, for those who do not see it.
func (p Picture) SVG() string {
	step := stepFor(p.End)
	names := 0
	for _, r := range p.Rows {
		names = max(names, utf8.RuneCountInString(r.Name))
	}
	left := int(float64(names)*svgChar) + 16
	x := func(t time.Duration) float64 {
		return float64(left) + float64(svgCell)*float64(t)/float64(step)
	}
	rows := len(p.Rows)
	if p.LeftOut > 0 {
		rows++
	}
	width, height := int(x(p.End))+24, (rows+1)*svgRow+8
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d" fill="none" stroke="currentColor" font-size="12">`,
		html.EscapeString(p.Words()), width, height, width, height)
	for t := time.Duration(0); t <= p.End; t += step {
		fmt.Fprintf(&b, `<path d="M%.0f %dV%d" opacity=".2"/><text x="%.0f" y="14" text-anchor="middle" fill="currentColor" stroke="none">%s</text>`,
			x(t), svgRow, height, x(t), label(t))
	}
	y := svgRow + svgRow/2
	for i, r := range p.Rows {
		if p.LeftOut > 0 && i == len(p.Rows)-1 {
			fmt.Fprintf(&b, `<text x="0" y="%d" fill="currentColor" stroke="none">… %d more</text>`, y+4, p.LeftOut)
			y += svgRow
		}
		fmt.Fprintf(&b, `<text x="0" y="%d" fill="currentColor" stroke="none">%s</text>`, y+4, html.EscapeString(r.Name))
		r.svg(&b, x, y, p.End)
		y += svgRow
	}
	b.WriteString("</svg>")
	return b.String()
}

// svg draws a row without its name, in the middle of which is y.
func (r Row) svg(b *strings.Builder, x func(time.Duration) float64, y int, end time.Duration) {
	if r.Left {
		end = r.Leave
	}
	first := end
	if len(r.Lines) > 0 {
		first = r.Lines[0]
	}
	fmt.Fprintf(b, `<path d="M%.1f %dV%d"/>`, x(r.Arrive), y-6, y+6)
	if first > r.Arrive {
		fmt.Fprintf(b, `<path d="M%.1f %dH%.1f" stroke-dasharray="2 4"/>`, x(r.Arrive), y, x(first))
	}
	if end > first {
		fmt.Fprintf(b, `<path d="M%.1f %dH%.1f"/>`, x(first), y, x(end))
	}
	for _, t := range r.Lines {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="4" fill="currentColor"/>`, x(t), y)
	}
	if r.Left {
		fmt.Fprintf(b, `<path d="M%.1f %dV%d" stroke-width="3"/>`, x(r.Leave), y-6, y+6)
	}
}

// Words says what the picture shows, a sentence for each row.
func (p Picture) Words() string {
	var all []string
	for i, r := range p.Rows {
		if p.LeftOut > 0 && i == len(p.Rows)-1 {
			all = append(all, fmt.Sprintf("%d more clients.", p.LeftOut))
		}
		all = append(all, r.words())
	}
	return strings.Join(all, " ")
}

func (r Row) words() string {
	said := fmt.Sprintf("%s connects at %s", r.Name, label(r.Arrive))
	switch n := len(r.Lines); n {
	case 0:
		said += ", gets no line"
	case 1:
		said += fmt.Sprintf(", gets 1 line at %s", label(r.Lines[0]))
	default:
		said += fmt.Sprintf(", gets %d lines from %s to %s", n, label(r.Lines[0]), label(r.Lines[n-1]))
	}
	if r.Left {
		said += fmt.Sprintf(", leaves at %s", label(r.Leave))
	}
	return said + "."
}
