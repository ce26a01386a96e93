package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const factsOfFile = "type=file;size=3;modify=20200304150926;perm=r;unix.mode=0644; "

func TestMLST(t *testing.T) {
	c := listSite(t).login(t)
	for line, want := range map[string]string{
		"MLST a.txt":     factsOfFile + "/a.txt",
		"MLST sub":       "type=dir;modify=20200304150926;perm=el;unix.mode=0755; /sub",
		"MLST ../sub/":   "type=dir;modify=20200304150926;perm=el;unix.mode=0755; /sub",
		"MLST sub/d.txt": strings.Replace(factsOfFile, "3", "2", 1) + "/sub/d.txt",
	} {
		if diff := cmp.Diff("Facts:\n "+want+"\nEnd", c.do(line, 250)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
	if got := c.do("MLST", 250); !strings.HasSuffix(got, "; /\nEnd") {
		t.Errorf("the reply to MLST is %q, want the facts of /", got)
	}
	for _, name := range []string{"nosuch", "outside.txt", "private", "nowhere"} {
		c.do("MLST "+name, 550)
	}
}

func TestFactsTellWhatAClientMayWrite(t *testing.T) {
	c := start(t, writable(), files{"sub/a": ""}).login(t)
	for line, want := range map[string]string{"MLST sub": ";perm=elcmfdp;", "MLST sub/a": ";perm=rwafd;"} {
		if got := c.do(line, 250); !strings.Contains(got, want) {
			t.Errorf("the reply to %s is %q, want %s in it", line, got, want)
		}
	}
}

func TestMLSD(t *testing.T) {
	c := listSite(t).login(t)
	want := []string{
		"type=dir;modify=20200304150926;perm=el;unix.mode=0755; deep",
		"type=file;size=2;modify=20200304150926;perm=r;unix.mode=0644; d.txt",
		"type=file;size=4;modify=20200304150926;perm=r;unix.mode=0644; two words.txt",
	}
	if diff := cmp.Diff(want, sorted(t, c.fetch("MLSD sub"))); diff != "" {
		t.Errorf("MLSD sub (-want +got):\n%s", diff)
	}
	c.do("CWD sub", 250)
	if diff := cmp.Diff(want, sorted(t, c.fetch("MLSD"))); diff != "" {
		t.Errorf("MLSD in sub (-want +got):\n%s", diff)
	}
	c.data()
	c.do("MLSD /a.txt", 501)
	c.do("MLSD -a", 550) // it knows no flags
}

func TestSIZEAndMDTM(t *testing.T) {
	c := listSite(t).login(t)
	for _, tt := range []struct {
		line string
		code int
		text string // "" for any
	}{
		{"SIZE a.txt", 213, "3"},
		{"SIZE inside.txt", 213, "2"},
		{"SIZE sub", 550, "sub: is a directory"},
		{"SIZE nosuch", 550, ""},
		{"SIZE outside.txt", 550, ""},
		{"MDTM a.txt", 213, "20200304150926"},
		{"MDTM sub", 550, "sub: is a directory"},
		{"MDTM nosuch", 550, ""},
		{"TYPE A", 200, ""},
		{"SIZE a.txt", 550, ""}, // it would be that of the text with CR LF
		{"MDTM a.txt", 213, "20200304150926"},
	} {
		if text := c.do(tt.line, tt.code); tt.text != "" && text != tt.text {
			t.Errorf("the reply to %s is %d %s, want %s", tt.line, tt.code, text, tt.text)
		}
	}
}
