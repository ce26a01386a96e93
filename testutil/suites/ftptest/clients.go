package ftptest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/workbook/testutil/kit/program"
	"example.com/workbook/testutil/kit/verdict"
	"example.com/workbook/testutil/suites/suite"
)

// clients holds the second half of part 7.
var clients = []testCase{
	{
		Name: "serves_tnftp", Group: suite.Robustness, Points: 1,
		Explanation: "tnftp fetches files unchanged only if the reply to SYST is 215 UNIX. Otherwise it fetches them as text, which damages them silently. It is the standard ftp of Debian, macOS and the BSDs.",
		Run:         visit(tnftp.visit),
	},
	{
		Name: "serves_inetutils_ftp", Group: suite.Robustness, Points: 1,
		Explanation: "The ftp of GNU listens itself and sends PORT, and the server connects. With -p it sends PASV, which is enough here. It sends SYST before USER, and needs the reply 215 UNIX.",
		Run:         visit(inetutils.visit),
	},
	{
		Name: "serves_lftp", Group: suite.Robustness, Points: 1,
		Explanation: `lftp waits for CR LF at the end of each reply: with LF alone, it waits forever. It needs one reply to each command. It reads the directory between the quotes of the reply to PWD: 257 "/sub".`,
		Run:         visit(lftp.visit),
	},
	{
		Name: "serves_ncftp", Group: suite.Robustness, Points: 1,
		Explanation: "ncftp sends PWD before any other command, and crashes if the reply has no directory. To mirror a tree it reads listings in the form of ls -l. There the day of a date takes two columns: Mar  5 or Mar 14.",
		Run:         visit(ncftp.visit),
	},
	{
		Name: "serves_curl", Group: suite.Robustness, Points: 1,
		Explanation: `curl reads its first directory between the quotes of the reply to PWD, 257 "/". From there it sends a CWD for each directory of a path. It asks for data connections with EPSV, or else PASV.`,
		Run:         visit(curl.visit),
	},
	{
		Name: "serves_wget", Group: suite.Robustness, Points: 1,
		Explanation: "wget lists with LIST -a, as if the server ran ls: ignore the flags. It needs PASV, and lines like those of ls -l. It closes the connection without QUIT.",
		Run:         visit(wget.visit),
	},
	{
		Name: "serves_rclone", Group: suite.Robustness, Points: 1,
		Explanation: "rclone accepts only the code 230 for a login and 226 for the end of a transfer. It has several sessions at the same time. It needs EPSV or PASV, and listings in the form of ls -l or MLSD.",
		Run:         visit(rclone.visit),
	},
	{
		Name: "serves_pythons_ftplib", Group: suite.Robustness, Points: 1,
		Explanation: `Python's ftplib asks for data connections with PASV, and reads the directory between the quotes of the reply to PWD: 257 "/sub".`,
		Run:         visit(ftplib.visit),
	},
}

// shelf is the directory that each client visits, in the root and, as far as it
// has fetched it, in its own place. There is noise.bin too.
var shelf = map[string]string{
	"empty.txt":           "",
	"two words.txt":       "two words\n",
	"listed.txt":          "this is listed, and most clients leave it\n",
	"tree/leaf.txt":       "leaf\n",
	"tree/deep/bytes.bin": everyByte(),
}

// What most clients fetch: a few files, and a tree.
var (
	few  = []string{"empty.txt", "noise.bin", "two words.txt"}
	both = []string{"empty.txt", "noise.bin", "two words.txt", "tree/leaf.txt", "tree/deep/bytes.bin"}
)

// A userClient is an FTP client, and what it does in a visit.
type userClient struct {
	name     string
	programs []string // any one will do
	version  string   // stands in what its --version prints, in lower case; "" if nothing does
	lines    []commandLine
	active   bool // sends PORT, unless -p is its first argument
}

// A commandLine is one call of a client. HOST and PORT in args stand for the server.
type commandLine struct {
	program string // "" for the one that was found
	args    []string
	input   string   // what the user types, if anything
	lists   bool     // prints the listing of the shelf
	fetches []string // files of the shelf
	mget    string   // a file that comes only if NLST expands patterns, if any
}

var tnftp = userClient{
	name:     "tnftp",
	programs: []string{"tnftp", "ftp"},
	version:  "quittime", // one of the flags in its usage
	lines: []commandLine{{
		args:  []string{"-n", "-i", "-v", "-d", "HOST", "PORT"},
		input: typed, lists: true, fetches: few, mget: "tree/leaf.txt",
	}},
}

