// Wall shows exercise 8.1 at work: three clock servers, in New York, London and
// Tokyo, and the clock wall over them.
//
// Usage:
//
//	wall [-dir directory]
//
// It builds the programs clock2 and clockwall of the directory, by default solutions/ex8.1.
// A relative directory starts at the root of the module. It starts clock2 three times, each
// with a zone in TZ and a port that the operating system picks. Then it starts clockwall with
// their addresses. Anywhere in the module:
//
//	$ go run example.com/workbook/solutions/ex8.1/wall -dir exercises/ex8.1 | cat
//	NewYork   London    Tokyo
//	09:59:58  14:59:58  22:59:58
//	09:59:59  14:59:59  22:59:59
//	^C
//
// In a terminal the clocks tick in place. Ctrl-C ends all four programs, with
// exit status 0. If one of them cannot be built or started, or clockwall fails,
// wall says so, ends the others too, and exits with status 1:
//
//	wall: starting clock2 with TZ=America/New_York: exit status 1: clock2: not started
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// A server has startTime to say where it listens.
	startTime = 10 * time.Second

	// Ctrl-C reaches all programs within signalTime.
	signalTime = 200 * time.Millisecond

	// An interrupted clockwall has endTime before it is killed.
	endTime = 3 * time.Second
)

var cities = []struct{ name, zone string }{
	{"NewYork", "America/New_York"},
	{"London", "Europe/London"},
	{"Tokyo", "Asia/Tokyo"},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("wall: ")
	dir := flag.String("dir", "solutions/ex8.1", "show the clock2 and clockwall of this `directory`")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, *dir); err != nil && !interrupted(ctx, err) {
		log.Fatal(err)
	}
}

// interrupted reports whether ctx has ended or is about to. Ctrl-C reaches the
// programs that wall runs too: one of them may end of it, which is not an error,
// before wall knows of it.
func interrupted(ctx context.Context, err error) bool {
	if _, ended := errors.AsType[*exec.ExitError](err); !ended {
		return ctx.Err() != nil
	}
	select {
	case <-ctx.Done():
		return true
	case <-time.After(signalTime):
		return false
	}
}

// run shows the clocks of dir until clockwall or ctx ends. It leaves no process
// and no file behind.
func run(ctx context.Context, dir string) error {
	bin, err := os.MkdirTemp("", "wall")
	if err != nil {
		return err
	}
	defer os.RemoveAll(bin)
	if err := build(ctx, dir, bin); err != nil {
		return err
	}
	var args []string
	for _, city := range cities {
		s, err := startServer(ctx, filepath.Join(bin, "clock2"), city.zone)
		if err != nil {
			return fmt.Errorf("starting clock2 with TZ=%s: %w", city.zone, err)
		}
		defer s.stop()
		args = append(args, city.name+"="+s.addr)
	}
	if err := show(ctx, exec.Command(filepath.Join(bin, "clockwall"), args...)); err != nil {
		return fmt.Errorf("running clockwall: %w", err)
	}
	return nil
}

// build builds the programs of dir into bin. The go command itself prints what
// does not compile.
func build(ctx context.Context, dir, bin string) error {
	if !filepath.IsAbs(dir) {
		root, err := moduleRoot(ctx)
		if err != nil {
			return err
		}
		dir = filepath.Join(root, dir)
	}
	for _, name := range []string{"clock2", "clockwall"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("finding the programs to build: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "./clock2", "./clockwall")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOTMPDIR="+bin) // where the go command, if killed, leaves files
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building clock2 and clockwall in %s: %w", dir, err)
	}
	return nil
}

// moduleRoot returns the directory of the go.mod that rules the current one.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the root of the module with go env GOMOD: %w", err)
	}
	gomod := strings.TrimSpace(string(out))
	if gomod == "" || gomod == os.DevNull {
		return "", errors.New("the current directory is in no module; run wall in that of the exercises")
	}
	return filepath.Dir(gomod), nil
}

// A server is a clock2 that listens.
type server struct {
	cmd  *exec.Cmd
	addr string
	read chan struct{} // closed when all that it printed is read
}

// startServer starts clock2 in the given zone, and waits until it says where it
// listens. What it prints later on standard error appears on ours.
func startServer(ctx context.Context, clock2, zone string) (*server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	cmd := exec.Command(clock2, "-port", "0")
	cmd.Env = append(os.Environ(), "TZ="+zone)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() }) // ends the read of a silent server
	defer stop()

	printed := bufio.NewReader(stderr)
	addr, text := readAddr(printed)
	if addr == "" {
		return nil, ended(ctx, cmd, text)
	}
	s := &server{cmd, addr, make(chan struct{})}
	go func() {
		io.Copy(os.Stderr, printed)
		close(s.read)
	}()
	return s, nil
}

// readAddr reads what a server prints up to the line that tells its address. If
// there is none, addr is empty and text is all that the server printed.
func readAddr(r *bufio.Reader) (addr, text string) {
	for {
		line, err := r.ReadString('\n')
		if addr, ok := lastAddr(line); ok {
			return addr, ""
		}
		text += line
		if err != nil {
			return "", text
		}
	}
}

// lastAddr returns the host:port at the end of line.
func lastAddr(line string) (addr string, ok bool) {
	line = strings.TrimSpace(line)
	addr = line[strings.LastIndexAny(line, " \t")+1:]
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return addr, err == nil && n > 0
}

// ended returns why the server cmd, which printed text and no address, ended.
func ended(ctx context.Context, cmd *exec.Cmd, text string) error {
	err := cmd.Wait()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("no line with host:port at its end in %v", startTime)
	case err == nil:
		err = errors.New("ended without a line with host:port at its end")
	}
	if text = strings.TrimSpace(text); text == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, text)
}

// stop kills the server and waits for its end.
func (s *server) stop() {
	s.cmd.Process.Kill()
	<-s.read
	s.cmd.Wait()
}

// show runs clockwall on our terminal until it or ctx ends.
func show(ctx context.Context, clockwall *exec.Cmd) error {
	clockwall.Stdin, clockwall.Stdout, clockwall.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := clockwall.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- clockwall.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}

	// Ctrl-C reaches clockwall too, which tidies the terminal before it ends; a
	// second interrupt could disturb it in that. Other signals reach only wall.
	select {
	case <-ended:
		return nil
	case <-time.After(signalTime):
	}
	clockwall.Process.Signal(os.Interrupt) // an error means that it has ended, or that this is Windows
	select {
	case <-ended:
	case <-time.After(endTime):
		clockwall.Process.Kill()
		<-ended
	}
	return nil
}
