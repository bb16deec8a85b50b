package traffic

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Question is one address that a pod is told to try.
type Question struct {
	Host     string `json:"host"`
	Port     int32  `json:"port,omitempty"`     // 0: the name is of SRV records, which give it
	Protocol string `json:"protocol,omitempty"` // TCP when empty, or UDP
	// Tries is how often each address is tried; an address of a Service leads
	// somewhere else each time.
	Tries int `json:"tries,omitempty"`
	// Resolver is a program of another language that looks the host up
	// (package libc); Go's own resolver when empty.
	Resolver string `json:"resolver,omitempty"`
}

// Found says what came of a lookup.
type Found string

// What can come of a lookup.
const (
	Addresses Found = "addresses"
	NoName    Found = "no such name" // NXDOMAIN, or no address under the name
	Silence   Found = "no answer from DNS"
	Failure   Found = "DNS failed"
)

// Observation is what became of a question.
type Observation struct {
	Found    Found     `json:"found"`
	Code     string    `json:"code,omitempty"` // the response code, for a name with a dot at its end
	Attempts []Attempt `json:"attempts,omitempty"`
	Error    string    `json:"error,omitempty"` // of the lookup
}

// Attempt is one connection.
type Attempt struct {
	Address string   `json:"address"`
	By      Identity `json:"by,omitzero"` // who answered
	Reason  string   `json:"reason,omitempty"`
}

// Probe looks a name up as this process's resolver does, and tries every address
// of the answer, a failing one too, which programs would pass over.
func Probe(ctx context.Context, q Question) Observation {
	var out Observation
	if strings.HasSuffix(q.Host, ".") {
		out.Code = responseCode(ctx, q.Host)
	}
	targets, err := targetsOf(ctx, q)
	if err != nil {
		out.Found, out.Error = foundOf(err), err.Error()
		return out
	}
	out.Found = Addresses
	out.Attempts = make([]Attempt, len(targets)*max(q.Tries, 1))
	var all sync.WaitGroup
	for i := range out.Attempts {
		all.Go(func() { out.Attempts[i] = attempt(ctx, q.Protocol, targets[i%len(targets)]) })
	}
	all.Wait()
	return out
}

// foundOf classifies the error of a lookup.
func foundOf(err error) Found {
	var dns *net.DNSError
	switch {
	case !errors.As(err, &dns):
		return Failure
	case dns.IsNotFound:
		return NoName
	case dns.IsTimeout:
		return Silence
	}
	return Failure
}

// targetsOf looks up the addresses and ports of a question.
func targetsOf(ctx context.Context, q Question) ([]Target, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupPatience)
	defer cancel()
	r := &net.Resolver{PreferGo: true}
	if q.Resolver != "" {
		return foreignTargets(ctx, q)
	}
	if q.Port != 0 {
		return hostTargets(ctx, r, Target{q.Host, q.Port})
	}
	_, records, err := r.LookupSRV(ctx, "", "", q.Host)
	if err != nil {
		return nil, err
	}
	var out []Target
	for _, s := range records {
		more, err := hostTargets(ctx, r, Target{s.Target, int32(s.Port)})
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// hostTargets returns the IPv4 addresses of a host with a port, sorted.
func hostTargets(ctx context.Context, r *net.Resolver, t Target) ([]Target, error) {
	addresses, err := r.LookupNetIP(ctx, "ip4", t.Host)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	out := make([]Target, 0, len(addresses))
	for _, a := range slices.Compact(addresses) {
		out = append(out, Target{a.Unmap().String(), t.Port})
	}
	return out, nil
}

// attempt opens one connection and asks who is there.
func attempt(ctx context.Context, protocol string, t Target) Attempt {
	out := Attempt{Address: t.String()}
	network := "tcp4"
	if strings.EqualFold(protocol, "UDP") {
		network = "udp4"
	}
	ctx, cancel := context.WithTimeout(ctx, attemptPatience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, network, t.String())
	if err != nil {
		out.Reason = Reason(err)
		return out
	}
	defer conn.Close() //nolint:errcheck // the answer is there, or it failed
	line, err := askLine(ctx, conn)
	if err == nil {
		out.By, err = parseIdentity(line)
	}
	out.Reason = Reason(err)
	return out
}

// lookupPatience is how long a lookup may take. A resolver that nobody answers
// would try for forty seconds.
const lookupPatience = 4 * time.Second

// attemptPatience is how long one connection may take. What is dropped by a
// policy takes it whole.
const attemptPatience = 1200 * time.Millisecond

// String returns host:port/protocol.
func (q Question) String() string {
	out := q.Host
	if q.Port != 0 {
		out += ":" + strconv.Itoa(int(q.Port))
	}
	if q.Protocol != "" {
		out += "/" + q.Protocol
	}
	return out
}
