package traffic

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Patience is how long a request may take, the lookup included.
const Patience = 2 * time.Second

// asker sends requests of one client of one edge.
type asker interface {
	// ask sends one request and returns who answered.
	ask(ctx context.Context, t Target) (Identity, error)
}

// newAsker returns what sends the requests of a client.
func newAsker(protocol string, c Client) (asker, error) {
	keep := time.Duration(0)
	if c == Cached {
		keep = CacheTime
	}
	d := newDialer(keep)
	switch strings.ToUpper(protocol) {
	case "", "HTTP":
		return newWebAsker(d, c), nil
	case "TCP":
		return newLineAsker(d, c, "tcp"), nil
	case "UDP":
		return newLineAsker(d, c, "udp"), nil
	}
	return nil, fmt.Errorf("a stand-in does not speak %s", protocol)
}

// webAsker asks by HTTP.
type webAsker struct{ client http.Client }

func newWebAsker(d *dialer, c Client) *webAsker {
	return &webAsker{http.Client{Transport: &http.Transport{
		DialContext:         d.dial,
		DisableKeepAlives:   c != KeepAlive,
		MaxIdleConnsPerHost: maxWaiting,
		IdleConnTimeout:     IdlePatience,
	}}}
}

func (a *webAsker) ask(ctx context.Context, t Target) (Identity, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.String()+"/", http.NoBody)
	if err != nil {
		return Identity{}, err
	}
	response, err := a.client.Do(request)
	if err != nil {
		return Identity{}, err
	}
	defer response.Body.Close() //nolint:errcheck // the body was read to its end, or reading it failed
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Identity{}, err
	}
	if response.StatusCode != http.StatusOK {
		return Identity{}, statusError(response.StatusCode)
	}
	return parseIdentity(string(body))
}

// maxAnswer is more than a stand-in ever says.
const maxAnswer = 4096

// lineAsker asks by a line over TCP or a datagram over UDP.
type lineAsker struct {
	dialer  *dialer
	network string
	idle    chan net.Conn // kept connections; nil when none are kept
}

func newLineAsker(d *dialer, c Client, network string) *lineAsker {
	a := &lineAsker{dialer: d, network: network}
	if c == KeepAlive {
		a.idle = make(chan net.Conn, maxWaiting)
	}
	return a
}

// ask uses a kept connection if there is one. One that turns out to be dead is
// replaced by a new one, as pools of connections do.
func (a *lineAsker) ask(ctx context.Context, t Target) (Identity, error) {
	select {
	case conn := <-a.idle:
		if by, err := a.on(ctx, conn); err == nil || ctx.Err() != nil {
			return by, err
		}
	default:
	}
	conn, err := a.dialer.dial(ctx, a.network, t.String())
	if err != nil {
		return Identity{}, err
	}
	return a.on(ctx, conn)
}

// on asks over a connection, and keeps it if that is wanted and it works.
func (a *lineAsker) on(ctx context.Context, conn net.Conn) (Identity, error) {
	line, err := askLine(ctx, conn)
	if err != nil {
		_ = conn.Close() // it is of no use any more
		return Identity{}, err
	}
	select {
	case a.idle <- conn:
	default:
		_ = conn.Close() // the answer is complete
	}
	return parseIdentity(line)
}

func askLine(ctx context.Context, conn net.Conn) (string, error) {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", err
		}
	}
	if _, err := io.WriteString(conn, "who\n"); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}
