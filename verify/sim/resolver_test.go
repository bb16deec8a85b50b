package sim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names lists the candidates of a host.
func names(r *resolver, host string, l Libc) []string {
	var out []string
	r.candidates(host, l, func(name, _ string) bool {
		out = append(out, name)
		return true
	})
	return out
}

func resolverFor(t *testing.T, host []string, podSpec ...string) *resolver {
	t.Helper()
	w := New(Cluster{Name: "c", HostSearch: host})
	for _, o := range objects(t, deployment("web", "front", podSpec...)) {
		w.Put("c", o)
	}
	return w.cluster("c").resolverOf(from(t, w, "web/front").Template, "web")
}

func TestResolverConfiguration(t *testing.T) {
	cluster := []string{"web.svc.cluster.local", "svc.cluster.local", "cluster.local"}
	tests := []struct {
		name   string
		host   []string
		spec   []string
		asks   servers
		search []string
		ndots  int
	}{
		{"default", nil, nil, clusterServers, cluster, 5},
		{"host search is appended", []string{"corp.example"}, nil, clusterServers, append(cluster[:3:3], "corp.example"), 5},
		{"host network", []string{"corp.example"}, []string{"hostNetwork: true"}, nodeServers, []string{"corp.example"}, 1},
		{"host network with cluster DNS", nil, []string{"hostNetwork: true", "dnsPolicy: ClusterFirstWithHostNet"}, clusterServers, cluster, 5},
		{"Default", []string{"corp.example"}, []string{"dnsPolicy: Default"}, nodeServers, []string{"corp.example"}, 1},
		{"None", []string{"corp.example"}, []string{"dnsPolicy: None", "dnsConfig: {nameservers: [1.2.3.4], searches: [a.b]}"}, ownServers, []string{"a.b"}, 1},
		{
			"dnsConfig appends and overrides", nil,
			[]string{"dnsConfig: {searches: [x.example, svc.cluster.local], options: [{name: ndots, value: \"2\"}, {name: edns0}]}"},
			clusterServers, append(cluster[:3:3], "x.example"), 2,
		},
		{"ndots is capped", nil, []string{"dnsConfig: {options: [{name: ndots, value: \"99\"}]}"}, clusterServers, cluster, 15},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := resolverFor(t, tt.host, tt.spec...)
			if r.asks != tt.asks || r.ndots != tt.ndots {
				t.Errorf("asks %d, ndots %d; want %d, %d", r.asks, r.ndots, tt.asks, tt.ndots)
			}
			if d := cmp.Diff(tt.search, r.search); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestResolverLimits(t *testing.T) {
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("s%d.example", i))
	}
	r := resolverFor(t, nil, "dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4], searches: ["+strings.Join(many, ", ")+"]}")
	if len(r.search) != maxSearchPaths || len(r.nameservers) != maxNameservers {
		t.Errorf("%d searches and %d servers, want %d and %d", len(r.search), len(r.nameservers), maxSearchPaths, maxNameservers)
	}
	var long []string
	for i := range 20 {
		long = append(long, fmt.Sprintf("s%d.%s.example", i, strings.Repeat("x", 60)+"."+strings.Repeat("y", 60)))
	}
	r = resolverFor(t, nil, "dnsConfig: {searches: ["+strings.Join(long, ", ")+"]}")
	if n := len(strings.Join(r.search, " ")); n > maxSearchChars {
		t.Errorf("the search list has %d characters", n)
	}
	if r.muslReadsSearch() {
		t.Error("musl reads a search line that is longer than its buffer")
	}
}

func TestCandidates(t *testing.T) {
	cluster := resolverFor(t, []string{"corp.example"})
	two := resolverFor(t, nil, "dnsConfig: {options: [{name: ndots, value: \"2\"}]}")
	searched := func(host string) []string {
		return []string{host + ".web.svc.cluster.local", host + ".svc.cluster.local", host + ".cluster.local"}
	}
	tests := []struct {
		name string
		r    *resolver
		host string
		libc Libc
		want []string
	}{
		{"short", cluster, "cart", Glibc, append(searched("cart"), "cart.corp.example", "cart")},
		{"short with musl", cluster, "cart", Musl, append(searched("cart"), "cart.corp.example", "cart")},
		{"case does not matter", two, "Cart", Glibc, append(searched("cart"), "cart")},
		{
			"four dots are fewer than five", cluster, "cart.shop.svc.cluster.local", Glibc,
			append(searched("cart.shop.svc.cluster.local"), "cart.shop.svc.cluster.local.corp.example", "cart.shop.svc.cluster.local"),
		},
		{"trailing dot", cluster, "cart.shop.svc.cluster.local.", Glibc, []string{"cart.shop.svc.cluster.local"}},
		{"enough dots: absolute first", two, "cart.shop.svc", Glibc, append([]string{"cart.shop.svc"}, searched("cart.shop.svc")...)},
		{"enough dots: musl never searches", two, "cart.shop.svc", Musl, []string{"cart.shop.svc"}},
		{"fewer dots", two, "cart.shop", Musl, append(searched("cart.shop"), "cart.shop")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, names(tt.r, tt.host, tt.libc)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestResolvingByPolicy(t *testing.T) {
	svc := serviceText("web", "cart", "ports: [{port: 80}]") + "---\n" + deployment("web", "cart", "80")
	tests := []struct {
		name    string
		spec    []string
		host    string
		outcome Outcome
	}{
		{"cluster DNS", nil, "cart:80", OK},
		{"host network asks the node (H18)", []string{"hostNetwork: true"}, "cart:80", NXDomain},
		{"host network, full name", []string{"hostNetwork: true"}, "cart.web.svc.cluster.local:80", NXDomain},
		{"host network with cluster DNS", []string{"hostNetwork: true", "dnsPolicy: ClusterFirstWithHostNet"}, "cart:80", OK},
		{"Default", []string{"dnsPolicy: Default"}, "cart:80", NXDomain},
		{"None", []string{"dnsPolicy: None", "dnsConfig: {nameservers: [10.9.9.9]}"}, "cart.web.svc.cluster.local:80", Unknown},
		{"None with the cluster's own server", []string{"dnsPolicy: None", "dnsConfig: {nameservers: [10.96.0.10]}"}, "cart.web.svc.cluster.local:80", OK},
		{"None searches nothing", []string{"dnsPolicy: None", "dnsConfig: {nameservers: [10.96.0.10]}"}, "cart:80", NXDomain},
	}
	dns := "apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}\nspec: {clusterIP: 10.96.0.10, ports: [{port: 53, protocol: UDP}]}\n"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := worldOf(t, svc, dns, deployment("web", "front", tt.spec...))
			check(t, w, to(t, w, "web/front", tt.host), tt.outcome, "web/cart:80")
		})
	}
}

