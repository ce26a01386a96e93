package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/workbook/solutions/ex8.2/clients"
)

// echoes returns a client that is installed everywhere, and prints its name.
func echoes(name string) clients.Client {
	return clients.Client{Name: name, Needs: []string{"sh"}, Version: []string{"echo", "1.0"},
		Read: []clients.Line{{Args: []string{"echo", name}}}}
}

func TestClientsVisitInTurns(t *testing.T) {
	lacking := echoes("lacking")
	lacking.Needs = []string{"no-such-program"}
	turns, err := findTurns(t.Context(), []clients.Client{echoes("a"), lacking, echoes("b")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 5 {
		got = append(got, turns.next().Name)
	}
	if want := []string{"a", "b", "a", "b", "a"}; !slices.Equal(got, want) {
		t.Errorf("the clients come in turns as %q, want %q", got, want)
	}
	if got, want := turns.String(), "5 visits of clients in turns, of which 0 were killed: a; b"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

func TestNoClientIsInstalled(t *testing.T) {
	turns, err := findTurns(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := turns.next(); c != nil {
		t.Errorf("next() = %s, want none", c.Name)
	}
	if got, want := turns.String(), "no client of package clients is installed"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// A client of the turns that fails is noticed, one that is slow is killed, and neither leaves its
// files behind.
func TestVisitOfATurn(t *testing.T) {
	s, err := start(t.Context(), build(t, ""), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	fails, slow := echoes("fails"), echoes("slow")
	fails.Read = []clients.Line{{Args: []string{"false"}}}
	slow.Read = []clients.Line{{Args: []string{"sleep", "1000"}}}
	turns, err := findTurns(t.Context(), []clients.Client{echoes("good"), fails, slow})
	if err != nil {
		t.Fatal(err)
	}
	if err := turns.visit(t.Context(), s); err != nil {
		t.Errorf("a visit of the client good: %v", err)
	}
	if err := turns.visit(t.Context(), s); err == nil || !strings.Contains(err.Error(), "fails") {
		t.Errorf("a visit of the client fails: %v, want an error with its name", err)
	}
	if err := turns.breakOff(t.Context(), s); err != nil || turns.killed.Load() != 1 {
		t.Errorf("a visit of the client slow: %v, and %d clients were killed, want 1", err, turns.killed.Load())
	}
	if left, _ := filepath.Glob(filepath.Join(s.root, "*", "noise.bin")); left != nil {
		t.Errorf("the visits leave %q, want nothing", left)
	}
}

// A real client in turns, whole and killed, leaves the server as it was.
func TestServerIsLevelAfterTurns(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skipf("curl is not installed: %v", err)
	}
	ftpd := build(t, "")
	temp := t.TempDir()
	files, _, err := afterOneVisit(t.Context(), ftpd, temp)
	if err != nil {
		t.Fatal(err)
	}
	s, err := start(t.Context(), ftpd, temp)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	curl := slices.IndexFunc(clients.All, func(c clients.Client) bool { return c.Name == "curl" })
	turns, err := findTurns(t.Context(), clients.All[curl:curl+1])
	if err != nil {
		t.Fatal(err)
	}
	if err := turns.visit(t.Context(), s); err != nil {
		t.Error(err)
	}
	for limit := time.Millisecond; limit < time.Second; limit *= 2 {
		s.serve(t.Context(), turns.next(), limit) // whole or killed
	}
	if _, err := s.rest(t.Context(), files); err != nil {
		t.Error(err)
	}
}
