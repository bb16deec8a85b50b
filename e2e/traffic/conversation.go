package traffic

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"sync"
	"time"
)

// accept serves the connections of one port, whatever they speak: HTTP, or
// lines, each of which is answered by one.
func (s *server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return // the port is closed
		}
		go s.converse(conn)
	}
}

// converse looks at the first bytes of a connection and hands it on. A probe
// that only connects sends none.
func (s *server) converse(conn net.Conn) {
	_ = conn.SetReadDeadline(time.Now().Add(IdlePatience)) // fails on a closed connection, as the next read does
	r := bufio.NewReader(conn)
	first, err := r.Peek(4)
	if err != nil {
		_ = conn.Close() // it is given up either way
		return
	}
	p := &peeked{Conn: conn, r: r}
	if speaksHTTP(first) {
		_ = conn.SetReadDeadline(time.Time{})
		s.conns.put(p)
		return
	}
	s.lines(p)
}

// speaksHTTP reports whether bytes begin a request of HTTP/1, of which every
// method is spelled in capitals.
func speaksHTTP(first []byte) bool {
	for _, method := range []string{"GET ", "HEAD", "POST", "PUT ", "DELE", "OPTI", "PATC"} {
		if bytes.Equal(first, []byte(method)) {
			return true
		}
	}
	return false
}

// lines answers every line with who this is.
func (s *server) lines(p *peeked) {
	defer p.Close() //nolint:errcheck // a connection that is over either way
	for {
		if err := p.SetReadDeadline(time.Now().Add(IdlePatience)); err != nil {
			return
		}
		if _, err := p.r.ReadString('\n'); err != nil {
			return
		}
		if _, err := fmt.Fprintln(p.Conn, s.self); err != nil {
			return
		}
	}
}

// peeked is a connection of which the first bytes were looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

// Read returns the bytes that were looked at first.
func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// queue is a listener that connections are put into.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newQueue() *queue { return &queue{conns: make(chan net.Conn), done: make(chan struct{})} }

// put hands a connection to whoever accepts; a closed queue closes it.
func (q *queue) put(c net.Conn) {
	select {
	case q.conns <- c:
	case <-q.done:
		_ = c.Close() // nobody is there to hear of a failure
	}
}

// Accept returns the next connection.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr returns no address of use: the queue serves many ports.
func (q *queue) Addr() net.Addr { return &net.TCPAddr{} }
