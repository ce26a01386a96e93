package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"example.com/workbook/testutil/grader/sandbox"
)

// analyzers are those of go vet that find mistakes which beginners make, and need to know
// nothing of other packages.
var analyzers = []string{
	"-assign", "-atomic", "-bools", "-copylocks", "-defers", "-errorsas", "-httpresponse", "-ifaceassert", "-loopclosure",
	"-lostcancel", "-nilfunc", "-printf", "-shift", "-sigchanyzer", "-stringintconv", "-unmarshal", "-unusedresult", "-waitgroup",
}

// maxVet is how much of what go vet says of one program is kept.
const maxVet = 5 // lines

// vet returns what go vet says of programs that compile, whose files are in dirs. It
// starts the tool behind the go command itself, which would first look at all packages
// that the programs import, those of the standard library too. What keeps it from that is
// no problem: the points do not depend on it.
func (g *grading) vet(ctx context.Context, names []string, dirs map[string]string) (notes []string) {
	if len(names) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.buildTime)
	defer cancel()
	cmd, err := g.goCommand(ctx, []string{"list", "-e", "-export", "-deps", "-f", "{{context.GOROOT}}\t{{.ImportPath}}\t{{.Export}}"}, names)
	if err != nil {
		return nil
	}
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	packages := make(map[string]string) // by import path, the file with the types that it exports
	ids := make(map[string]string)
	root := ""
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 3 {
			root, packages[fields[1]], ids[fields[1]] = fields[0], fields[2], fields[1]
		}
	}
	tool := filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH, "vet")
	for _, name := range names {
		for i, line := range g.vetProgram(ctx, tool, name, dirs[name], packages, ids) {
			if i == maxVet {
				break
			}
			notes = append(notes, "go vet: "+line)
		}
	}
	return notes
}

// vetProgram returns what go vet says of one program, a line for each remark.
func (g *grading) vetProgram(ctx context.Context, tool, name, dir string, packages, ids map[string]string) []string {
	var files []string
	names, _ := Files(dir) // it was read before
	for _, file := range names {
		if ok, err := build.Default.MatchFile(dir, file); err == nil && ok {
			files = append(files, filepath.Join(dir, file))
		}
	}
	version := strings.Fields(runtime.Version())[0]
	if parts := strings.Split(version, "."); len(parts) > 2 {
		version = strings.Join(parts[:2], ".")
	}
	// The configuration is that of golang.org/x/tools/go/analysis/unitchecker.
	text, err := json.Marshal(map[string]any{
		"ID": name, "Compiler": "gc", "Dir": dir, "ImportPath": "example.com/workbook/" + name, "GoVersion": version,
		"GoFiles": files, "ImportMap": ids, "PackageFile": packages,
		"VetxOutput": filepath.Join(g.temp, strings.ReplaceAll(name, "/", "-")+".vetx"), // which is not needed
	})
	if err != nil {
		return nil
	}
	config := filepath.Join(g.temp, strings.ReplaceAll(name, "/", "-")+"-vet.cfg")
	if writeFile(config, text) != nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, tool, append(slices.Clone(analyzers), config)...)
	cmd.Env = goEnviron(os.Environ(), g.temp)
	sandbox.Bound(cmd, buildBounds)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run() // if it fails, it has said something
	var remarks []string
	for line := range strings.Lines(g.inWorkbook(stderr.String())) {
		if strings.HasPrefix(filepath.ToSlash(line), name+"/") {
			remarks = append(remarks, strings.TrimSpace(line))
		}
	}
	return remarks
}
