package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Results are the figures of all servers, by their names and those of the measures. Where
// a measure failed, they are NaN.
type results struct {
	settings
	servers []string
	figures map[string]map[string][]figures // of each round
}

func newResults(set settings, servers []server) *results {
	r := &results{settings: set, figures: make(map[string]map[string][]figures)}
	for _, s := range servers {
		r.servers = append(r.servers, s.name)
		r.figures[s.name] = make(map[string][]figures)
	}
	return r
}

// add adds what a measure has found in the next round.
func (r *results) add(server, measure string, f figures) {
	r.figures[server][measure] = append(r.figures[server][measure], f)
}

// tables returns two tables: how fast the servers are, and what it takes them.
func (r *results) tables() string {
	return r.table("speed", func(m measure) unit { return m.speed }, func(f figures) float64 { return f.speed }) + "\n" +
		r.table("processor time of the server", func(m measure) unit { return m.cpu }, func(f figures) float64 { return f.cpu })
}

// table returns a table of one of the figures.
func (r *results) table(head string, unitOf func(measure) unit, figure func(figures) float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n", head, strings.Join(r.servers, " | "))
	fmt.Fprintf(&b, "|---|%s\n", strings.Repeat("---:|", len(r.servers)))
	for _, m := range measures {
		if !r.only.MatchString(m.name) {
			continue
		}
		u := unitOf(m)
		fmt.Fprintf(&b, "| %s, %s |", m.name, u.name)
		limit := r.column("raw", m.name, figure)
		for _, server := range r.servers {
			all := r.column(server, m.name, figure)
			fmt.Fprintf(&b, " %s |", cell(u, all, limit))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// column returns a figure of each round.
func (r *results) column(server, measure string, figure func(figures) float64) []float64 {
	var all []float64
	for _, f := range r.figures[server][measure] {
		all = append(all, figure(f))
	}
	return all
}

// cell returns the median of all rounds and that of its ratio to the limit in the same
// round, as "1293 (0.98)".
func cell(u unit, all, limit []float64) string {
	var ratios []float64
	for i := range min(len(all), len(limit)) {
		ratio := all[i] / limit[i]
		if u.inverse {
			ratio = 1 / ratio
		}
		ratios = append(ratios, ratio)
	}
	value := median(all)
	if math.IsNaN(value) {
		return "–"
	}
	text := digits(value * u.scale)
	if ratio := median(ratios); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
		text += fmt.Sprintf(" (%.2f)", ratio)
	}
	return text
}

// median returns the median of those of all that are numbers.
func median(all []float64) float64 {
	all = slices.DeleteFunc(slices.Clone(all), math.IsNaN)
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return (all[len(all)/2] + all[(len(all)-1)/2]) / 2
}

// digits returns v with three digits or more.
func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// readme is where -update writes the tables, from the top of the workbook.
var readme = filepath.Join("solutions", "ex8.2", "README.md")

var marked = regexp.MustCompile(`(?s)(<!-- begin: make bench-ftp -->\n).*(<!-- end: make bench-ftp -->)`)

// writeBetweenMarks writes text between the marks in a file.
func writeBetweenMarks(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	m := marked.FindSubmatchIndex(old)
	if m == nil {
		return errors.New(file + " has no marks that say begin: and end: make bench-ftp")
	}
	return os.WriteFile(file, slices.Concat(old[:m[3]], []byte(text), old[m[4]:]), 0o644)
}

// heading tells when, where and how the tables were made: by this program with args. Paths,
// which differ on each machine, have the names of paths.
func heading(args []string, paths map[string]string) string {
	command := "go run ./solutions/ex8.2/bench"
	for _, arg := range args {
		command += " " + cmp.Or(paths[arg], arg)
	}
	return fmt.Sprintf("Made on %s, by `%s`, on %s.\n\n", time.Now().Format("2 January 2006"), command, machine())
}

// machine describes this machine in a few words.
func machine() string {
	words := []string{fmt.Sprintf("%d processors", runtime.NumCPU())}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(text); m != nil {
			words[0] += " of an " + string(m[1])
		}
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		words = append(words, "Linux "+string(regexp.MustCompile(`^[0-9.]*`).Find(text)))
	}
	return strings.Join(append(words, runtime.Version()), ", ")
}

// notes lists what is missing from the tables.
func notes(missing []string) string {
	if len(missing) == 0 {
		return ""
	}
	return "\n- " + strings.Join(missing, "\n- ") + "\n"
}
