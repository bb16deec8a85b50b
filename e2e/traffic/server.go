package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ReadyPath is the path at which a stand-in says whether it is ready: it was not
// told otherwise, and its ready file is there. Every other path answers as long as the program runs.
const ReadyPath = "/standin/ready"

// IdlePatience is how long a connection may stay without a word.
const IdlePatience = 2 * time.Minute

// server is the listening half of a stand-in.
type server struct {
	self      Identity
	readyFile string
	unready   atomic.Bool // told so at the control socket
	web       http.Server
	conns     *queue // connections that speak HTTP
	closers   []io.Closer
	running   sync.WaitGroup
}

// listen opens all ports. A port that cannot be opened is an error: a pod whose
// program does not listen must not look as if it did.
func listen(d *Descriptor) (*server, error) {
	s := &server{self: d.Self, readyFile: d.ReadyFile, conns: newQueue()}
	s.web = http.Server{Handler: http.HandlerFunc(s.answer), ReadHeaderTimeout: IdlePatience, IdleTimeout: IdlePatience}
	for _, l := range d.Listen {
		if err := s.open(l); err != nil {
			s.close()
			return nil, err
		}
	}
	s.running.Go(func() {
		if err := s.web.Serve(s.conns); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "serve:", err)
		}
	})
	return s, nil
}

func (s *server) open(l Listen) error {
	address := net.JoinHostPort("", strconv.Itoa(int(l.Port)))
	switch strings.ToUpper(l.Protocol) {
	case "", "TCP":
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		s.closers = append(s.closers, listener)
		s.running.Go(func() { s.accept(listener) })
	case "UDP":
		conn, err := net.ListenPacket("udp", address)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		s.closers = append(s.closers, conn)
		s.running.Go(func() { s.echo(conn) })
	default:
		return fmt.Errorf("listen on port %d: a stand-in does not speak %s", l.Port, l.Protocol)
	}
	return nil
}

// answer is what a stand-in says to every HTTP request.
func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == ReadyPath && !s.ready() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, s.self)
}

func (s *server) ready() bool {
	if s.unready.Load() {
		return false
	}
	if s.readyFile == "" {
		return true
	}
	_, err := os.Stat(s.readyFile)
	return err == nil
}

// echo answers every datagram with who it is.
func (s *server) echo(conn net.PacketConn) {
	buffer := make([]byte, 512)
	for {
		_, from, err := conn.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			// A lost answer is a lost datagram, which the asker notices.
			_, _ = conn.WriteTo([]byte(s.self.String()+"\n"), from)
		}
	}
}

// shutdown closes the ports, lets requests in progress end until the context
// does, and closes idle connections.
func (s *server) shutdown(ctx context.Context) error {
	s.close()
	return s.web.Shutdown(ctx)
}

func (s *server) close() {
	for _, c := range s.closers {
		// Closing a port twice, or one that the kernel closed, changes nothing.
		_ = c.Close()
	}
	_ = s.conns.Close()
}
