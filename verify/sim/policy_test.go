package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// allowDNS lets every pod of a namespace ask the cluster's DNS.
func allowDNS(namespace string) string {
	return policyText(namespace, "dns", `podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}, {port: 53}]}]`)
}

func TestPolicies(t *testing.T) {
	const (
		all     = "podSelector: {}"
		cart    = "podSelector: {matchLabels: {app: cart}}"
		front   = "podSelector: {matchLabels: {app: front}}"
		webName = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}"
		blue    = "namespaceSelector: {matchLabels: {team: blue}}"
	)
	in := func(spec string) string { return policyText("shop", "in", cart+", "+spec) }
	out := func(spec string) string { return policyText("web", "out", front+", policyTypes: [Egress], "+spec) }
	tests := []struct {
		name     string
		policies []string
		outcome  Outcome
	}{
		{"no policy", nil, OK},
		{"selects others", []string{policyText("shop", "x", "podSelector: {matchLabels: {app: other}}")}, OK},
		{"of another namespace", []string{policyText("other", "x", all)}, OK},
		{"default deny ingress", []string{policyText("shop", "x", all)}, Denied},
		{"absent podSelector selects all", []string{policyText("shop", "x", "policyTypes: [Ingress]")}, Denied},
		{"policyTypes default to ingress alone", []string{policyText("web", "x", all+", egress: []")}, OK},
		{"policyTypes default to egress where it has rules", []string{policyText("web", "x", all+", egress: [{to: [{podSelector: {}}]}]")}, Denied},
		{"egress rules do not count without the type", []string{policyText("web", "x", all+", policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]")}, OK},
		{"default deny egress", []string{policyText("web", "x", all+", policyTypes: [Egress]")}, Denied},
		{"empty rule allows everything", []string{in("ingress: [{}]")}, OK},
		{"additive", []string{policyText("shop", "x", all), in("ingress: [{}]")}, OK},
		{"podSelector alone means the policy's namespace", []string{in("ingress: [{from: [{" + front + "}]}]")}, Denied},
		{"namespaceSelector alone means all its pods", []string{in("ingress: [{from: [{" + webName + "}]}]")}, OK},
		{"empty namespaceSelector means all namespaces", []string{in("ingress: [{from: [{namespaceSelector: {}}]}]")}, OK},
		{"both in one peer: and", []string{in("ingress: [{from: [{" + webName + ", " + front + "}]}]")}, OK},
		{"both in one peer: one fails", []string{in("ingress: [{from: [{" + webName + ", podSelector: {matchLabels: {app: x}}}]}]")}, Denied},
		{"two peers: or", []string{in("ingress: [{from: [{" + webName + "}, {podSelector: {matchLabels: {app: x}}}]}]")}, OK},
		{"two rules: or", []string{in("ingress: [{from: [{podSelector: {}}]}, {from: [{" + webName + "}]}]")}, OK},
		{"label of a known namespace", []string{namespaceText("web", "team: blue"), in("ingress: [{from: [{" + blue + "}]}]")}, OK},
		{"label that a known namespace lacks", []string{namespaceText("web", "team: red"), in("ingress: [{from: [{" + blue + "}]}]")}, Denied},
		{"label of a namespace that is not in the manifests", []string{in("ingress: [{from: [{" + blue + "}]}]")}, Unknown},
		{"its name decides all the same", []string{in("ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue, kubernetes.io/metadata.name: x}}}]}]")}, Denied},
		{"the name label cannot be overridden", []string{namespaceText("web", "kubernetes.io/metadata.name: x"), in("ingress: [{from: [{" + webName + "}]}]")}, OK},
		{"In", []string{in("ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: In, values: [a, front]}]}}]}]")}, OK},
		{"NotIn", []string{in("ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [a, front]}]}}]}]")}, Denied},
		{"NotIn holds for an absent label", []string{in("ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [a]}]}}]}]")}, OK},
		{"Exists", []string{in("ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: Exists}]}}]}]")}, OK},
		{"DoesNotExist", []string{in("ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]}]")}, Denied},
		{"matchExpressions select the pods of the policy", []string{policyText("shop", "x", "podSelector: {matchExpressions: [{key: app, operator: In, values: [cart]}]}")}, Denied},
		{"unknown operator", []string{policyText("shop", "x", "podSelector: {matchExpressions: [{key: app, operator: Like, values: [cart]}]}")}, Unknown},
		{"peer without anything is no peer for everybody", []string{in("ingress: [{from: [{}]}]")}, Unknown},

		{"port is the pod's", []string{in("ingress: [{ports: [{port: 7070}]}]")}, OK},
		{"not the Service's", []string{in("ingress: [{ports: [{port: 80}]}]")}, Denied},
		{"protocol", []string{in("ingress: [{ports: [{port: 7070, protocol: UDP}]}]")}, Denied},
		{"every port of the protocol", []string{in("ingress: [{ports: [{protocol: TCP}]}]")}, OK},
		{"range", []string{in("ingress: [{ports: [{port: 7000, endPort: 7100}]}]")}, OK},
		{"range that ends before", []string{in("ingress: [{ports: [{port: 7000, endPort: 7069}]}]")}, Denied},
		{"named port", []string{in("ingress: [{ports: [{port: grpc}]}]")}, OK},
		{"named port of another number", []string{in("ingress: [{ports: [{port: metrics}]}]")}, Denied},
		{"named port of another protocol", []string{in("ingress: [{ports: [{port: grpc, protocol: UDP}]}]")}, Denied},
		{"named port of the destination in egress", []string{allowDNS("web"), out("egress: [{ports: [{port: grpc}]}]")}, OK},
		{"ports and peers: and", []string{in("ingress: [{from: [{" + webName + "}], ports: [{port: 1}]}]")}, Denied},

		{"egress to the namespace", []string{allowDNS("web"), out("egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]")}, OK},
		{"egress allows, ingress does not", []string{allowDNS("web"), out("egress: [{}]"), policyText("shop", "x", all)}, Denied},
		{"egress without DNS", []string{out("egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]")}, Denied},
		{"egress with DNS alone", []string{allowDNS("web")}, Denied},
		{"egress by DNS over TCP alone", []string{out("egress: [{ports: [{port: 53}]}, {to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]")}, Denied},
		{"egress everywhere on port 53 and the pod's", []string{out("egress: [{ports: [{port: 53, protocol: UDP}, {port: 7070}]}]")}, OK},
		{"named DNS port", []string{out("egress: [{ports: [{port: dns, protocol: UDP}, {port: 7070}]}]")}, OK},
		{"kube-system shuts itself off", []string{policyText("kube-system", "x", all)}, Denied},

		{"all addresses", []string{in("ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")}, OK},
		{"broken block", []string{in("ingress: [{from: [{ipBlock: {cidr: nonsense}}]}]")}, Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := worldOf(t, append(tt.policies, deployment("web", "front"), deployment("shop", "cart", "grpc=7070", "metrics=9090"),
				serviceText("shop", "cart", "ports: [{port: 80, targetPort: grpc}]"))...)
			check(t, w, to(t, w, "web/front", "cart.shop:80"), tt.outcome, "shop/cart:7070")
		})
	}
}

