// Package clients runs the FTP clients and libraries that people use against a server,
// and records what they say.
//
//	s := clients.Site{Addr: "127.0.0.1:8021", Root: root, Dir: "shelf", Temp: temp}
//	for _, c := range clients.All {
//		if _, err := c.FindVersion(ctx, s); err != nil {
//			continue // it is not installed
//		}
//		err := c.Visit(ctx, s)
//	}
//
// Its test lets each of them visit the FTP server of the solutions, and keeps the table in
// CLIENTS.md. Linux only.
package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"example.com/workbook/testutil/kit/program"
)

// A Client is a program or library, and how it is called. In all command lines HOST, PORT
// and DIR stand for those of the server, and SCRIPTS for the directory of the scripts. Each
// runs in a directory of its own, where mine.bin is the file to upload.
type Client struct {
	Name    string
	Needs   []string // programs and files without which it cannot run
	TLS     bool     // the server must have TLS
	Version []string // prints the version, which has a point or 8 digits

	Read  []Line // lists the directory, and fetches Gets
	Gets  []string
	Lists bool
	Write []Line // uploads mine.bin, which becomes Puts
	Puts  string
	Large []Line // one that fetches large.bin, until it is interrupted

	End  string // how it ends, if that differs from visit to visit
	Note string // what the table says of it
}

// A Line is a command line, and what the user types to it.
type Line struct {
	Args  []string
	Input string
}

func line(args ...string) Line { return Line{Args: args} }

// The files that most clients fetch, and those in a directory.
var (
	files = []string{"empty.txt", "noise.bin", "two words.txt"}
	trees = []string{"tree/leaf.txt", "tree/deep/bytes.bin"}
	all   = slices.Concat(files, trees)
)

var version = regexp.MustCompile(`[0-9]+(\.[0-9]+)+\w*|[0-9]{8}`)

// FindVersion returns the version of the client. It is an error if this machine does not have
// the client, or a program that it needs.
func (c *Client) FindVersion(ctx context.Context, s Site) (string, error) {
	for _, name := range c.Needs {
		if _, err := os.Stat(name); filepath.IsAbs(name) && err == nil {
			continue
		}
		if _, err := exec.LookPath(name); err != nil {
			return "", err
		}
	}
	status, out, err := s.run(ctx, Line{Args: c.Version})
	if err != nil {
		return "", err
	}
	if status != 0 {
		return "", fmt.Errorf("%q exits with status %d:\n%s", c.Version, status, out)
	}
	v := version.FindString(out)
	if v == "" {
		return "", fmt.Errorf("%q prints no version:\n%s", c.Version, out)
	}
	return v, nil
}

// A Site is what a client visits.
type Site struct {
	Addr string // of the server: "127.0.0.1:8021"
	Root string // of its files
	Dir  string // in the root, the directory that the client visits
	Temp string // exists; for what the client fetches
}

// run runs a command line and returns what it printed. It is an error if the client does
// not end before ctx does.
func (s Site) run(ctx context.Context, l Line) (status int, out string, err error) {
	p, err := s.start(l)
	if err != nil {
		return 0, "", err
	}
	defer p.Stop()
	status, err = p.Wait(ctx)
	if err != nil {
		err = fmt.Errorf("%v does not end: %w\n%s", p, err, p.Output())
	}
	return status, p.Output(), err
}

func (s Site) start(l Line) (*program.Process, error) {
	scripts, err := s.scripts()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.home(), 0o755); err != nil {
		return nil, err
	}
	host, port, _ := strings.Cut(s.Addr, ":")
	words := strings.NewReplacer("HOST", host, "PORT", port, "DIR", s.Dir, "SCRIPTS", scripts)
	var args []string
	for _, arg := range l.Args {
		args = append(args, words.Replace(arg))
	}
	typed := filepath.Join(s.Temp, "typed")
	if err := os.WriteFile(typed, []byte(words.Replace(l.Input)), 0o644); err != nil {
		return nil, err
	}
	// The shell opens the file that the client reads, and becomes the client.
	cmd := exec.Command("sh", append([]string{"-c", `exec "$@" <"$0"`, typed}, args...)...)
	cmd.Dir = s.home()
	cmd.Env = []string{ // and no proxies
		"HOME=" + s.home(),
		"LC_ALL=C.UTF-8",
		"NODE_PATH=" + nodePath(),
		"PATH=" + os.Getenv("PATH"),
		"REAL_HOME=" + os.Getenv("HOME"), // where Go keeps modules
		"RCLONE_CONFIG=" + os.DevNull,
		"TERM=dumb",
		"TMPDIR=" + s.Temp,
		"TZ=UTC",
		"XDG_RUNTIME_DIR=" + s.Temp,
	}
	return program.Start(cmd)
}

// home is the directory in which the client runs.
func (s Site) home() string { return filepath.Join(s.Temp, "home") }

// nodePath returns where npm install --global may have put packages: beside node, or on Debian
// in /usr/local.
func nodePath() string {
	node, err := exec.LookPath("node")
	if err != nil {
		return ""
	}
	return filepath.Join(node, "../../lib/node_modules") + ":/usr/local/lib/node_modules"
}
