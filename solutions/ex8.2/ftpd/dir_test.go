package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	tests := []struct{ dir, name, want string }{
		{"/", "", "/"},
		{"/", "a", "/a"},
		{"/", ".", "/"},
		{"/", "..", "/"},
		{"/", "../../a", "/a"},
		{"/", "/a/", "/a"},
		{"/", "//a//b", "/a/b"},
		{"/", "a b ", "/a b "},
		{"/", `..\a`, `/..\a`},
		{"/", "...", "/..."},
		{"/sub", "", "/sub"},
		{"/sub", "a", "/sub/a"},
		{"/sub", "..", "/"},
		{"/sub", "../..", "/"},
		{"/sub", "/", "/"},
		{"/sub", "/..", "/"},
		{"/sub", "/../a/./b/../c", "/a/c"},
		{"/sub/deep", "../a", "/sub/a"},
	}
	for _, tt := range tests {
		s := &session{dir: tt.dir}
		if got := s.path(tt.name); got != tt.want {
			t.Errorf("in %s, path(%q) = %q, want %q", tt.dir, tt.name, got, tt.want)
		}
	}
}

// Whatever a client calls a file, it is in the root.
func FuzzPath(f *testing.F) {
	for _, name := range []string{"", "..", "/../..", "a/../../b", "//", "a\x00b", "....//", "~", "a/.."} {
		f.Add("sub/deep", name)
		f.Add("", name)
	}
	f.Fuzz(func(t *testing.T, dir, name string) {
		s := &session{dir: "/"}
		s.dir = s.path(dir)
		p := s.path(name)
		if !strings.HasPrefix(p, "/") {
			t.Errorf("in %q, path(%q) = %q, want it to start with a slash", s.dir, name, p)
		}
		if in := filepath.FromSlash(inRoot(p)); !filepath.IsLocal(in) && filepath.Separator == '/' {
			t.Errorf("in %q, path(%q) = %q, in the root %q, want it local", s.dir, name, p, in)
		}
		if again := s.path(p); again != p {
			t.Errorf("in %q, path(%q) = %q, but path of that is %q", s.dir, name, p, again)
		}
	})
}

func TestQuote(t *testing.T) {
	for name, want := range map[string]string{"/": `"/"`, `/q"d`: `"/q""d"`, `"`: `""""`, "/two words": `"/two words"`} {
		if got := quote(name); got != want {
			t.Errorf("quote(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestWorkingDirectory(t *testing.T) {
	c := start(t, defaults, files{"sub/deep/file": "", "link": arrow + "sub/deep", "out": arrow + "../private", `q/r`: ""}).login(t)
	for _, tt := range []struct {
		line string
		code int
		want string // of PWD afterwards
	}{
		{"NOOP", 200, "/"},
		{"CWD sub/deep", 250, "/sub/deep"},
		{"CWD file", 550, "/sub/deep"},
		{"CWD nosuch", 550, "/sub/deep"},
		{"CDUP", 250, "/sub"},
		{"CWD deep/", 250, "/sub/deep"},
		{"CWD ../../../..", 250, "/"},
		{"CDUP", 250, "/"},
		{"CWD link", 250, "/link"},
		{"CWD /out", 550, "/link"},
		{"CWD /sub//deep/./..", 250, "/sub"},
		{"CWD ~", 550, "/sub"},
		{"CWD a\x00b", 550, "/sub"},
		{"CWD /", 250, "/"},
	} {
		c.do(tt.line, tt.code)
		if got := c.do("PWD", 257); !strings.HasPrefix(got, quote(tt.want)+" ") {
			t.Errorf("after %q, the reply to PWD is 257 %s, want 257 %s", tt.line, got, quote(tt.want))
		}
	}
}
