package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// A script says what a scripted server answers to each command line. To those
// that it does not contain, the server gives the usual answers.
type script map[string]answer

// An answer is what the server does when it gets a command.
type answer struct {
	reply  string // lines that \n separates, without the last one's end
	data   string // to send then on the data connection, if there is one
	cut    bool   // the data connection is reset, not closed
	abort  func() // is called before the end of the data, which the client must end then
	after  string // the reply to come after the data
	hangUp bool   // the control connection is closed
}

var usual = script{
	"":               {reply: "220 ready"}, // the greeting
	"USER anonymous": {reply: "331 who says so?"},
	"PASS guest@":    {reply: "230 welcome"},
	"TYPE A":         {reply: "200 text it is"},
	"TYPE I":         {reply: "200 bytes it is"},
	"QUIT":           {reply: "221 bye", hangUp: true},
}

// file is the answer to RETR for a file that contains data.
func file(data string) answer {
	return answer{reply: "150 here it comes", data: data, after: "226 that was it"}
}

// A server plays a script for one client.
type server struct {
	addr string

	script   script
	ln       net.Listener
	passive  net.Listener  // of the next data connection, or nil
	commands []string      // that came; to be read when done is closed
	done     chan struct{} // closed when the client or the script has disconnected
}

func serve(t *testing.T, s script) *server {
	t.Helper()
	srv := &server{script: s, ln: listen(t), done: make(chan struct{})}
	srv.addr = srv.ln.Addr().String()
	go func() {
		defer close(srv.done)
		conn, err := srv.ln.Accept()
		if err != nil {
			return // no client came
		}
		defer conn.Close()
		srv.talk(t, conn)
	}()
	t.Cleanup(func() {
		srv.ln.Close()
		<-srv.done
	})
	return srv
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// talk plays the script on the control connection.
func (s *server) talk(t *testing.T, conn net.Conn) {
	defer s.closePassive()
	if a := s.answer(t, ""); !s.play(a, conn) {
		return
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		s.commands = append(s.commands, lines.Text())
		if a := s.answer(t, lines.Text()); !s.play(a, conn) {
			return
		}
	}
}

func (s *server) answer(t *testing.T, command string) answer {
	if a, ok := s.script[command]; ok {
		return a
	}
	if a, ok := usual[command]; ok {
		return a
	}
	switch command {
	case "EPSV":
		return answer{reply: fmt.Sprintf("229 listening (|||%d|)", s.listen(t))}
	case "PASV": // and a host where no program listens
		port := s.listen(t)
		return answer{reply: fmt.Sprintf("227 listening (192,0,2,1,%d,%d)", port>>8, port&0xff)}
	}
	return answer{reply: "500 what?"}
}

// listen makes the server ready for a data connection, and returns the port.
func (s *server) listen(t *testing.T) (port int) {
	s.closePassive()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err) // and not Fatal: this is not the goroutine of the test
		return 0
	}
	s.passive = ln
	return ln.Addr().(*net.TCPAddr).Port
}

func (s *server) closePassive() {
	if s.passive != nil {
		s.passive.Close()
		s.passive = nil
	}
}

// play does what a says. It returns false if that ends the conversation.
func (s *server) play(a answer, conn net.Conn) bool {
	send(conn, a.reply)
	if s.passive != nil && strings.HasPrefix(a.reply, "1") && !s.sendData(a) {
		return false
	}
	send(conn, a.after)
	return !a.hangUp
}

func send(conn net.Conn, reply string) {
	if reply != "" {
		io.WriteString(conn, strings.ReplaceAll(reply, "\n", "\r\n")+"\r\n")
	}
}

func (s *server) sendData(a answer) bool {
	data, err := s.passive.Accept()
	if err != nil {
		return false
	}
	defer data.Close()
	io.WriteString(data, a.data)
	if a.abort != nil {
		a.abort()
		io.Copy(io.Discard, data) // until the client disconnects
	}
	if a.cut {
		data.(*net.TCPConn).SetLinger(0)
	}
	return true
}

// sent waits for the end of the conversation and returns the commands that came
// after the login, one a line.
func (s *server) sent() string {
	<-s.done
	all := strings.Join(s.commands, "\n")
	all = strings.TrimPrefix(all, "USER anonymous\n")
	return strings.TrimPrefix(all, "PASS guest@\n")
}
