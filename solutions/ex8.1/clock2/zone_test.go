package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSetZone(t *testing.T) {
	const file = "/usr/share/zoneinfo/Asia/Tokyo"
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not a zone"), 0o644); err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct{ name, want string }{ // want is the local time, or empty for an error
		{"", "00:00:00"},
		{"UTC", "00:00:00"},
		{"Asia/Tokyo", "09:00:00"},
		{":Asia/Tokyo", "09:00:00"},
		{file, "09:00:00"},
		{"Mars/Olympus", ""},
		{"/nonexistent", ""},
		{text, ""},
		{"Local", ""},
	}
	for _, tt := range tests {
		t.Run(strings.TrimPrefix(tt.name, filepath.Dir(text)), func(t *testing.T) {
			if _, err := os.Stat(file); tt.name == file && err != nil {
				t.Skipf("this machine has no files of time zones: %v", err)
			}
			defer func(old *time.Location) { time.Local = old }(time.Local)
			time.Local = time.UTC
			err := setZone(tt.name)
			if (err != nil) != (tt.want == "") {
				t.Fatalf("setZone(%q) = %v, want an error: %v", tt.name, err, tt.want == "")
			}
			if got := midnight.Local().Format(time.TimeOnly); err == nil && got != tt.want {
				t.Errorf("after setZone(%q) midnight UTC is %s, want %s", tt.name, got, tt.want)
			}
		})
	}
}
