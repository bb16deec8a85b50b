package traffic

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialer opens connections in the way of one kind of client.
type dialer struct {
	plain    net.Dialer
	resolver *net.Resolver
	keep     time.Duration // for which an address is used again; 0 resolves each time

	mu    sync.Mutex
	known map[string]knownHost
}

// knownHost is a cached answer.
type knownHost struct {
	addresses []string
	until     time.Time
}

// newDialer returns a dialer that resolves as Go programs do without cgo: search
// path, ndots and time-outs of resolv.conf, A and AAAA side by side, and the
// next address when one does not answer.
func newDialer(keep time.Duration) *dialer {
	r := &net.Resolver{PreferGo: true}
	return &dialer{plain: net.Dialer{Resolver: r}, resolver: r, keep: keep, known: map[string]knownHost{}}
}

// dial connects to host:port.
func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if d.keep == 0 {
		return d.plain.DialContext(ctx, network, address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := d.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	for _, a := range addresses {
		if conn, err = d.plain.DialContext(ctx, network, net.JoinHostPort(a, port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// lookup returns the addresses of a host, those of the cache as long as they are
// kept. That a name does not exist is not remembered.
func (d *dialer) lookup(ctx context.Context, host string) ([]string, error) {
	d.mu.Lock()
	known, ok := d.known[host]
	d.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.addresses, nil
	}
	addresses, err := d.resolver.LookupHost(ctx, host)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known[host] = knownHost{addresses, time.Now().Add(d.keep)}
	return addresses, nil
}
