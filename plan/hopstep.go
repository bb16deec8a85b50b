package plan

import (
	"cmp"

	"github.com/rehome-dev/rehome/manifest"
)

// Lead is where a flipped name leads to.
type Lead uint8

// The leads.
const (
	// ToTarget is the Service at the app's new place, in the same cluster.
	ToTarget Lead = iota
	// ToOldHop is the ingress of the cluster that the app leaves. At the app's old
	// place that is the rehearsal; at its new place it serves callers that have
	// moved before the app.
	ToOldHop
	// ToNewHop is the ingress of the cluster that the app moves to.
	ToNewHop
	// ToItself ends what ToOldHop began at the new place: the alias is replaced by
	// the Service itself.
	ToItself
)

// Hop returns the cluster whose ingress a flipped name leads to, "" when it
// leads to none.
func (s *Flip) Hop() string {
	switch s.Lead {
	case ToOldHop:
		return s.App.From.Cluster
	case ToNewHop:
		return s.App.To.Cluster
	case ToTarget, ToItself:
	}
	return ""
}

// OpenHop makes a Service reachable through the ingress of its cluster: a copy
// of the Service under another name, which never becomes an alias, a route to
// that copy for every Host that callers in other clusters send, and the record
// of the ingress while any of its hops is open.
type OpenHop struct {
	App     *App
	Service *manifest.Object // as it is in the inventory
	At      Place            // of the copy that is made reachable: where the app is, or where it goes
	Ports   []HopPort        // of the Service, in its order
	Hosts   []string         // what callers send, sorted: [HostVariants]
	Callers []Place          // where the names are that lead through the ingress, sorted
}

// HopPort is a port of a Service and how it passes the ingress.
type HopPort struct {
	Port       int64  // of the Service
	Name       string // of that port, "" where it has none
	EntryPoint string // of the ingress, by its name in the plan
	Dial       int64  // the number of the entry point's port: Port, unless a relay dials
	Protocol   Protocol
}

// CloseHop removes what the OpenHop of the same Service and place made.
type CloseHop struct {
	App     *App
	Service *manifest.Object
	At      Place
}

// InternalSuffix is what the name of the copy of a Service adds, to which the
// routes of a hop lead.
const InternalSuffix = "-internal"

// InternalName returns the name of that copy.
func InternalName(service *manifest.Object) string { return service.ID.Name + InternalSuffix }

// Kind implements [Step].
func (*OpenHop) Kind() StepKind { return OpenHopKind }

// Kind implements [Step].
func (*CloseHop) Kind() StepKind { return CloseHopKind }

// Subject implements [Step].
func (s *OpenHop) Subject() string { return s.Service.ID.Name + "-" + s.At.Cluster }

// Subject implements [Step].
func (s *CloseHop) Subject() string { return s.Service.ID.Name + "-" + s.At.Cluster }

func (*OpenHop) step()  {}
func (*CloseHop) step() {}

// HopOf returns the ingress of a cluster, nil when the plan says nothing of it.
func (s *Spec) HopOf(cluster string) *Hop { return s.Clusters[cmp.Or(cluster, DefaultCluster)].Hop }

// HomeNamespace returns the namespace that the pods of the ingress run in.
func (h *Hop) HomeNamespace() string {
	switch {
	case h.Namespace != "":
		return h.Namespace
	case h.Flavour == GatewayHop && h.Gateway != nil:
		return h.Gateway.Namespace
	case h.Flavour == TraefikHop:
		return "traefik"
	}
	return "ingress-nginx"
}

// HostVariants returns the Host headers that a client sends that calls a Service
// by one of its names: it sends the name it was configured with, not the one that
// a lookup ends at (RFC 9110 section 7.2). The name alone is among them only when
// it is asked for, because Services of several namespaces may have it.
func HostVariants(service string, at Place, domain string) []string {
	qualified := service + "." + at.Namespace
	return []string{qualified, qualified + ".svc", qualified + ".svc." + domain}
}