func TestPolicyAssumesBlocks(t *testing.T) {
	for _, block := range []string{"cidr: 10.0.0.0/8", "cidr: 0.0.0.0/0, except: [169.254.0.0/16]"} {
		w := worldOf(t, deployment("web", "front"), deployment("web", "cart", "80"), serviceText("web", "cart", "ports: [{port: 80}]"),
			policyText("web", "in", "podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{ipBlock: {"+block+"}}]}]"))
		if r := check(t, w, to(t, w, "web/front", "cart:80"), OK, "web/cart:80"); !r.Assumed || len(r.Assumptions()) != 1 {
			t.Errorf("%s: no assumption:\n%s", block, r)
		}
	}
}

func TestPolicyAndAddresses(t *testing.T) {
	rule := func(block string) string {
		return policyText("web", "out", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {"+block+"}}]}]")
	}
	for block, outcome := range map[string]Outcome{
		"cidr: 192.0.2.0/24":                               Unknown, // allowed; nothing is known of the address
		"cidr: 192.0.2.0/24, except: [192.0.2.0/28]":       Denied,
		"cidr: 192.0.2.0/24, except: [192.0.2.128/25]":     Unknown,
		"cidr: 198.51.100.0/24":                            Denied,
		"cidr: 192.0.2.9/24, except: [2001:db8::/32]":      Unknown,
		"cidr: 2001:db8::/32":                              Denied,
		"cidr: 0.0.0.0/0, except: [10.0.0.0/8, 192.0.2.1]": Denied, // not a prefix: refused by the API server
	} {
		w := worldOf(t, deployment("web", "front"), rule(block))
		want := outcome
		if strings.Contains(block, "192.0.2.1]") {
			want = Unknown
		}
		check(t, w, to(t, w, "web/front", "192.0.2.7:443"), want, "")
	}
}

