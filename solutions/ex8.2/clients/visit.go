package clients

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

//go:embed scripts
var scripts embed.FS

// scripts returns the directory with the scripts.
func (s Site) scripts() (dir string, err error) {
	dir = filepath.Join(s.Temp, "scripts")
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	return dir, os.CopyFS(s.Temp, scripts)
}

// contents are the files of the directory that clients visit.
func contents() map[string]string {
	return map[string]string{
		"empty.txt":           "",
		"noise.bin":           noise(10 << 20),
		"two words.txt":       "two words\n",
		"listed.txt":          "this is listed, and not fetched\n",
		"tree/leaf.txt":       "leaf\n",
		"tree/deep/bytes.bin": noise(1000),
	}
}

// noise returns n bytes, always the same, which text mode would change.
func noise(n int) string {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return string(b)
}

// mine is what clients upload.
var mine = noise(1 << 20)

func write(dir string, files map[string]string) error {
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// fill makes the files of the server and of the client.
func (s Site) fill() error {
	if err := write(filepath.Join(s.Root, s.Dir), contents()); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(s.home(), "tree", "deep"), 0o755); err != nil {
		return err
	}
	return write(s.home(), map[string]string{"mine.bin": mine})
}

// Visit has the client list, fetch and upload, and returns an error if a file
// is not what it should be, or if the client fails. The server must let it write.
func (c *Client) Visit(ctx context.Context, s Site) error {
	if err := c.Fetch(ctx, s); err != nil {
		return err
	}
	return c.Upload(ctx, s)
}

// Fetch has the client list the directory, and fetch files.
func (c *Client) Fetch(ctx context.Context, s Site) error {
	if err := s.fill(); err != nil {
		return err
	}
	out, err := c.lines(ctx, s, c.Read)
	if err != nil {
		return err
	}
	if c.Lists && !strings.Contains(out, "listed.txt") {
		return fmt.Errorf("%s prints no listing with listed.txt:\n%s", c.Name, out)
	}
	want := contents()
	for _, name := range c.Gets {
		if err := c.same(s.home(), name, want[name]); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
	}
	return nil
}

// Upload has the client upload a file, and rename it if it can.
func (c *Client) Upload(ctx context.Context, s Site) error {
	if len(c.Write) == 0 {
		return nil
	}
	if err := s.fill(); err != nil {
		return err
	}
	out, err := c.lines(ctx, s, c.Write)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.Root, s.Dir)
	if err := c.same(dir, c.Puts, mine); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	want := contents()
	want[c.Puts] = ""
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if _, ok := want[filepath.ToSlash(name)]; err == nil && !ok {
			err = fmt.Errorf("%s leaves the file %s, want %s alone:\n%s", c.Name, name, c.Puts, out)
		}
		return err
	})
}

// lines runs command lines, up to the first that fails.
func (c *Client) lines(ctx context.Context, s Site, lines []Line) (out string, err error) {
	for _, l := range lines {
		status, text, err := s.run(ctx, l)
		out += text
		if err == nil && status != 0 {
			err = fmt.Errorf("%s: %.200q: exit status %d, want 0:\n%s", c.Name, l.Args, status, text)
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

func (c *Client) same(dir, name, want string) error {
	got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", c.Name, err)
	case string(got) != want:
		return fmt.Errorf("%s: %s has %d bytes, want %d, and the same", c.Name, name, len(got), len(want))
	}
	return nil
}
