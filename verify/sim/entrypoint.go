package sim

import "slices"

// EntryPoint is a port that an ingress listens on.
type EntryPoint struct {
	Name   string // an entry point of Traefik or a listener of a Gateway; "" when it is not known
	Port   int32
	Speaks Speaks
}

// Speaks is what clients are expected to speak on an entry point.
type Speaks uint8

// What clients may speak.
const (
	SpeaksAny Speaks = iota // nothing is said
	SpeaksHTTP
	SpeaksGRPC // HTTP/2 without TLS
	SpeaksTLS
	SpeaksTCP
	SpeaksAll // whatever the routes are there for: neither TLS nor protocols are looked at
)

// entry returns the entry point that listens on a port; ok is false when none
// does. A Gateway whose object is in the world listens where that says.
func (q *query) entry(d *Door, port int32) (e EntryPoint, ok bool) {
	i := slices.IndexFunc(d.Entries, func(e EntryPoint) bool { return e.Port == port })
	if i < 0 {
		return EntryPoint{}, false
	}
	return d.Entries[i], slices.Contains(q.ports(d), port)
}

// ports lists the ports of a door.
func (q *query) ports(d *Door) []int32 {
	var out []int32
	if g := q.world.cluster(d.Cluster).routes.gateways[d.Gateway]; g != nil {
		for i := range g.listeners {
			out = append(out, g.listeners[i].port)
		}
	} else {
		for _, e := range d.Entries {
			out = append(out, e.Port)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
