package traffic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
)

// order is what a stand-in is told at its control socket: exactly one field is
// set.
type order struct {
	Probe *Question  `json:"probe,omitempty"`
	Ready *Readiness `json:"ready,omitempty"`
	Calls bool       `json:"calls,omitempty"`
}

// reply is the answer to an order.
type reply struct {
	Observation Observation `json:"observation,omitzero"`
	Calls       []Call      `json:"calls,omitempty"`
}

// Call is an edge with the address that the caller's configuration has for it.
type Call struct {
	Edge     string `json:"edge"`
	Target   Target `json:"target,omitzero"`
	Protocol string `json:"protocol,omitempty"` // TCP or UDP
	Unnamed  string `json:"unnamed,omitempty"`  // why there is no address
}

// control takes orders at a Unix socket, from within the pod: a socket of the
// file system is reached from every network namespace.
func (s *server) control(ctx context.Context, d *Descriptor) error {
	if err := os.Remove(d.Control); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("control: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "unix", d.Control)
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
			go s.obey(ctx, conn, d.Edges)
		}
	}()
	return nil
}

// obey carries out the orders of one connection.
func (s *server) obey(ctx context.Context, conn net.Conn, edges []Edge) {
	defer conn.Close() //nolint:errcheck // whoever gave the order sees it end
	in, out := json.NewDecoder(conn), json.NewEncoder(conn)
	for {
		var o order
		if in.Decode(&o) != nil || out.Encode(s.carryOut(ctx, &o, edges)) != nil {
			return
		}
	}
}

func (s *server) carryOut(ctx context.Context, o *order, edges []Edge) reply {
	switch {
	case o.Probe != nil:
		return reply{Observation: Probe(ctx, *o.Probe)}
	case o.Ready != nil:
		s.unready.Store(*o.Ready == NotReady)
		return reply{}
	}
	var r reply
	for i := range edges {
		r.Calls = append(r.Calls, edges[i].call())
	}
	return r
}

// call returns the edge as it is called.
func (e *Edge) call() Call {
	c := Call{Edge: e.Name, Protocol: "TCP"}
	if e.Protocol == "UDP" {
		c.Protocol = e.Protocol
	}
	var err error
	if c.Target, err = e.Find(); err != nil {
		c.Unnamed = err.Error()
	}
	return c
}
