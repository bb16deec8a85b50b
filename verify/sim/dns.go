package sim

import "slices"

// The cluster's DNS pods, as kubeadm and every large provider label them, and
// the port that they listen on.
const (
	dnsNamespace = "kube-system"
	dnsApp       = "k8s-app"
	dnsName      = "kube-dns"
	dnsPort      = 53
)

// newDNSTemplate returns what stands for the DNS pods when the manifests have none.
func newDNSTemplate() *Template {
	return &Template{
		Labels: map[string]string{dnsApp: dnsName},
		Ports:  []ContainerPort{{Name: "dns", Number: dnsPort, Protocol: udp}, {Name: "dns-tcp", Number: dnsPort, Protocol: tcp}},
	}
}

// reachDNS checks that policies let the caller ask the cluster's DNS, and ends
// the call when they do not. Queries go over UDP; TCP takes over only for
// answers that do not fit.
func (q *query) reachDNS() bool {
	if q.source.namespace == nil || q.source.onNode() || !q.asksCluster() {
		return true
	}
	isolated := func(p *policy) bool { return p.isolatesEgress }
	own := slices.ContainsFunc(q.source.namespace.policiesOf(q.source.template), isolated)
	if !own && q.cluster.namespace(dnsNamespace).policies.empty() {
		return true
	}
	v, before := allowed, len(q.result.Trace)
	for i, parties := 0, q.cluster.dnsParties(); i < len(parties); i++ {
		v = min(v, q.permit(&q.source, &parties[i], dnsPort, udp))
	}
	if v == allowed {
		q.result.Trace = q.result.Trace[:before] // nothing worth a line
	}
	q.settle(v)
	if v == denied || v == undecided {
		q.sayNoDNS()
		return false
	}
	return true
}

// asksCluster reports whether the caller's lookups go to the cluster's DNS.
func (q *query) asksCluster() bool {
	return q.resolver.asks == clusterServers || q.resolver.asks == ownServers && q.ownServersAreCluster()
}

// dnsParties returns the cluster's DNS pods: those of the manifests, else pods
// with the usual labels.
func (c *cluster) dnsParties() []party {
	ns := c.namespace(dnsNamespace)
	if c.dnsVersion == ns.podsVersion {
		return c.dns
	}
	var out []party
	for _, run := range ns.byLabel[label{dnsApp, dnsName}] {
		for i := range run.groups {
			out = append(out, party{namespace: ns, template: run.groups[i].Template})
		}
	}
	if out == nil {
		out = append(out, party{namespace: ns, template: c.dnsTemplate})
	}
	c.dns, c.dnsVersion = out, ns.podsVersion
	return out
}

// settle turns a verdict of policies into the outcome and what it rests on.
func (q *query) settle(v verdict) {
	switch v {
	case denied:
		q.end(Denied)
	case undecided:
		q.end(Unknown)
	case assumed:
		q.result.Assumed = true
	case allowed:
	}
}
