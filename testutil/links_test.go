package testutil_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A link leads to a file, a folder or a heading. Addresses of other sites are not looked up.
func TestLinksLeadSomewhere(t *testing.T) {
	n := 0
	for _, file := range listed(t, "*.md") {
		text, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range links(string(text)) {
			n++
			if err := leads("..", file, to); err != nil {
				t.Errorf("%s: link (%s): %v", file, to, err)
			}
		}
	}
	if n < 100 {
		t.Errorf("the Markdown files have %d links, want 100 or more", n)
	}
}

var (
	fence    = regexp.MustCompile("(?ms)^ *```.*?^ *```[ \t]*$")
	target   = regexp.MustCompile(`\]\(([^)\s]+)\)|(?m)^ *\[[^\]]+\]: +(\S+)|(?:href|src)="([^"]+)"`)
	external = regexp.MustCompile(`^(https|mailto):`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`)
	unslug   = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// links returns where the links of a Markdown text lead.
func links(text string) []string {
	text = codeSpan.ReplaceAllString(fence.ReplaceAllString(text, ""), "")
	var all []string
	for _, m := range target.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1]+m[2]+m[3])
	}
	return all
}

// leads returns an error if a link in a Markdown file leads nowhere.
func leads(top, file, to string) error {
	if external.MatchString(to) {
		return nil
	}
	name, anchor, ok := strings.Cut(to, "#")
	at := file
	if name != "" {
		at = path.Join(path.Dir(file), name)
	}
	if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(at))); err != nil {
		return fmt.Errorf("there is no file %s", at)
	}
	if !ok {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(at)))
	if err != nil || !strings.HasSuffix(at, ".md") {
		return fmt.Errorf("%s has no headings", at)
	}
	if !slices.Contains(anchors(string(text)), anchor) {
		return fmt.Errorf("%s has no heading for #%s", at, anchor)
	}
	return nil
}

// anchors returns those that GitHub gives to the headings of a text.
func anchors(text string) []string {
	var all []string
	count := make(map[string]int)
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		title := linkOrNote.ReplaceAllString(m[1], "$1")
		anchor := strings.ReplaceAll(unslug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		if n := count[anchor]; n > 0 {
			all = append(all, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			all = append(all, anchor)
		}
		count[anchor]++
	}
	return all
}

func TestLinkThatLeadsNowhereIsFound(t *testing.T) {
	top := t.TempDir()
	for name, text := range map[string]string{
		"a.md":     "# One `two`: (a) three\n\n## Again\n\n```\n# code\n```\n\n## Again\n",
		"dir/b.md": "[a](../a.md)",
		"dir/c.go": "package c",
	} {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ to, want string }{
		{"../a.md", ""},
		{"../a.md#one-two-a-three", ""},
		{"../a.md#again-1", ""},
		{"c.go", ""},
		{".", ""},
		{"https://example.com/none#none", ""},
		{"a.md", "there is no file dir/a.md"},
		{"../a.md#code", "a.md has no heading for #code"},
		{"#none", "dir/b.md has no heading for #none"},
		{"c.go#L3", "dir/c.go has no headings"},
		{"http://example.com", "there is no file dir/http:/example.com"},
	} {
		got := ""
		if err := leads(top, "dir/b.md", tt.to); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("leads(%q) = %q, want %q", tt.to, got, tt.want)
		}
	}
	text := "[a](b.md), `[c](d.md)`, [`e`](f.md#g)\n\n```\n[h](i.md)\n```\n\n[j]: k.md\n"
	if got, want := links(text), []string{"b.md", "f.md#g", "k.md"}; !slices.Equal(got, want) {
		t.Errorf("links(%q) = %q, want %q", text, got, want)
	}
}
