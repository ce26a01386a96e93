package report

import (
	"html/template"
	"io"

	"example.com/workbook/testutil/suites/suite"
)

// HTML writes the report as a page of its own for a browser, which loads nothing from
// elsewhere: the points, what to fix first, and each case with what there is to say of it.
// Timelines are drawn.
func HTML(w io.Writer, r Report) error {
	r, err := r.final()
	if err != nil {
		return err
	}
	doc := htmlPage{Report: r, Core: r.Score(suite.Core), Robustness: r.Score(suite.Robustness), Extra: r.Score(suite.Extra)}
	if f, ok := r.First(); ok {
		doc.Next = f.String()
	}
	return htmlTemplate.Execute(w, doc)
}

// An htmlPage is what the page shows.
type htmlPage struct {
	Report
	Core, Robustness, Extra Score
	Next                    string
}

var htmlTemplate = template.Must(template.New("page").Funcs(funcs).Parse(toldTemplate + `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{{policy ""}}">
<title>{{.Title}}</title>
<style>{{css}}</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>Core {{.Core.Earned}} of {{.Core.Max}}, robustness {{.Robustness.Earned}} of {{.Robustness.Max}} points{{if .Extra.Max}}, extra {{.Extra.Earned}} of {{.Extra.Max}}{{end}}.</p>
{{with .Next}}<p><strong>Next:</strong> {{.}}</p>
{{end}}{{range .Notes}}<p>Note: {{.}}</p>
{{end}}{{range .Programs}}<section>
<h2>{{.Name}} <small>{{points .}}</small></h2>
{{if whole .}}{{template "told" tellVerdict .Verdict}}{{else}}{{with .Like}}<p>Its failures look like those of a known mistake: {{.}}</p>
{{end}}{{range .Parts}}<h3>{{.Title}}</h3>
<ul class="cases">
{{range .Cases}}{{if passed .}}<li class="passed">{{spaced .Name}} ({{.Points}}){{with .Note}}: {{.}}{{end}}</li>
{{else if open .}}<li class="open">{{spaced .Name}} (0 of {{.Points}}): {{headline .}}</li>
{{else}}<li><details open><summary class="failed">{{spaced .Name}} (0 of {{.Points}})</summary>
{{template "told" tell .}}</details></li>
{{end}}{{end}}</ul>
{{end}}{{end}}</section>
{{end}}</main>
</body>
</html>
`))
