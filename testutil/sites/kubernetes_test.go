package sites

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What Kubernetes says of its own files, and a program that checks files.
const (
	kubernetes  = "k8s.io/kubernetes@v1.34.2"
	kubeconform = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
)

// The Job has only fields that Kubernetes knows, with values of their types. Files with mistakes
// show that kubeconform would find them.
func TestJobKeepsToTheSchemaOfKubernetes(t *testing.T) {
	if os.Getenv("WORKBOOK_SLOW") == "" {
		t.Skip("downloads Kubernetes; runs if the environment variable WORKBOOK_SLOW is set")
	}
	dir := t.TempDir()
	t.Setenv("GOBIN", dir)
	downloaded(t, "go", "install", kubeconform)
	writeJobSchema(t, filepath.Join(dir, "job.json"))
	text, err := os.ReadFile(filepath.Join("cluster", "kubernetes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ old, new, want string }{
		"no mistake":        {},
		"an unknown field":  {"completionMode", "completionModes", "completionModes"},
		"a field elsewhere": {"mountPath: /tmp", "sizeLimit: 8Gi", "sizeLimit"},
		"another type":      {"completions: 16", `completions: "16"`, "/spec/completions"},
		"a list":            {"sizeLimit: 8Gi", "sizeLimit: [8Gi]", "sizeLimit"},
		"a field twice":     {"parallelism: 4", "parallelism: 4\n  parallelism: 4", "parallelism"},
		"no containers":     {"containers:", "initContainers:", "containers"},
	} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "kubeconform"), "-strict", "-schema-location", filepath.Join(dir, "{{.ResourceKind}}.json"), "-")
		cmd.Stdin = strings.NewReader(strings.Replace(string(text), tt.old, tt.new, 1))
		out, err := cmd.CombinedOutput()
		if failed := err != nil; failed != (tt.want != "") || !strings.Contains(string(out), tt.want) {
			t.Errorf("of the file with %s, kubeconform says %v and\n%s\nwant an error about %q", name, err, out, tt.want)
		}
	}
}

// downloaded runs a command that downloads what the test takes, and returns what it prints. It
// skips the test without a network; where CI is set, that is an error.
func downloaded(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%v: %v", cmd, err)
	}
	if err != nil {
		t.Skipf("%v: %v", cmd, err)
	}
	return out
}

// writeJobSchema writes what Kubernetes says of a Job as the schema that kubeconform wants, which
// is strict: there are no other fields.
func writeJobSchema(t *testing.T, name string) {
	t.Helper()
	var module struct{ Dir string }
	if err := json.Unmarshal(downloaded(t, "go", "mod", "download", "-json", kubernetes), &module); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "api", "openapi-spec", "v3", "apis__batch__v1_openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Components struct{ Schemas map[string]map[string]any }
	}
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "#/components/schemas/", "#/definitions/")), &api); err != nil {
		t.Fatal(err)
	}
	for _, schema := range api.Components.Schemas {
		if schema["properties"] != nil {
			schema["additionalProperties"] = false
		}
	}
	text, err = json.Marshal(map[string]any{"$ref": "#/definitions/io.k8s.api.batch.v1.Job", "definitions": api.Components.Schemas})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
}