func TestPolicyAndHostNetwork(t *testing.T) {
	service := serviceText("web", "cart", "ports: [{port: 80}]")
	node := []string{"hostNetwork: true", "dnsPolicy: ClusterFirstWithHostNet"}
	denyAll := policyText("web", "deny", "podSelector: {}, policyTypes: [Ingress, Egress]")
	same := policyText("web", "same", "podSelector: {}, ingress: [{from: [{podSelector: {}}]}]")
	toSame := policyText("web", "to-same", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}, {ports: [{port: 53, protocol: UDP}]}]")

	w := worldOf(t, deployment("web", "front", node...), deployment("web", "cart", "80"), service)
	check(t, w, to(t, w, "web/front", "cart:80"), OK, "web/cart:80")

	// No selector means a caller that has its node's address.
	w = worldOf(t, deployment("web", "front", node...), deployment("web", "cart", "80"), service, same)
	check(t, w, to(t, w, "web/front", "cart:80"), Denied, "")

	// Policies do not protect pods on the node's network.
	w = worldOf(t, deployment("web", "front", node...), deployment("web", "cart", append(node, "80")...), service, denyAll)
	check(t, w, to(t, w, "web/front", "cart:80"), OK, "web/cart:80")

	// Nor does a selector of an egress rule mean them.
	w = worldOf(t, deployment("web", "front"), deployment("web", "cart", append(node, "80")...), service, toSame)
	check(t, w, to(t, w, "web/front", "cart:80"), Denied, "")
}

func TestPodReachesItself(t *testing.T) {
	one := strings.Replace(deployment("web", "cart", "80"), "replicas: 2", "replicas: 1", 1)
	deny := policyText("web", "deny", "podSelector: {}")
	w := worldOf(t, one, serviceText("web", "cart", "ports: [{port: 80}]"), deny)
	check(t, w, to(t, w, "web/cart", "cart:80"), OK, "web/cart:80")
	w = worldOf(t, deployment("web", "cart", "80"), serviceText("web", "cart", "ports: [{port: 80}]"), deny)
	check(t, w, to(t, w, "web/cart", "cart:80"), Denied, "") // it may meet its sibling
}

// TestWorstBackendCounts: a client cannot choose among the pods of a Service.
func TestWorstBackendCounts(t *testing.T) {
	shared := "apiVersion: v1\nkind: Service\nmetadata: {name: both, namespace: web}\nspec: {selector: {part: x}, ports: [{port: 80}]}\n"
	labelled := func(name string) string {
		return strings.Replace(deployment("web", name, "80"), "template:\n    metadata: {labels: {", "template:\n    metadata: {labels: {part: x, ", 1)
	}
	w := worldOf(t, deployment("web", "front"), shared, labelled("a"), labelled("b"))
	check(t, w, to(t, w, "web/front", "both:80"), OK, "web/a:80 web/b:80")
	w = worldOf(t, deployment("web", "front"), shared, labelled("a"), labelled("b"), policyText("web", "x", "podSelector: {matchLabels: {app: b}}"))
	check(t, w, to(t, w, "web/front", "both:80"), Denied, "")
}

