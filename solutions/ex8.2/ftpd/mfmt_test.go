package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestMFMT(t *testing.T) {
	s := start(t, writable(), files{"two words.txt": "", "sub/a": "", "outside.txt": arrow + "../outside.txt"})
	before, err := os.Stat(filepath.Join(s.base, "outside.txt"))
	if err != nil {
		t.Fatal(err)
	}
	c := s.login(t)
	for _, tt := range []struct {
		line string
		code int
		text string // "" for any
	}{
		{"MFMT 20200304150926 two words.txt", 213, "Modify=20200304150926; two words.txt"},
		{"MDTM two words.txt", 213, "20200304150926"},
		{"MFMT 20210304150926.5 two words.txt", 213, "Modify=20210304150926; two words.txt"},
		{"MDTM two words.txt", 213, "20210304150926"},
		{"MFMT 23000101000000 two words.txt", 501, ""}, // or it would be that of another century
		{"MFMT 00010101000000 two words.txt", 501, ""},
		{"MDTM two words.txt", 213, "20210304150926"},
		{"MFMT 20200304150926 sub", 213, ""},
		{"MFMT 20200304150926 nosuch", 550, ""},
		{"MFMT 20200304150926 outside.txt", 550, ""},
		{"MFMT 20200304150926", 501, ""},
		{"MFMT 2020 two words.txt", 501, ""},
		{"MFMT two words.txt", 501, ""},
	} {
		if text := c.do(tt.line, tt.code); tt.text != "" && text != tt.text {
			t.Errorf("the reply to %s is %d %s, want %s", tt.line, tt.code, text, tt.text)
		}
	}
	if info, err := os.Stat(filepath.Join(s.dir, "sub")); err != nil || !info.ModTime().Equal(time.Date(2020, time.March, 4, 15, 9, 26, 0, time.UTC)) {
		t.Errorf("after MFMT sub is %v, %v, want it of 2020", info, err)
	}
	if after, err := os.Stat(filepath.Join(s.base, "outside.txt")); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("after MFMT of a link that leads outside its file is %v, %v, want it as it was", after, err)
	}
}
