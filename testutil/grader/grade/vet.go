package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

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
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		remarks, ok := g.keptRemarks(name)
		notes = append(notes, vetNotes(remarks)...)
		return ok
	})
	if len(names) == 0 || g.Unvetted {
		return notes
	}
	ctx, cancel := context.WithTimeout(ctx, g.buildTime)
	defer cancel()
	export, err := g.exports(ctx, imported(dirs, names))
	if err != nil {
		return notes
	}
	tool := vetTool(export.root)
	for _, name := range names {
		remarks := g.vetProgram(ctx, tool, name, dirs[name], export)
		if ctx.Err() == nil {
			g.keepRemarks(name, remarks)
		}
		notes = append(notes, vetNotes(remarks)...)
	}
	return notes
}

// vetNotes returns the first of what go vet says of a program, as notes.
func vetNotes(remarks []string) (notes []string) {
	for _, line := range remarks[:min(len(remarks), maxVet)] {
		notes = append(notes, "go vet: "+line)
	}
	return notes
}

// imported returns the packages that programs import, whose files are in dirs, in order.
func imported(dirs map[string]string, names []string) []string {
	paths := map[string]bool{"runtime": true} // which all do
	for _, name := range names {
		for _, file := range builtFiles(dirs[name]) {
			syntax, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				continue
			}
			for _, spec := range syntax.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil {
					paths[path] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// builtFiles returns those of a program's files in dir that are built here.
func builtFiles(dir string) (files []string) {
	names, _ := Files(dir) // it was read before
	for _, file := range names {
		if ok, err := build.Default.MatchFile(dir, file); err == nil && ok {
			files = append(files, filepath.Join(dir, file))
		}
	}
	return files
}

// exports are packages, and all that these import.
type exports struct {
	root  string            // of Go
	files map[string]string // by import path, the file with the types that it exports
}

// listed is what the go command has said of packages: the programs of a class import the same
// few, and these stay the same while a class is graded.
var listed listing

// A listing keeps what the go command has said of packages of one workbook.
type listing struct {
	mu    sync.Mutex // guards the rest, and is held while the go command runs
	of    string     // the workbook and the flags
	asked map[string]bool
	all   exports // is replaced, and not changed
}

// forget forgets all packages.
func (l *listing) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of, l.asked, l.all = "", nil, exports{}
}

// exports has the go command say where the exported types of packages are. The result may
// hold others, too.
func (g *grading) exports(ctx context.Context, paths []string) (exports, error) {
	if slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(path, "example.com/workbook/") }) {
		return g.list(ctx, paths) // a student's own, perhaps
	}
	listed.mu.Lock()
	defer listed.mu.Unlock()
	if of := fmt.Sprintf("%s %t", g.Top, g.Race); listed.of != of {
		listed.of, listed.asked, listed.all = of, make(map[string]bool), exports{}
	}
	paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return listed.asked[path] })
	if len(paths) == 0 {
		return listed.all, nil
	}
	more, err := g.list(ctx, paths)
	if err != nil {
		return exports{}, err
	}
	maps.Copy(more.files, listed.all.files)
	for _, path := range paths {
		listed.asked[path] = true
	}
	listed.all = more
	return more, nil
}

// list runs the go command for exports.
func (g *grading) list(ctx context.Context, paths []string) (exports, error) {
	args := []string{"list", "-e", "-export", "-deps", "-f", "{{context.GOROOT}}\t{{.ImportPath}}\t{{.Export}}"}
	cmd, err := g.goCommand(ctx, args, nil)
	if err != nil {
		return exports{}, err
	}
	cmd.Args = append(cmd.Args, paths...)
	out, err := cmd.Output()
	if err != nil {
		return exports{}, err
	}
	all := exports{files: make(map[string]string)}
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 3 {
			all.root, all.files[fields[1]] = fields[0], fields[2]
		}
	}
	return all, nil
}

// vetTool returns the tool behind go vet, for Go in the folder root. It runs on the processor of
// the go command, which may be another than that of this process: in an emulator, or with 32 bits.
func vetTool(root string) string {
	tools := filepath.Join(root, "pkg", "tool")
	own := filepath.Join(tools, runtime.GOOS+"_"+runtime.GOARCH)
	found, _ := filepath.Glob(filepath.Join(tools, "*", "vet*")) // vet.exe on Windows
	for _, tool := range found {
		if filepath.Dir(tool) == own {
			return tool
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return filepath.Join(own, "vet") // which cannot be started
}

// vetProgram returns what go vet says of one program, a line for each remark.
func (g *grading) vetProgram(ctx context.Context, tool, name, dir string, export exports) []string {
	files := builtFiles(dir)
	version := strings.Fields(runtime.Version())[0]
	if parts := strings.Split(version, "."); len(parts) > 2 {
		version = strings.Join(parts[:2], ".")
	}
	// The configuration is that of golang.org/x/tools/go/analysis/unitchecker.
	ids := make(map[string]string)
	for path := range export.files {
		ids[path] = path
	}
	text, err := json.Marshal(map[string]any{
		"ID": name, "Compiler": "gc", "Dir": dir, "ImportPath": "example.com/workbook/" + name, "GoVersion": version,
		"GoFiles": files, "ImportMap": ids, "PackageFile": export.files,
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
	sandbox.Bound(cmd, g.bounds())
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
