package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// build builds the test binaries of the programs in folders, "exercises/ex8.1/clock2",
// into dir, and returns what the compiler says of each that does not compile.
func (g *grading) build(ctx context.Context, dir string, programs []string) (errs map[string]string, err error) {
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	if g.Race {
		args = append(args, "-race")
	}
	if len(g.replace) > 0 {
		overlay := filepath.Join(dir, "overlay.json")
		text, err := json.Marshal(map[string]any{"Replace": g.replace})
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(overlay, text, 0o666); err != nil {
			return nil, err
		}
		args = append(args, "-overlay="+overlay)
	}
	for _, p := range programs {
		args = append(args, "./"+p)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = g.Top
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return nil, fmt.Errorf("run the go command: %w", err)
	}
	errs = make(map[string]string)
	for _, p := range programs {
		if _, err := os.Stat(testBinary(dir, p)); err != nil {
			errs[p] = about(out, p)
		}
	}
	return errs, nil
}

// testBinary returns the path of a program's test binary in dir.
func testBinary(dir, program string) string {
	name := filepath.Join(dir, filepath.Base(program)+".test")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// about returns the part of the go command's output that is about a program: it
// begins with a line "# example.com/workbook/exercises/ex8.1/clock2", or names its
// files. If there is none it returns all.
func about(out []byte, program string) string {
	var text strings.Builder
	inside := false
	for line := range bytes.Lines(out) {
		if name, ok := bytes.CutPrefix(line, []byte("# ")); ok {
			inside = bytes.Contains(name, []byte(program))
			continue
		}
		if bytes.HasPrefix(line, []byte("FAIL")) {
			continue // as go test says once more of a package that it cannot set up
		}
		if inside || strings.HasPrefix(filepath.ToSlash(string(line)), program+"/") {
			text.Write(line)
		}
	}
	if text.Len() == 0 {
		return string(bytes.TrimSpace(out))
	}
	return strings.TrimSpace(text.String())
}
