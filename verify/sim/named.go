package sim

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// NamedBy returns the Services of a cluster that a host may mean to a pod, with
// each search domain that its resolver tries, whether they exist or not. Names
// of more labels than a Service has may mean one below it: svc.ns is also the
// endpoint svc of a Service ns in the namespace of the pod.
func (w *World) NamedBy(cluster string, from PodGroup, host string) []manifest.ID {
	c := w.cluster(cluster)
	r := c.resolverOf(from.Template, from.Workload.Namespace)
	var out []manifest.ID
	for _, l := range [...]Libc{Glibc, Musl} {
		for _, n := range r.names(host, l) {
			base, ours := below(n.name, c.domain)
			if !ours {
				continue
			}
			zone, ok := parseZoneName(base)
			id := manifest.ID{Kind: "Service", Namespace: zone.namespace, Name: zone.service}
			if ok && !zone.pod && zone.service != "" && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}
