// The Go agent: the package `net`, judged by sockrates.
//
// It speaks docs/agent-protocol.md: commands come as lines of JSON on standard input, answers go to
// standard output, and the data travels over real sockets. What `net` has words for it does; for
// flags it hands out the descriptor, and the calls are those of the package `syscall`. Bare
// sockets, modes and timeouts of sockets do not exist in Go: there are deadlines.
//
// Errors go up as panics: an operation that fails has nothing left to do here but to say so.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

type subject struct {
	Name string   `json:"name"`
	Kind string   `json:"kind"`
	Caps []string `json:"caps"`
	host string
}

const both = "addresses deadline peek dontwait abort close close-wakes dup inet "
const stream = both + "listen connect half-close oob accept-reset"
const datagram = both + "trunc "

var subjects = []subject{
	{"tcp", "stream", strings.Fields(stream), "127.0.0.1"},
	{"tcp6", "stream", strings.Fields(stream), "::1"},
	{"udp", "datagram", strings.Fields(datagram + "sendto"), "127.0.0.1"},
	{"udp6", "datagram", strings.Fields(datagram + "sendto"), "::1"},
	{"udp-connected", "datagram", strings.Fields(datagram + "refusal"), "127.0.0.1"},
}

type message struct {
	ID                        int64
	Cmd, Subject, As, And, On string
	To                        []any
	Data                      []byte
	Max                       int
	Flags                     []string
	Limit                     *float64 `json:"limit_ms"`
	Ms                        *float64
	until                     time.Time
}

type fields map[string]any

// What TCPConn, UDPConn and TCPListener have.
type socket interface {
	syscall.Conn
	io.Closer
	File() (*os.File, error)
}

type end struct {
	socket
	of *subject
}

// The sockets by their names, and who writes.
var table, saying = sync.Map{}, sync.Mutex{}
var unsupported = errors.New("unsupported")

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			os.Exit(0)
		}
		m := &message{}
		check(json.Unmarshal(line, m))
		if m.Limit != nil {
			m.until = time.Now().Add(time.Duration(*m.Limit * float64(time.Millisecond)))
		}
		if strings.Contains(" pair client accept send recv release close abort ", " "+m.Cmd+" ") {
			m.answer(fields{"started": true})
			go m.perform()
		} else {
			m.perform()
		}
	}
}

func (m *message) answer(line fields) {
	line["id"] = m.ID
	text := must(json.Marshal(line))
	saying.Lock()
	defer saying.Unlock()
	if _, err := os.Stdout.Write(append(text, '\n')); err != nil {
		os.Exit(0)
	}
}

func (m *message) perform() {
	defer func() {
		switch why := recover().(type) {
		case runtime.Error:
			panic(why)
		case error:
			m.answer(failure(why))
		}
	}()
	m.answer(fields{"ok": m.do()})
}

func failure(err error) fields {
	var errno syscall.Errno
	told := fields{"text": err.Error()}
	switch {
	case err == unsupported:
		return fields{"unsupported": true}
	case errors.Is(err, os.ErrDeadlineExceeded):
		told["kind"] = "timed-out"
	case errors.Is(err, net.ErrClosed):
		told["errno"] = "EBADF"
	case errors.As(err, &errno):
		told["code"] = int(errno)
	}
	return fields{"err": told}
}

func (m *message) do() fields {
	for _, name := range []string{m.As, m.And} {
		if _, taken := table.Load(name); taken {
			check(fmt.Errorf("the name %s is taken", name))
		}
	}
	switch {
	case m.Cmd == "hello":
		return fields{"proto": 1, "name": "go", "version": runtime.Version(),
			"os": runtime.GOOS, "subjects": subjects}
	case m.Cmd == "reset":
		table.Range(func(name, e any) bool {
			e.(end).Close()
			table.Delete(name)
			return true
		})
	case m.Cmd == "pair" || m.Cmd == "listener" || m.Cmd == "client":
		for i := range subjects {
			if subjects[i].Name == m.Subject {
				subjects[i].make(m)
				return fields{}
			}
		}
		check(fmt.Errorf("there is no subject %s", m.Subject))
	case m.On != "":
		if e, there := table.Load(m.On); there {
			return m.about(e.(end))
		}
		check(fmt.Errorf("there is no socket %s", m.On))
	case m.Cmd != "ping":
		panic(unsupported)
	}
	return fields{}
}

