package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkGrade grades the solutions in place of the stubs, with a warm build cache,
// and reports beside the time for one grading:
//
//	ms-to-first-line   until the first line is on the screen
//	x-build            the time as a multiple of what compiling and linking alone takes
//
//	go test -run '^$' -bench Grade -benchtime 5x ./testutil/cmd/workbook
func BenchmarkGrade(b *testing.B) {
	for _, tt := range []struct {
		exercise string
		programs []string
	}{
		{"ex8.1", []string{"./exercises/ex8.1/clock2", "./exercises/ex8.1/clockwall"}},
		{"ex8.2", []string{"./exercises/ex8.2/ftpd"}},
	} {
		b.Run(tt.exercise, func(b *testing.B) {
			top := solved(b)
			gradeOnce(b, top, tt.exercise) // warms the build cache
			buildOnce(b, top, tt.programs)
			var first, build time.Duration
			for b.Loop() {
				first += gradeOnce(b, top, tt.exercise)
				b.StopTimer()
				build += buildOnce(b, top, tt.programs)
				b.StartTimer()
			}
			b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "ms-to-first-line")
			b.ReportMetric(float64(b.Elapsed())/float64(build), "x-build")
		})
	}
}

// solved returns a copy of the workbook with the solutions in place of the stubs.
func solved(b *testing.B) (top string) {
	b.Helper()
	top = copied(b)
	for _, program := range []string{"ex8.1/clock2", "ex8.1/clockwall", "ex8.2/ftpd"} {
		submit(b, program, filepath.Join(top, "exercises"))
	}
	return top
}

// gradeOnce grades an exercise, and returns how long it took until the first line.
func gradeOnce(b *testing.B, top, exercise string) (first time.Duration) {
	b.Helper()
	cmd := command(b, "grade", exercise)
	cmd.Dir = top
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	lines.ReadString('\n')
	first = time.Since(start)
	rest, _ := io.ReadAll(lines)
	if err := cmd.Wait(); err != nil {
		b.Fatalf("grade %s: %v, want full marks:\n%s", exercise, err, rest)
	}
	return first
}

// buildOnce builds the tests of programs, as a grading does.
func buildOnce(b *testing.B, top string, programs []string) (took time.Duration) {
	b.Helper()
	args := []string{"test", "-c", "-race", "-vet=off", "-ldflags=-s -w", "-o", b.TempDir() + string(filepath.Separator)}
	cmd := exec.Command("go", append(args, programs...)...)
	cmd.Dir = top
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return time.Since(start)
}

// BenchmarkFeedback grades a class of eight different programs, without feedback and with it,
// and reports the processor time of the first as a part of that of the second.
//
//	go test -run '^$' -bench Feedback -benchtime 1x ./testutil/cmd/workbook
func BenchmarkFeedback(b *testing.B) {
	class := b.TempDir()
	for i := range 8 {
		dir := filepath.Join(class, fmt.Sprintf("student%02d", i), "exercises")
		submit(b, "ex8.1/clock2", dir)
		file := filepath.Join(dir, "ex8.1", "clock2", "more.go")
		if err := os.WriteFile(file, fmt.Appendf(nil, "package main\n\nvar _ = %d\n\nfunc init() { println(%d) }\n", i, i), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	grade := func(flags ...string) time.Duration {
		args := append([]string{"grade", "-class", class, "-o", filepath.Join(b.TempDir(), "results.csv")}, flags...)
		cmd := command(b, append(args, "-run", "TestClock/writes_the_time_at_once", "ex8.1")...)
		cmd.Run() // the status is 1: there is no clockwall
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	grade() // warms the build cache
	var without, with time.Duration
	for b.Loop() {
		with += grade("-feedback", b.TempDir())
		without += grade()
	}
	b.ReportMetric(float64(without)/float64(with), "x-feedback")
}

// BenchmarkClass grades a class of twenty, on one processor and on two, and reports
// the time on one as a multiple of that on two. It takes the command taskset.
//
//	go test -run '^$' -bench Class -benchtime 1x ./testutil/cmd/workbook
func BenchmarkClass(b *testing.B) {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		b.Skip(err)
	}
	class := b.TempDir()
	for i := range 20 {
		for _, program := range []string{"ex8.1/clock2", "ex8.1/clockwall"} {
			submit(b, program, filepath.Join(class, fmt.Sprintf("student%02d", i), "exercises"))
		}
	}
	grade := func(processors string) time.Duration {
		cmd := command(b, "grade", "-class", class, "-o", filepath.Join(b.TempDir(), "results.csv"), "ex8.1")
		cmd.Args = append([]string{taskset, "-c", processors, cmd.Path}, cmd.Args[1:]...)
		cmd.Path = taskset
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", cmd, err, out)
		}
		return time.Since(start)
	}
	var one, two time.Duration
	for b.Loop() {
		two += grade("0,1")
		b.StopTimer()
		one += grade("0")
		b.StartTimer()
	}
	b.ReportMetric(float64(one)/float64(two), "x-on-two")
}