var inetutils = userClient{
	name:     "inetutils-ftp",
	programs: []string{"inetutils-ftp", "ftp"},
	version:  "gnu inetutils",
	lines: []commandLine{{
		args:  []string{"-n", "-i", "-v", "-d", "HOST", "PORT"},
		input: typed, lists: true, fetches: few, mget: "tree/leaf.txt",
	}},
	active: true,
}

// typed is what a user types to one of the standard clients.
const typed = `user anonymous guest@example.com
cd shelf
ls
get empty.txt
get noise.bin
get "two words.txt"
cd tree
lcd tree
mget *.txt
close
bye
`

var lftp = userClient{
	name:     "lftp",
	programs: []string{"lftp"},
	lines: []commandLine{{
		args: []string{"--norc", "-d", "-p", "PORT", "-u", "anonymous,guest@example.com", "-e",
			`set cmd:fail-exit yes; set net:max-retries 2; set net:reconnect-interval-base 0; cd shelf; ls; get empty.txt noise.bin "two words.txt"; mirror tree; exit`, "HOST"},
		lists: true, fetches: both,
	}},
}

var ncftp = userClient{
	name:     "ncftp",
	programs: []string{"ncftpget"},
	lines: []commandLine{
		{program: "ncftpls", args: []string{"-d", "stdout", "-r", "0", "-P", "PORT", "-l", "ftp://HOST/shelf/"}, lists: true},
		{args: []string{"-d", "stdout", "-r", "0", "-P", "PORT", "HOST", ".", "/shelf/empty.txt", "/shelf/noise.bin", "/shelf/two words.txt"}, fetches: few},
		{args: []string{"-d", "stdout", "-r", "0", "-P", "PORT", "-R", "HOST", ".", "/shelf/tree"}, fetches: []string{"tree/leaf.txt", "tree/deep/bytes.bin"}},
	},
}

var curl = userClient{
	name:     "curl",
	programs: []string{"curl"},
	version:  " ftp ", // one of its protocols
	lines: []commandLine{
		{args: []string{"-q", "-sS", "-v", "ftp://HOST:PORT/shelf/"}, lists: true},
		{args: []string{"-q", "-sS", "-v", "-o", "noise.bin", "ftp://HOST:PORT/shelf/noise.bin"}, fetches: []string{"noise.bin"}},
		// All in one session. (findings/curl-epsv-second.sh tells why this may take a second.)
		{args: []string{"-q", "-sS",
			"-o", "empty.txt", "ftp://HOST:PORT/shelf/empty.txt",
			"-o", "two words.txt", "ftp://HOST:PORT/shelf/two%20words.txt",
			"-o", "tree/leaf.txt", "ftp://HOST:PORT/shelf/tree/leaf.txt",
			"-o", "tree/deep/bytes.bin", "ftp://HOST:PORT/shelf/tree/deep/bytes.bin"},
			fetches: []string{"empty.txt", "two words.txt", "tree/leaf.txt", "tree/deep/bytes.bin"}},
	},
}

var wget = userClient{
	name:     "wget",
	programs: []string{"wget"},
	version:  "gnu wget 1.", // wget2 knows no FTP
	lines: []commandLine{
		{args: []string{"--no-config", "--tries=1", "-O", "-", "ftp://HOST:PORT/shelf/"}, lists: true},
		{args: []string{"--no-config", "--tries=1", "--progress=dot:giga", "ftp://HOST:PORT/shelf/empty.txt",
			"ftp://HOST:PORT/shelf/noise.bin", "ftp://HOST:PORT/shelf/two%20words.txt"}, fetches: few},
		{args: []string{"--no-config", "--tries=1", "-r", "-nH", "--cut-dirs=1", "ftp://HOST:PORT/shelf/tree/"},
			fetches: []string{"tree/leaf.txt", "tree/deep/bytes.bin"}},
	},
}

var rclone = userClient{
	name:     "rclone",
	programs: []string{"rclone"},
	lines: []commandLine{
		{args: []string{"--retries=1", "--low-level-retries=1", "lsf", rcloneShelf}, lists: true},
		{args: []string{"--retries=1", "--low-level-retries=1", "copy", rcloneShelf, "."}, fetches: both},
	},
}

// rcloneShelf holds the password guest@example.com, as rclone obscure prints it.
const rcloneShelf = ":ftp,host=HOST,port=PORT,user=anonymous,pass=VSfFkUSC5H37XQguBqRFsaHHVRRQ3jlfNbhD539C6484:shelf"