func (of *subject) tcp() *net.TCPAddr { return &net.TCPAddr{IP: net.ParseIP(of.host)} }
func (of *subject) udp() *net.UDPAddr { return &net.UDPAddr{IP: net.ParseIP(of.host)} }

func (of *subject) make(m *message) {
	switch {
	case m.Cmd == "pair":
		a, b := of.pair()
		table.Store(m.As, end{a, of})
		table.Store(m.And, end{b, of})
	case of.Kind != "stream":
		panic(unsupported)
	case m.Cmd == "listener":
		table.Store(m.As, end{must(net.ListenTCP("tcp", of.tcp())), of})
	default:
		dialer := net.Dialer{Deadline: m.deadline()}
		conn := must(dialer.Dial("tcp", address(m.To).String()))
		table.Store(m.As, end{conn.(*net.TCPConn), of})
	}
}

func (of *subject) pair() (socket, socket) {
	if of.Kind == "stream" {
		listener := must(net.ListenTCP("tcp", of.tcp()))
		defer listener.Close()
		a := must(net.DialTCP("tcp", nil, listener.Addr().(*net.TCPAddr)))
		return a, must(listener.AcceptTCP())
	}
	b := must(net.ListenUDP("udp", of.udp()))
	if of.Name != "udp-connected" {
		return must(net.ListenUDP("udp", of.udp())), b
	}
	there := b.LocalAddr().(*net.UDPAddr)
	a := must(net.DialUDP("udp", of.udp(), there))
	// `net` connects only what it makes: this end is made anew at its place.
	b.Close()
	return a, must(net.DialUDP("udp", there, a.LocalAddr().(*net.UDPAddr)))
}

func (m *message) about(e end) fields {
	tcp, isTCP := e.socket.(*net.TCPConn)
	switch m.Cmd {
	case "accept":
		return accept(m, e)
	case "send":
		return send(m, e)
	case "recv":
		return recv(m, e)
	case "peer_addr":
		return fields{"addr": spelled(e.conn().RemoteAddr())}
	case "release", "close", "abort":
		if m.Cmd == "release" {
			table.Delete(m.On)
		}
		if m.Cmd == "abort" && isTCP {
			tcp.SetLinger(0) // On one that is closed it does nothing, as closing it again.
		}
		if err := e.Close(); !errors.Is(err, net.ErrClosed) {
			check(err)
		}
	case "dup":
		file := must(e.File())
		defer file.Close()
		table.Store(m.As, end{must(net.FileConn(file)).(socket), e.of})
	case "close_send":
		if !isTCP {
			panic(unsupported)
		}
		check(tcp.CloseWrite())
	case "local_addr":
		if listener, is := e.socket.(net.Listener); is {
			return fields{"addr": spelled(listener.Addr())}
		}
		return fields{"addr": spelled(e.conn().LocalAddr())}
	case "set_timeout", "timeout":
		if m.Ms != nil {
			panic(unsupported)
		}
		return fields{"ms": nil}
	default:
		panic(unsupported)
	}
	return fields{}
}

func accept(m *message, e end) fields {
	listener, is := e.socket.(*net.TCPListener)
	if !is {
		panic(unsupported)
	}
	check(listener.SetDeadline(m.deadline()))
	conn := must(listener.AcceptTCP())
	table.Store(m.As, end{conn, e.of})
	return fields{"addr": spelled(conn.RemoteAddr())}
}

func (e end) conn() net.Conn {
	if conn, is := e.socket.(net.Conn); is {
		return conn
	}
	panic(unsupported)
}

var flags = map[string]int{"peek": syscall.MSG_PEEK, "dontwait": syscall.MSG_DONTWAIT,
	"oob": syscall.MSG_OOB, "trunc": syscall.MSG_TRUNC, "more": 0x8000,
	"dontroute": syscall.MSG_DONTROUTE}

