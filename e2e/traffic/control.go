package traffic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// control answers questions at a Unix socket, from within the pod: a socket of
// the file system is reached from every network namespace.
func (s *server) control(ctx context.Context, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("control: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = l.Close() }) // which removes the socket; the program ends
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the program ends
			}
			go s.answerQuestions(ctx, conn)
		}
	}()
	return nil
}

func (s *server) answerQuestions(ctx context.Context, conn net.Conn) {
	defer conn.Close() //nolint:errcheck // whoever asked sees it end
	in, out := json.NewDecoder(conn), json.NewEncoder(conn)
	for {
		var q Question
		if in.Decode(&q) != nil {
			return
		}
		var o Observation
		if q.Ready != nil {
			s.unready.Store(!*q.Ready)
		} else {
			o = Probe(ctx, q)
		}
		if out.Encode(o) != nil {
			return
		}
	}
}

// Ask has a stand-in answer a question from its pod.
func Ask(ctx context.Context, socket string, q Question) (Observation, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return Observation{}, fmt.Errorf("ask a stand-in: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer is complete, or it failed
	if err := conn.SetDeadline(time.Now().Add(askPatience)); err != nil {
		return Observation{}, err
	}
	var o Observation
	if err := json.NewEncoder(conn).Encode(q); err != nil {
		return o, fmt.Errorf("ask a stand-in: %w", err)
	}
	if err := json.NewDecoder(conn).Decode(&o); err != nil {
		return o, fmt.Errorf("ask a stand-in about %s: %w", q, err)
	}
	return o, nil
}

// askPatience is more than a question takes, the patience for lookups and
// attempts together.
const askPatience = 15 * time.Second