var ftplib = userClient{
	name:     "Python",
	programs: pythons(),
	version:  "python 3.",
	lines: []commandLine{{
		args:  []string{"-I", "-u", "-c", script, "HOST", "PORT"},
		lists: true, fetches: both,
	}},
}

const script = `
import ftplib, os, sys

sys.tracebacklimit = 0

def fetch(name):
    with open(name, 'wb') as f:
        ftp.retrbinary('RETR ' + name, f.write)

def mirror(name):
    ftp.cwd(name)
    os.chdir(name)
    for child in ftp.nlst():
        if child.endswith(('.txt', '.bin')):
            fetch(child)
        else:
            mirror(child)
    os.chdir('..')
    ftp.cwd('..')

ftp = ftplib.FTP()
ftp.set_debuglevel(1)
ftp.connect(sys.argv[1], int(sys.argv[2]))
ftp.login()
ftp.cwd('shelf')
if ftp.pwd() not in ('/shelf', '/shelf/'):
    sys.exit('pwd() is %r, want %r' % (ftp.pwd(), '/shelf'))
ftp.retrlines('LIST')
fetch('empty.txt')
fetch('noise.bin')
fetch('two words.txt')
mirror('tree')
ftp.quit()
`

// pythons returns the names of Python. That of the system comes first: in its place, a
// command called python3 may be one that looks for an interpreter and takes a while.
func pythons() []string {
	if runtime.GOOS == "linux" {
		return []string{"/usr/bin/python3", "python3"}
	}
	return []string{"python3"}
}

// find returns the path of the client, or [suite.Unchecked] if it is not installed. A client
// that cannot be asked for its version is a problem of the machine: it may be installed.
func (u userClient) find(ctx context.Context) (path string, err error) {
	for _, name := range u.programs {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if u.version == "" {
			return path, nil
		}
		text, err := askVersion(ctx, path)
		if err != nil {
			return "", verdict.Errorf(verdict.GraderProblem, "%s --version: %v", path, err)
		}
		if strings.Contains(strings.ToLower(text), u.version) {
			return path, nil
		}
	}
	return "", suite.Unchecked(u.name + " is not installed")
}

// askVersion returns what a client prints for --version. A client that does not know the
// flag prints its usage, and fails. The time for it is not that of the case, because a busy
// machine may be slow, and the server has no part in it.
func askVersion(ctx context.Context, path string) (text string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), suite.Patience())
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() && ctx.Err() == nil {
		err = nil
	}
	return string(out), err
}

// largeNoise is made once for all clients.
var largeNoise = sync.OnceValue(func() string { return noise(10 << 20) })

// dateShelf dates all files and directories of the shelf to the last 5th of a month: some clients
// read no date whose day lacks its second column, and would notice only on the first days of a month.
func dateShelf(dir string) error {
	now := time.Now()
	date := time.Date(now.Year(), now.Month(), 5, 12, 0, 0, 0, time.Local)
	if date.After(now) {
		date = date.AddDate(0, -1, 0)
	}
	return filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(name, date, date)
	})
}

// visit has the client do all that it does in a visit.
func (u userClient) visit(s *site) error {
	if s.user != "" {
		return suite.Unchecked("the clients log in as anonymous, and not as " + s.user)
	}
	path, err := u.find(s.ctx)
	if err != nil {
		return err
	}
	files := maps.Clone(shelf)
	files["noise.bin"] = largeNoise()
	for name, text := range files {
		if err := s.add("shelf/"+name, text); err != nil {
			return err
		}
	}
	if err := dateShelf(filepath.Join(s.root, "shelf")); err != nil {
		return err
	}
	home := filepath.Join(s.work, "client")
	if err := os.MkdirAll(filepath.Join(home, "tree", "deep"), 0o755); err != nil {
		return err
	}
	passive := u.active && s.refusesPORT()
	for _, line := range u.lines {
		if line.program == "" {
			line.program = path
		}
		if passive {
			line.args = append([]string{"-p"}, line.args...)
		}
		if err := line.visit(s, home, files); err != nil {
			return err
		}
	}
	if passive {
		s.note(u.name + " works with -p. Without it, it sends PORT, which the server does not know")
	}
	return nil
}

// refusesPORT reports whether the server says that it does not know PORT.
func (s *site) refusesPORT() bool {
	c, err := s.login()
	if err != nil {
		return false // let the client try, and show what is wrong
	}
	defer c.close()
	l, err := c.port()
	if err == nil {
		l.Close()
	}
	return errors.Is(err, errNotKnown)
}

