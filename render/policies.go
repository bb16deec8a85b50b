package render

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// openingObject returns the NetworkPolicy of an opening.
func openingObject(o *plan.Opening) *manifest.Object {
	types := []string{}
	fields := []manifest.Field{manifest.F("podSelector", selectorOf(o.Workload, o.Relay))}
	if len(o.In) > 0 {
		types = append(types, "Ingress")
		fields = append(fields, manifest.F("ingress", policyRules(o.In, "from")))
	}
	if len(o.Out) > 0 {
		types = append(types, "Egress")
		rules := policyRules(o.Out, "to")
		if o.DNS {
			rules = rules.With(manifest.P().Index(rules.Len()), dnsRule())
		}
		fields = append(fields, manifest.F("egress", rules))
	}
	fields = append(fields, manifest.F("policyTypes", manifest.Strs(types...)))
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("networking.k8s.io/v1")),
		manifest.F("kind", manifest.Str("NetworkPolicy")),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(o.Name())),
			manifest.F("namespace", manifest.Str(o.At.Namespace)),
		)),
		manifest.F("spec", manifest.Map(fields...)),
	))
}

// selectorOf returns the pod selector for the pods of a workload or of a relay.
func selectorOf(workload, relay *manifest.Object) *manifest.Node {
	if relay != nil {
		return manifest.Map(manifest.F("matchLabels", plan.RelayLabels(relay.ID.Name)))
	}
	if selector := workload.Get("spec", "selector", "matchLabels"); selector.Len() > 0 {
		return manifest.Map(manifest.F("matchLabels", selector))
	}
	return manifest.Map(manifest.F("matchLabels", plan.PodTemplate(workload).Get("metadata", "labels")))
}

// policyRules returns one rule for each flow. Namespaces are selected by the
// label that the API server sets on every namespace (KEP-2161).
func policyRules(flows []plan.Flow, peers string) *manifest.Node {
	rules := make([]*manifest.Node, len(flows))
	for i, f := range flows {
		var ports *manifest.Node
		if len(f.Ports) > 0 {
			ports = manifest.Seq(f.Ports...)
		}
		rules[i] = manifest.Map(manifest.F(peers, manifest.Seq(policyPeer(f))), manifest.F("ports", ports))
	}
	return manifest.Seq(rules...)
}

// policyPeer returns the other end of a flow.
func policyPeer(f plan.Flow) *manifest.Node {
	if f.Address != "" {
		bits := "/32"
		if strings.Contains(f.Address, ":") {
			bits = "/128"
		}
		return manifest.Map(manifest.F("ipBlock", manifest.Map(manifest.F("cidr", manifest.Str(f.Address+bits)))))
	}
	var pods *manifest.Node
	if f.Workload != nil || f.Relay != nil {
		pods = selectorOf(f.Workload, f.Relay)
	}
	return manifest.Map(
		manifest.F("namespaceSelector", manifest.Map(manifest.F("matchLabels", manifest.Map(
			manifest.F("kubernetes.io/metadata.name", manifest.Str(f.At.Namespace)),
		)))),
		manifest.F("podSelector", pods),
	)
}

// dnsRule allows lookups at the cluster's DNS server, wherever it runs.
func dnsRule() *manifest.Node {
	port := func(protocol string) *manifest.Node {
		return manifest.Map(manifest.F("protocol", manifest.Str(protocol)), manifest.F("port", manifest.Int(53)))
	}
	return manifest.Map(
		manifest.F("to", manifest.Seq(manifest.Map(
			manifest.F("namespaceSelector", manifest.Map()),
			manifest.F("podSelector", manifest.Map(manifest.F("matchLabels", manifest.Map(
				manifest.F("k8s-app", manifest.Str("kube-dns")),
			)))),
		))),
		manifest.F("ports", manifest.Seq(port("UDP"), port("TCP"))),
	)
}

// openAll adds the policies of openings.
func (f *folder) openAll(openings []*plan.Opening) {
	for _, o := range openings {
		policy := openingObject(o)
		f.make(Key{Cluster: o.At.Cluster, ID: policy.ID}, policy, nil, "the calls of "+openingSubject(o)+" cross namespaces")
	}
}

// openingSubject names the pods of an opening.
func openingSubject(o *plan.Opening) string {
	if o.Relay != nil {
		return "the relay of " + o.Relay.ID.Name
	}
	return o.Workload.ID.Name
}

// closeAll removes the policies of openings.
func (f *folder) closeAll(openings []*plan.Opening) {
	for _, o := range openings {
		f.remove(Key{Cluster: o.At.Cluster, ID: openingID(o)}, "the pods that it selected are gone")
	}
}

func openingID(o *plan.Opening) manifest.ID {
	return manifest.ID{Group: "networking.k8s.io", Kind: "NetworkPolicy", Namespace: o.At.Namespace, Name: o.Name()}
}

// narrowAll leaves of the policies what the last state needs.
func (f *folder) narrowAll(openings []*plan.Opening) {
	for _, o := range openings {
		key := Key{Cluster: o.At.Cluster, ID: openingID(o)}
		switch {
		case f.current[key] == nil:
		case len(o.In) == 0 && len(o.Out) == 0:
			f.remove(key, "no call crosses namespaces here any more")
		default:
			if policy := openingObject(o); !policy.Root().Equal(f.current[key].Root()) {
				f.put(key, policy, nil, "only the calls of the last state are left")
			}
		}
	}
}
