package report

import (
	"html/template"
	"io"

	"example.com/workbook/testutil/suite"
	"example.com/workbook/testutil/verdict"
)

// HTML writes the report as a page of its own for a browser, which loads nothing from
// elsewhere: the points, what to fix first, and each case with what there is to say of it.
func HTML(w io.Writer, r Report) error {
	r, err := r.settled()
	if err != nil {
		return err
	}
	doc := htmlPage{Report: r, Core: r.Score(suite.Core), Sturdy: r.Score(suite.Sturdy), Extra: r.Score(suite.Extra)}
	if f, ok := r.First(); ok {
		doc.Next = f.String()
	}
	return htmlTemplate.Execute(w, doc)
}

// An htmlPage is what the page shows.
type htmlPage struct {
	Report
	Core, Sturdy, Extra Score
	Next                string
}

var htmlTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"points": Points,
	"spaced": spaced,
	"said":   said,
	"passed": passed,
	"open":   func(c suite.Record) bool { return !passed(c) && !c.Verdict.Failed() },
	"whole":  func(p Program) bool { return p.Verdict.Kind != "" },
	"told":   func(v verdict.Verdict) string { return v.String() },
}).Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 small, h3 { font-weight: normal }
pre { overflow-x: auto; padding: .5rem; border-left: 3px solid; font: 14px/1.4 ui-monospace, monospace }
li { list-style: none; margin: .3rem 0 }
ul { padding: 0 }
.passed::before { content: "✓ " }
.failed::before { content: "✗ "; font-weight: bold }
.open::before { content: "• " }
summary.failed { cursor: pointer }
@media print { details > pre { display: block } }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p>Core {{.Core.Earned}} of {{.Core.Max}}, sturdy {{.Sturdy.Earned}} of {{.Sturdy.Max}} points{{if .Extra.Max}}, extra {{.Extra.Earned}} of {{.Extra.Max}}{{end}}.</p>
{{with .Next}}<p><strong>Next:</strong> {{.}}</p>
{{end}}{{range .Notes}}<p>Note: {{.}}</p>
{{end}}{{range .Programs}}<section>
<h2>{{.Name}} <small>{{points .}}</small></h2>
{{if whole .}}<pre>{{told .Verdict}}</pre>
{{else}}{{with .Like}}<p>Its failures look like those of a known mistake: {{.}}</p>
{{end}}{{range .Parts}}<h3>{{.Title}}</h3>
<ul>
{{range .Cases}}{{if passed .}}<li class="passed">{{spaced .Name}} ({{.Points}})</li>
{{else if open .}}<li class="open">{{spaced .Name}} (0 of {{.Points}}): {{told .Verdict}}</li>
{{else}}<li><details open><summary class="failed">{{spaced .Name}} (0 of {{.Points}})</summary><pre>{{said .}}</pre></details></li>
{{end}}{{end}}</ul>
{{end}}{{end}}</section>
{{end}}</body>
</html>
`))
