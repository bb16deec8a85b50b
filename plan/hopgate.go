package plan

import (
	"cmp"
	"fmt"

	"github.com/rehome-dev/rehome/manifest"
)

// Probe is a request through an ingress that proves what no manifest of the plan
// shows: the record, the network between the clusters, the ingress itself.
type Probe struct {
	From     Place    // where the name is that is going to lead there: pods of its cluster must be able to make it
	Door     string   // the name of the ingress in the zone
	Port     int64    // of the ingress
	Protocol Protocol // http, grpc, tls or tcp
	Host     string   // the Host header, or the server name of the handshake
	Path     string   // of an HTTP request: that of a readiness probe, else /
}

// Compare orders probes by where they come from and where they go.
func (p Probe) Compare(q Probe) int {
	return cmp.Or(
		p.From.Compare(q.From), cmp.Compare(p.Door, q.Door), cmp.Compare(p.Port, q.Port),
		cmp.Compare(p.Host, q.Host), cmp.Compare(p.Path, q.Path),
	)
}

// afterFlip waits until no caller uses what the name meant before.
func (g *Gate) afterFlip(s *Flip, spec *Spec) {
	window, why := flipWindow(s.Cutover, spec.Windows)
	if (s.Hop() != "" || s.Lead == ToItself) && s.Cutover == CutoverExternalName && spec.DNS != nil {
		window, why = max(window, spec.Windows.DNSTTL+spec.Windows.ClientCache+spec.DNS.TTL),
			"cached answers expire: those of the cluster's DNS, the record of the ingress, the callers' own caches"
	}
	g.waitFor(window, why)
}

// afterOpenHop waits until the record of the ingress is known everywhere, and
// asks for a request that passes it.
func (g *Gate) afterOpenHop(s *OpenHop, spec *Spec) {
	hop := spec.HopOf(s.At.Cluster)
	if hop == nil || spec.DNS == nil {
		return
	}
	g.waitFor(spec.DNS.TTL, "answers that the record of the ingress does not exist expire")
	if spec.DNS.Provider == ExternalDNS {
		g.Approvals = append(g.Approvals, fmt.Sprintf(
			"external-dns in cluster %s reads DNSEndpoint objects (--source=crd) and has --txt-owner-id=%s, which no other cluster has (H81)",
			s.At.Cluster, hop.Owner(s.At.Cluster)))
	}
	for _, from := range s.Callers {
		for _, p := range s.Ports {
			g.Probes = append(g.Probes, Probe{
				From: from, Door: hop.Host, Port: p.Dial, Protocol: p.Protocol, Host: HostVariants(s.Service.ID.Name, from, "")[0], Path: readyPath(s.App, s.Service, p.Port),
			})
		}
	}
}

// approveNeeds asks for what apps find in their cluster today and nobody moves.
func (g *Gate) approveNeeds(s *Prepare) {
	for _, id := range s.Needed {
		g.Approvals = append(g.Approvals, fmt.Sprintf("cluster %s has %s, which the apps name that move there", s.Place.Cluster, id))
	}
}

// approveRoutes asks that public clients have followed an app into its new
// cluster, before the routes in the old one go.
func (g *Gate) approveRoutes(s *Route) {
	if s.App.From.Cluster == s.App.To.Cluster {
		return
	}
	for _, o := range s.Objects {
		if IsRoute(o) {
			g.Approvals = append(g.Approvals, fmt.Sprintf("the public names of %s lead to the ingress of cluster %s, and their old TTL has passed", o.ID, s.App.To.Cluster))
		}
	}
}

// Owner returns the owner id of the external-dns of a cluster.
func (h *Hop) Owner(cluster string) string { return cmp.Or(h.OwnerID, cluster) }

// readyPath returns a path that the app answers when it is well, as the readiness
// probe of a container behind the port of a Service asks for it; else /.
func readyPath(a *App, service *manifest.Object, port int64) string {
	for _, w := range a.Workloads {
		template := PodTemplate(w)
		if !SelectsEqual(service.Get("spec", "selector"), template.Get("metadata", "labels")) {
			continue
		}
		for _, c := range template.Get("spec", "containers").Items() {
			get := c.Get("readinessProbe", "httpGet")
			if path := get.Text("path"); path != "" && sameTarget(service, port, c, get.Text("port")) {
				return path
			}
		}
	}
	return "/"
}

// sameTarget reports whether a port of a Service leads to the port of a
// container that is meant by its number or name.
func sameTarget(service *manifest.Object, port int64, container *manifest.Node, meant string) bool {
	for _, p := range service.Get("spec", "ports").Items() {
		if n, _ := p.Get("port").Int(); n == port {
			target := cmp.Or(p.Text("targetPort"), p.Text("port"))
			return containerPortNumber(container, target) == containerPortNumber(container, meant)
		}
	}
	return false
}

// containerPortNumber returns the number of a port of a container as a text.
func containerPortNumber(container *manifest.Node, port string) string {
	for _, p := range container.Get("ports").Items() {
		if p.Text("name") == port {
			return p.Text("containerPort")
		}
	}
	return port
}
