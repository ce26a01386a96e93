package ftptest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestFilesOfASiteAreHandedOnUnlessTheyHaveChanged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *site) error
		want   bool
	}{
		{"nothing", func(*site) error { return nil }, true},
		{"a file that was read", func(s *site) error { _, err := os.ReadFile(filepath.Join(s.root, "hello.txt")); return err }, true},
		{"another file", func(s *site) error { return s.add("new.txt", "") }, false},
		{"a file that is gone", func(s *site) error { return os.Remove(filepath.Join(s.root, "sub/inner.txt")) }, false},
		{"a file of the same size with another text", func(s *site) error {
			name := filepath.Join(s.root, "hello.txt")
			info, err := os.Stat(name)
			if err != nil {
				return err
			}
			if err := os.WriteFile(name, []byte("HELLO, WORLD\n"), 0o644); err != nil {
				return err
			}
			return os.Chtimes(name, info.ModTime(), info.ModTime())
		}, false},
		{"the time of a file", func(s *site) error {
			return os.Chtimes(filepath.Join(s.root, "hello.txt"), time.Unix(0, 0), time.Unix(0, 0))
		}, false},
		{"the mode of a file", func(s *site) error { return os.Chmod(filepath.Join(s.root, "hello.txt"), 0o600) }, false},
		{"a file outside of the root", func(s *site) error { return os.WriteFile(filepath.Join(s.base, "new.txt"), nil, 0o600) }, false},
		{"a file that took the place of another", func(s *site) error {
			return os.Rename(filepath.Join(s.root, "hello.txt"), filepath.Join(s.root, "empty.txt"))
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name == "the mode of a file" && runtime.GOOS == "windows" {
				t.Skip("Windows has no modes of files")
			}
			t.Setenv("TMPDIR", t.TempDir())
			s, err := newSite(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.files = look(s.base)
			if err := tt.change(s); err != nil {
				t.Fatal(err)
			}
			if got := s.handOn(); got != tt.want {
				t.Errorf("after a change of %s, handOn() = %t, want %t", tt.name, got, tt.want)
			}
			if files := takeSpare(); (files != nil) != tt.want {
				t.Errorf("after a change of %s, the next site gets %v", tt.name, files)
			}
		})
	}
}