// TestOwnName has pods call themselves by the names of their /etc/hosts, which
// needs no DNS: here policies deny it.
func TestOwnName(t *testing.T) {
	set := func(name, replicas string) string {
		text := strings.Replace(deployment("web", name, "http=80"), "kind: Deployment", "kind: StatefulSet", 1)
		text = strings.Replace(text, "replicas: 2", "replicas: "+replicas, 1)
		return strings.Replace(text, "spec:\n", "spec:\n  serviceName: peers\n", 1)
	}
	w := worldOf(t, set("one", "1"), set("two", "2"), deployment("web", "front", "http=80", "hostname: fixed"),
		policyText("web", "closed", "podSelector: {}, policyTypes: [Egress]"))
	tests := []struct {
		caller, host string
		outcome      Outcome
	}{
		{"one", "one-0:80", OK},
		{"one", "ONE-0.:80", OK},
		{"one", "one-0.peers.web.svc.cluster.local:80", OK},
		{"one", "one-0.peers:80", Denied},
		{"one", "one-1:80", Denied},
		{"two", "two-0:80", Denied},
	}
	for _, tt := range tests {
		id := deploymentID("web/" + tt.caller)
		id.Kind = "StatefulSet"
		host, _, _ := strings.Cut(tt.host, ":")
		check(t, w, Call{Cluster: "c", From: w.PodsOf("c", id)[0], Host: host, Port: 80}, tt.outcome, "web/one:80")
	}
	check(t, w, to(t, w, "web/front", "fixed:80"), Denied, "")
}

// TestOwnNameserverIsSubjectToPolicy has a pod with dnsPolicy None ask the
// cluster's DNS by its address: policies see these queries as any other's.
func TestOwnNameserverIsSubjectToPolicy(t *testing.T) {
	dns := "apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}\nspec: {clusterIP: 10.96.0.10, ports: [{port: 53, protocol: UDP}]}\n"
	front := deployment("web", "front", "dnsPolicy: None", "dnsConfig: {nameservers: [10.96.0.10], searches: [web.svc.cluster.local]}")
	cart := serviceText("web", "cart", "ports: [{port: 80}]") + "---\n" + deployment("web", "cart", "80")
	toCart := policyText("web", "out", "podSelector: {matchLabels: {app: front}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: cart}}}]}]")
	w := worldOf(t, dns, front, cart, toCart)
	check(t, w, to(t, w, "web/front", "cart:80"), Denied, "")
	w = worldOf(t, dns, front, cart, toCart, allowDNS("web"))
	check(t, w, to(t, w, "web/front", "cart:80"), OK, "web/cart:80")
}

func TestHostAliasesComeFirst(t *testing.T) {
	w := worldOf(t,
		serviceText("web", "cart", "clusterIP: 10.96.7.7, ports: [{port: 80}]"), deployment("web", "cart", "80"),
		serviceText("web", "front", "ports: [{port: 80}]"),
		deployment("web", "front", "hostAliases: [{ip: 10.96.7.7, hostnames: [front, old.example]}]"))
	for _, host := range []string{"front:80", "FRONT:80", "old.example:80", "old.example.:80"} {
		check(t, w, to(t, w, "web/front", host), OK, "web/cart:80")
	}
}

// TestLibcMatters holds the two cases in which musl ends elsewhere: it does not
// search for names with enough dots, and NODATA ends its search.
func TestLibcMatters(t *testing.T) {
	w := worldOf(t,
		namespaceText("shop", ""),
		serviceText("shop", "cart", "ports: [{port: 80}]"), deployment("shop", "cart", "80"),
		deployment("web", "two", "dnsConfig: {options: [{name: ndots, value: \"1\"}]}"),
		deployment("web", "front", "dnsConfig: {searches: [shop.svc.cluster.local]}"),
		alias("web", "cart", "gone.shop.svc.cluster.local"))
	tests := []struct {
		caller, host string
		libc         Libc
		outcome      Outcome
	}{
		{"web/two", "cart.shop:80", Glibc, OK},
		{"web/two", "cart.shop:80", Musl, NXDomain},
		{"web/two", "cart.shop:80", AnyLibc, NXDomain},
		// web/cart is an alias without an address: NODATA. glibc goes on to shop.
		{"web/front", "cart:80", Glibc, OK},
		{"web/front", "cart:80", Musl, NoData},
		{"web/front", "cart:80", AnyLibc, NoData},
	}
	for _, tt := range tests {
		t.Run(tt.caller+" "+tt.libc.String(), func(t *testing.T) {
			c := to(t, w, tt.caller, tt.host)
			c.Libc = tt.libc
			check(t, w, c, tt.outcome, "shop/cart:80")
		})
	}
}