// TestRandomPolicies compares with an evaluation of the typed API objects,
// written without indexes or short cuts.
func TestRandomPolicies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(options ...string) string { return options[rng.IntN(len(options))] }
	selector := func() string {
		return pick("{}", "{matchLabels: {app: front}}", "{matchLabels: {app: cart}}", "{matchLabels: {app: cart, part: x}}",
			"{matchExpressions: [{key: app, operator: NotIn, values: [front]}]}", "{matchExpressions: [{key: part, operator: Exists}]}",
			"{matchLabels: {app: front}, matchExpressions: [{key: part, operator: DoesNotExist}]}")
	}
	nsSelector := func() string {
		return pick("{}", "{matchLabels: {kubernetes.io/metadata.name: web}}", "{matchLabels: {team: blue}}", "{matchExpressions: [{key: team, operator: NotIn, values: [blue]}]}")
	}
	peerText := func() string {
		return pick("{podSelector: "+selector()+"}", "{namespaceSelector: "+nsSelector()+"}", "{namespaceSelector: "+nsSelector()+", podSelector: "+selector()+"}")
	}
	list := func(n int, one func() string) string {
		var items []string
		for range n {
			items = append(items, one())
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	portText := func() string {
		return pick("{port: 7070}", "{port: grpc}", "{port: 1, endPort: 7100}", "{protocol: UDP}", "{port: 80}", "{protocol: TCP}")
	}
	ruleText := func(peers string) func() string {
		return func() string {
			return "{" + peers + ": " + list(rng.IntN(3), peerText) + ", ports: " + list(rng.IntN(3), portText) + "}"
		}
	}
	for i := range 2000 {
		var policies []string
		for j := range 1 + rng.IntN(3) {
			policies = append(policies, policyText(pick("web", "shop"), fmt.Sprintf("p%d", j),
				"podSelector: "+selector()+pick("", ", policyTypes: [Ingress]", ", policyTypes: [Egress]", ", policyTypes: [Ingress, Egress]")+
					", ingress: "+list(rng.IntN(3), ruleText("from"))+", egress: "+list(rng.IntN(3), ruleText("to"))))
		}
		w := worldOf(t, append(policies, namespaceText("web", "team: blue"), namespaceText("shop", ""), deployment("web", "front"),
			strings.Replace(deployment("shop", "cart", "grpc=7070"), "template:\n    metadata: {labels: {", "template:\n    metadata: {labels: {part: x, ", 1))...)
		c := w.cluster("c")
		source := party{namespace: c.namespace("web"), template: from(t, w, "web/front").Template}
		destination := party{namespace: c.namespace("shop"), template: from(t, w, "shop/cart").Template}
		q := query{world: w, cluster: c}
		got := q.permit(&source, &destination, 7070, tcp)
		want := oracle(t, policies)
		if (got == allowed) != want || got == undecided || got == assumed {
			t.Fatalf("run %d: verdict %d, the oracle says %v\n%s", i, got, want, strings.Join(policies, "---\n"))
		}
	}
}

// oracle decides whether web/front may reach shop/cart on TCP 7070, its port
// "grpc", under policies.
func oracle(t *testing.T, policies []string) bool {
	t.Helper()
	sets := map[string]labels.Set{"web": {nameLabel: "web", "team": "blue"}, "shop": {nameLabel: "shop"}}
	pods := map[string]labels.Set{"web": {"app": "front"}, "shop": {"app": "cart", "part": "x"}}
	matches := func(s *metav1.LabelSelector, set labels.Set) bool {
		sel, err := metav1.LabelSelectorAsSelector(s)
		if err != nil {
			t.Fatal(err)
		}
		return sel.Matches(set)
	}
	peerIs := func(own, other string, peers []networkingv1.NetworkPolicyPeer) bool {
		for _, p := range peers {
			ns := other == own
			if p.NamespaceSelector != nil {
				ns = matches(p.NamespaceSelector, sets[other])
			}
			if ns && (p.PodSelector == nil || matches(p.PodSelector, pods[other])) {
				return true
			}
		}
		return len(peers) == 0
	}
	portIs := func(ports []networkingv1.NetworkPolicyPort) bool {
		for _, p := range ports {
			switch {
			case p.Protocol != nil && *p.Protocol != "TCP":
			case p.Port == nil, p.Port.StrVal == "grpc", p.Port.IntVal == 7070:
				return true
			case p.EndPort != nil && p.Port.IntVal <= 7070 && 7070 <= *p.EndPort:
				return true
			}
		}
		return len(ports) == 0
	}
	isolated := map[string]bool{}
	let := map[string]bool{}
	for _, text := range policies {
		var p networkingv1.NetworkPolicy
		if err := yaml.Unmarshal([]byte(text), &p); err != nil {
			t.Fatal(err)
		}
		types := p.Spec.PolicyTypes
		if len(types) == 0 {
			types = []networkingv1.PolicyType{"Ingress"}
			if len(p.Spec.Egress) > 0 {
				types = append(types, "Egress")
			}
		}
		for _, typ := range types {
			if typ == "Egress" && p.Namespace == "web" && matches(&p.Spec.PodSelector, pods["web"]) {
				isolated["web"] = true
				for _, r := range p.Spec.Egress {
					let["web"] = let["web"] || peerIs("web", "shop", r.To) && portIs(r.Ports)
				}
			}
			if typ == "Ingress" && p.Namespace == "shop" && matches(&p.Spec.PodSelector, pods["shop"]) {
				isolated["shop"] = true
				for _, r := range p.Spec.Ingress {
					let["shop"] = let["shop"] || peerIs("shop", "web", r.From) && portIs(r.Ports)
				}
			}
		}
	}
	return (!isolated["web"] || let["web"]) && (!isolated["shop"] || let["shop"])
}