// visit runs the client in the directory home, and compares what it has fetched
// with files.
func (line commandLine) visit(s *site, home string, files map[string]string) error {
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	if host == "localhost" {
		host = "127.0.0.1" // a client that tries ::1 first may give up
	}
	server := strings.NewReplacer("HOST", host, "PORT", port)
	command := []string{line.program}
	for _, arg := range line.args {
		command = append(command, server.Replace(arg))
	}
	status, printed, err := run(s, home, line.input, command)
	unlock(home)
	if err == nil {
		err = line.check(home, files, status, printed)
	}
	if err != nil {
		return fmt.Errorf("%s %w\n  $ %s\n%s", filepath.Base(line.program), err, shownCommand(command), lastLines(printed))
	}
	if line.mget != "" {
		if _, err := os.Stat(filepath.Join(home, filepath.FromSlash(line.mget))); err != nil {
			s.note("mget *.txt fetches nothing: for that, NLST must expand patterns")
		}
	}
	return nil
}

// unlock lets this user read and remove what a client has fetched. Some clients give it the modes
// of the listing, and only root reads what is in a folder that no user may enter.
func unlock(dir string) {
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // reading the file tells
		}
		info, err := d.Info()
		switch {
		case err != nil:
		case d.IsDir():
			os.Chmod(name, info.Mode().Perm()|0o700) // before it is read
		case d.Type().IsRegular():
			os.Chmod(name, info.Mode().Perm()|0o600)
		}
		return nil
	})
}

// check returns what is wrong with what a client has fetched and printed, in words
// that follow its name.
func (line commandLine) check(home string, files map[string]string, status int, printed string) error {
	if line.lists && !strings.Contains(printed, "listed.txt") {
		return fmt.Errorf("has not listed shelf with its file listed.txt, exit status %d", status)
	}
	fetched := line.fetches
	if line.mget != "" {
		fetched = append(slices.Clip(fetched), line.mget)
	}
	for _, name := range fetched {
		got, err := os.ReadFile(filepath.Join(home, filepath.FromSlash(name)))
		switch {
		case err != nil && name == line.mget:
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("has not fetched shelf/%s, exit status %d", name, status)
		case err != nil:
			return err
		case string(got) != files[name]:
			return fmt.Errorf("has fetched shelf/%s incorrectly, exit status %d: %s", name, status, difference(string(got), files[name]))
		}
	}
	if status != 0 {
		return fmt.Errorf("has fetched all files, and yet ends with exit status %d", status)
	}
	return nil
}

// run runs a command in the directory home until it ends, and returns its exit
// status and what it has printed.
func run(s *site, home, input string, command []string) (status int, printed string, err error) {
	typed := filepath.Join(s.work, "typed")
	if err := write(typed, input); err != nil {
		return 0, "", err
	}
	if input != "" {
		command = append([]string{"sh", "-c", `exec "$@" <"$0"`, typed}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = home
	cmd.Env = []string{ // and no proxies
		"HOME=" + home,
		"LC_ALL=C",
		"PATH=" + os.Getenv("PATH"),
		"RCLONE_CONFIG=" + os.DevNull,
		"TERM=dumb",
		"TMPDIR=" + home,
		"TZ=UTC",
	}
	p, err := program.Start(cmd)
	if err != nil {
		return 0, "", err
	}
	defer p.Stop()
	status, err = p.Wait(s.ctx)
	if err != nil {
		err = errors.New("does not end") // and not ctx.Err(), or the suite would not say why
	}
	return status, p.Output(), err
}

// shownCommand returns a command as a user would type it, with … for a script in it.
func shownCommand(command []string) string {
	shown := []string{filepath.Base(command[0])}
	for _, arg := range command[1:] {
		switch {
		case strings.Contains(arg, "\n"):
			arg = "'…'"
		case strings.ContainsAny(arg, ` "*`):
			arg = "'" + arg + "'"
		}
		shown = append(shown, arg)
	}
	return strings.Join(shown, " ")
}

// lastLines returns the last lines of a text, indented.
func lastLines(text string) string {
	const most = 12
	lines := slices.Collect(strings.Lines(text))
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	for i, line := range lines {
		lines[i] = "  " + program.End(program.Visible(strings.TrimRight(line, "\r\n")), 300)
	}
	return strings.Join(lines, "\n")
}
