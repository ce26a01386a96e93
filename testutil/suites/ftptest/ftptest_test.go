package ftptest_test

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"example.com/workbook/testutil/suites/ftptest"
)

// Right servers of other shapes get full marks for the core.

func TestServerWithPASVAlone(t *testing.T) { testCore(t, style{passive: "PASV"}) }

func TestServerWithEPSVAlone(t *testing.T) { testData(t, style{passive: "EPSV"}) }

func TestServerWithPORTAlone(t *testing.T) { testData(t, style{active: "PORT"}) }

func TestServerWithEPRTAlone(t *testing.T) { testData(t, style{active: "EPRT"}) }

func TestServerWithCodesOfItsOwn(t *testing.T) {
	testCore(t, style{passive: "PASV", noPassword: true, cwd: 200, done: 250})
}

func TestServerWithBareNewlines(t *testing.T) {
	testCore(t, style{passive: "PASV", newline: "\n", unquoted: true})
}

func TestServerWithASlashAfterItsDirectories(t *testing.T) {
	testCore(t, style{passive: "PASV", slash: true})
}

func TestServerThatDiesWhenItsListenerIsClosed(t *testing.T) {
	testCore(t, style{passive: "PASV", failed: func(err error) {
		if errors.Is(err, net.ErrClosed) {
			log.Fatal(err)
		}
	}})
}

func TestServerThatCallsAcceptAgainWhenItHasFailed(t *testing.T) {
	testCore(t, style{passive: "PASV", failed: func(err error) { log.Print(err) }})
}

// testCore tests the core. A server of these does not give up its wait for a data connection
// that never comes. That is a leak, which counts in a case of another part, and takes half a
// minute to tell.
func testCore(t *testing.T, st style) {
	t.Helper()
	t.Setenv("WORKBOOK_LEAK_KNOWN", "1")
	t.Run("Login", func(t *testing.T) { ftptest.TestLogin(t, st.serve) })
	t.Run("Directories", func(t *testing.T) { ftptest.TestDirectories(t, st.serve) })
	t.Run("Sessions", func(t *testing.T) { ftptest.TestSessions(t, st.serve) })
	testData(t, st)
	t.Run("Transfers", func(t *testing.T) { ftptest.TestTransfers(t, st.serve) })
}

// testData tests what takes one data connection at a time.
func testData(t *testing.T, st style) {
	t.Helper()
	t.Run("Listings", func(t *testing.T) { ftptest.TestListings(t, st.serve) })
	t.Run("Files", func(t *testing.T) { ftptest.TestFiles(t, st.serve) })
}

// A style is what may differ between right servers.
type style struct {
	passive, active string // the only way to a data connection
	noPassword      bool   // the reply to USER is 230
	cwd, done       int    // codes, 250 and 226 if zero
	newline         string // "\r\n" if empty
	unquoted        bool   // the directory in the reply to PWD
	slash           bool   // after the directory in the reply to PWD: "/sub/"

	failed func(error) // what there is to do when Accept fails; nil returns if the listener is closed
}

func (st style) serve(ln net.Listener, root string) error {
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			go st.handle(conn, root)
		case st.failed != nil:
			st.failed(err)
		case errors.Is(err, net.ErrClosed):
			return nil
		}
	}
}

// handle serves one client in as few lines as may be. It keeps no client inside of
// the root.
func (st style) handle(conn net.Conn, root string) {
	defer conn.Close()
	reply := func(code int, text string) {
		newline := st.newline
		if newline == "" {
			newline = "\r\n"
		}
		fmt.Fprintf(conn, "%d %s%s", code, text, newline)
	}
	or := func(code, other int) int {
		if code == 0 {
			return other
		}
		return code
	}
	dir := "/"
	file := func(arg string) string {
		if path.IsAbs(arg) {
			return filepath.Join(root, filepath.FromSlash(arg))
		}
		return filepath.Join(root, filepath.FromSlash(path.Join(dir, arg)))
	}
	var data func() (net.Conn, error)
	reply(220, "hi")
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		verb, arg, _ := strings.Cut(lines.Text(), " ")
		verb = strings.ToUpper(verb)
		switch {
		case verb == "USER" && st.noPassword:
			reply(230, "in")
		case verb == "USER":
			reply(331, "?")
		case verb == "PASS":
			reply(230, "in")
		case verb == "NOOP", verb == "TYPE":
			reply(200, "ok")
		case verb == "QUIT":
			reply(221, "bye")
			return
		case verb == "PWD" && st.slash:
			reply(257, `"`+strings.TrimSuffix(dir, "/")+`/"`)
		case verb == "PWD" && st.unquoted:
			reply(257, dir)
		case verb == "PWD":
			reply(257, `"`+dir+`"`)
		case verb == "CDUP", verb == "CWD":
			if verb == "CDUP" {
				arg = ".."
			}
			to := file(arg)
			if info, err := os.Stat(to); err != nil || !info.IsDir() || !strings.HasPrefix(to, root) {
				reply(550, "no")
				continue
			}
			dir = "/" + strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(to, root)), "/")
			reply(or(st.cwd, 250), "ok")
		case verb == st.passive:
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				reply(425, "no")
				continue
			}
			data = func() (net.Conn, error) {
				defer ln.Close()
				return ln.Accept()
			}
			port := ln.Addr().(*net.TCPAddr).Port
			if verb == "EPSV" {
				reply(229, fmt.Sprintf("Entering Extended Passive Mode (|||%d|)", port))
			} else {
				reply(227, fmt.Sprintf("Entering Passive Mode (127,0,0,1,%d,%d).", port>>8, port&255))
			}
		case verb == st.active:
			address := strings.Split(arg, "|")
			if verb == "PORT" {
				var n [6]int
				fmt.Sscanf(arg, "%d,%d,%d,%d,%d,%d", &n[0], &n[1], &n[2], &n[3], &n[4], &n[5])
				address = []string{"", "", fmt.Sprintf("%d.%d.%d.%d", n[0], n[1], n[2], n[3]), fmt.Sprint(n[4]<<8 | n[5])}
			}
			data = func() (net.Conn, error) { return net.Dial("tcp", net.JoinHostPort(address[2], address[3])) }
			reply(200, "ok")
		case verb == "LIST", verb == "NLST", verb == "RETR":
			text, err := os.ReadFile(file(arg))
			if verb != "RETR" {
				var entries []os.DirEntry
				entries, err = os.ReadDir(file(arg))
				for _, e := range entries {
					text = append(text, e.Name()+"\r\n"...)
				}
			}
			if err != nil || data == nil {
				reply(550, "no")
				continue
			}
			reply(150, "here")
			if to, err := data(); err == nil {
				to.Write(text)
				to.Close()
			}
			data = nil
			reply(or(st.done, 226), "done")
		default:
			reply(502, "no")
		}
	}
}
