package sim

import "github.com/rehome-dev/rehome/manifest"

// Isolated reports in which directions pods are isolated by policies of the
// world that count.
func (w *World) Isolated(cluster string, pods PodGroup, counts func(policy manifest.ID) bool) (in, out bool) {
	ns := w.cluster(cluster).namespace(pods.Workload.Namespace)
	for _, p := range ns.policiesOf(pods.Template) {
		if (p.isolatesIngress && !in || p.isolatesEgress && !out) && counts(p.object.ID) {
			in, out = in || p.isolatesIngress, out || p.isolatesEgress
		}
		if in && out {
			break
		}
	}
	return in, out
}

// Isolates reports in which directions a NetworkPolicy isolates the pods that it
// selects.
func (w *World) Isolates(o *manifest.Object) (in, out bool) {
	if p, ok := w.decoder.decode(o).(*policy); ok {
		return p.isolatesIngress, p.isolatesEgress
	}
	return false, false
}