func (m *message) flags(e end) (bits int) {
	for _, name := range m.Flags {
		bit, known := flags[name]
		if !known || name == "oob" && e.of.Kind != "stream" {
			panic(unsupported)
		}
		bits |= bit
	}
	return bits
}

// When it ends. What is past, `net` fails untried, so that there is time for one attempt.
func (m *message) deadline() time.Time {
	if soon := time.Now().Add(time.Millisecond); m.Limit != nil && m.until.Before(soon) {
		return soon
	}
	return m.until
}

func send(m *message, e end) fields {
	conn, n := e.conn(), 0
	udp, isUDP := conn.(*net.UDPConn)
	if m.To != nil && !isUDP {
		panic(unsupported)
	}
	bits := m.flags(e)
	err := conn.SetWriteDeadline(m.deadline())
	switch {
	case bits != 0:
		var at syscall.Sockaddr
		if m.To != nil {
			at = sockaddr(address(m.To))
		}
		check(must(e.SyscallConn()).Write(func(fd uintptr) bool {
			n, err = syscall.SendmsgN(int(fd), m.Data, nil, at, bits)
			return err != syscall.EAGAIN || bits&syscall.MSG_DONTWAIT != 0
		}))
	case m.To != nil:
		n, err = udp.WriteToUDP(m.Data, address(m.To))
	default:
		n, err = conn.Write(m.Data)
	}
	if n == 0 {
		check(err) // After a part of it, the next send tells.
	}
	return fields{"n": n}
}

func sockaddr(to *net.UDPAddr) syscall.Sockaddr {
	if four := to.IP.To4(); four != nil {
		return &syscall.SockaddrInet4{Port: to.Port, Addr: *(*[4]byte)(four)}
	}
	return &syscall.SockaddrInet6{Port: to.Port, Addr: *(*[16]byte)(to.IP.To16())}
}

func recv(m *message, e end) fields {
	conn, n, got := e.conn(), 0, 0
	bits := m.flags(e)
	udp, is := conn.(*net.UDPConn)
	if !is && bits&syscall.MSG_TRUNC != 0 {
		panic(unsupported)
	}
	err := conn.SetReadDeadline(m.deadline())
	room, from := make([]byte, m.Max), (*net.UDPAddr)(nil)
	switch {
	case bits != 0:
		check(must(e.SyscallConn()).Read(func(fd uintptr) bool {
			var at syscall.Sockaddr
			n, _, got, at, err = syscall.Recvmsg(int(fd), room, nil, bits)
			switch at := at.(type) {
			case *syscall.SockaddrInet4:
				from = &net.UDPAddr{IP: at.Addr[:], Port: at.Port}
			case *syscall.SockaddrInet6:
				from = &net.UDPAddr{IP: at.Addr[:], Port: at.Port}
			}
			return err != syscall.EAGAIN || bits&syscall.MSG_DONTWAIT != 0
		}))
	case is:
		n, _, got, from, err = udp.ReadMsgUDP(room, nil)
	default:
		n, err = conn.Read(room)
	}
	if err != io.EOF {
		check(err)
	}
	if !is {
		return fields{"data": room[:n]}
	}
	ok := fields{"truncated": got&syscall.MSG_TRUNC != 0, "data": room}
	if bits&syscall.MSG_TRUNC != 0 {
		ok["len"] = n
	}
	if n < m.Max {
		ok["data"] = room[:n]
	}
	if from != nil {
		ok["from"] = spelled(from)
	}
	return ok
}

func address(parts []any) *net.UDPAddr {
	ip := must(netip.ParseAddr(fmt.Sprint(parts[0])))
	return &net.UDPAddr{IP: ip.AsSlice(), Port: int(parts[1].(float64))}
}

func spelled(addr net.Addr) []any {
	if addr == nil {
		panic(syscall.ENOTCONN)
	}
	at := netip.MustParseAddrPort(addr.String())
	return []any{at.Addr().WithZone("").String(), at.Port()}
}
