package policy

import (
	"strings"
	"sync"
	"testing"
)

const (
	denyIngress = "metadata: {namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n"
	denyEgress  = "metadata: {namespace: web}\nspec: {podSelector: {}, policyTypes: [Egress]}\n"
)

// shopIngress is a policy that isolates shop/cart and has one ingress rule.
func shopIngress(rule string) string {
	return "metadata: {namespace: shop}\nspec:\n  podSelector: {matchLabels: {app: cart}}\n  ingress:\n  - " + rule + "\n"
}

// webEgress is a policy that isolates web/front and has one egress rule.
func webEgress(rule string) string {
	return "metadata: {namespace: web}\nspec:\n  podSelector: {matchLabels: {app: front}}\n  policyTypes: [Egress]\n  egress:\n  - " + rule + "\n"
}

// TestPackets sends real packets between network namespaces. A line of a case
// says who may connect to whom, or with "!" in front who may not.
func TestPackets(t *testing.T) {
	l := newLab(t)
	tests := []struct {
		name, policies string
		want           string
	}{
		{
			"no policy", "",
			`web/front shop/cart:8081
			 web/front 10.96.0.10:80
			 web/front web/cart:8080
			 shop/pay 198.51.100.7:8080
			 web/front kube-system/dns:53/udp
			 outside shop/cart:8081
			 node/a shop/cart:8081`,
		},
		{
			"deny all ingress", denyIngress,
			`!web/front shop/cart:8081
			 !web/front 10.96.0.10:80
			 !shop/pay shop/cart:8081
			 !outside shop/pay:8080
			 !web/front shop/cart:53/udp
			 shop/cart web/cart:8080
			 shop/pay 198.51.100.7:8080
			 web/front web/cart:8080
			 shop/cart shop/cart:8081`,
		},
		{
			"the node's own probes reach isolated pods, another node's do not", denyIngress,
			`node/b shop/cart:8081
			 !node/a shop/cart:8081`,
		},
		{
			"deny all egress", denyEgress,
			`!web/front shop/cart:8081
			 !web/front 10.96.0.10:80
			 !web/front web/cart:8080
			 !web/front kube-system/dns:53/udp
			 !web/cart 198.51.100.7:8080
			 shop/pay web/cart:8080
			 web/cart web/cart:8080`,
		},
		{
			"deny of both sides, opened on one only", denyIngress + "---\n" + webEgress("to: [{namespaceSelector: {}}]"),
			"!web/front shop/cart:8081\n web/front web/cart:8080",
		},
		{
			"additive", denyIngress + "---\n" + shopIngress("from: [{podSelector: {matchLabels: {app: pay}}}]") + "---\n" + shopIngress("from: [{namespaceSelector: {matchLabels: {team: red}}}]"),
			"shop/pay shop/cart:8081\n web/front shop/cart:8081\n web/cart shop/cart:8081\n !outside shop/cart:8081\n !web/front shop/pay:8080",
		},
		{
			"both selectors in one peer", shopIngress("from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: cart}}}]"),
			"web/cart shop/cart:8081\n !web/front shop/cart:8081\n !shop/pay shop/cart:8081",
		},
		{
			"both selectors in two peers", shopIngress("from: [{namespaceSelector: {matchLabels: {team: red}}}, {podSelector: {matchLabels: {app: pay}}}]"),
			"web/cart shop/cart:8081\n web/front shop/cart:8081\n shop/pay shop/cart:8081\n !kube-system/dns shop/cart:8081",
		},
		{
			"a podSelector is of the policy's namespace", shopIngress("from: [{podSelector: {}}]"),
			"shop/pay shop/cart:8081\n !web/cart shop/cart:8081",
		},
		{
			"an empty namespaceSelector is every pod, and nothing outside", shopIngress("from: [{namespaceSelector: {}}]"),
			"web/front shop/cart:8081\n shop/pay shop/cart:8081\n !outside shop/cart:8081",
		},
		{
			"an empty list of peers is everybody", shopIngress("from: []"),
			"web/front shop/cart:8081\n outside shop/cart:8081",
		},
		{
			"an empty rule is everything", shopIngress("{}"),
			"web/front shop/cart:9090\n outside shop/cart:53/udp",
		},
		{
			"expressions", shopIngress("from: [{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [red, green]}]}, podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}, {key: app, operator: NotIn, values: [other]}]}}]"),
			"web/front shop/cart:8081\n !web/cart shop/cart:8081\n !shop/pay shop/cart:8081",
		},
		{
			"number", shopIngress("ports: [{port: 8081}]"),
			"web/front shop/cart:8081\n outside shop/cart:8081\n !web/front shop/cart:8080\n !web/front shop/cart:53/udp",
		},
		{
			"the number is the pod's, not the Service's", shopIngress("ports: [{port: 80}]"),
			"!web/front 10.96.0.10:80\n !web/front shop/cart:8081",
		},
		{
			"translated address and its port", shopIngress("from: [{namespaceSelector: {matchLabels: {team: red}}}]\n    ports: [{port: 8081}]"),
			"web/front 10.96.0.10:80\n !shop/pay 10.96.0.10:80",
		},
		{
			"range", shopIngress("ports: [{port: 8080, endPort: 8081}]"),
			"web/front shop/cart:8080\n web/front shop/cart:8081\n !web/front shop/cart:9090",
		},
		{
			"protocol without port", shopIngress("ports: [{protocol: UDP}]"),
			"web/front shop/cart:53/udp\n !web/front shop/cart:8081",
		},
		{
			"named port", shopIngress("ports: [{port: http}]"),
			"web/front shop/cart:8081\n !web/front shop/cart:8080\n !web/front shop/cart:53/udp",
		},
		{
			"named port of UDP", shopIngress("ports: [{port: http, protocol: UDP}]"),
			"web/front shop/cart:53/udp\n !web/front shop/cart:8081",
		},
		{
			"named port that the pod has not", shopIngress("ports: [{port: grpc}]"),
			"!web/front shop/cart:8081\n !web/front shop/cart:8080",
		},
		{
			"named port to peers", webEgress("to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: cart}}}]\n    ports: [{port: http}]"),
			"web/front web/cart:8080\n web/front shop/cart:8081\n web/front 10.96.0.10:80\n !web/front web/cart:8081\n !web/front shop/cart:8080\n !web/front shop/cart:53/udp",
		},
		{
			"named port to everybody", webEgress("ports: [{port: admin}]"),
			"web/front web/cart:9090\n !web/front shop/cart:9090\n !web/front 198.51.100.7:9090",
		},
		{
			"block with exceptions", webEgress("to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.9.1.0/24, 10.9.1.2/32]}}]"),
			"web/front 198.51.100.7:8080\n web/front web/cart:8080\n !web/front shop/cart:8081\n !web/front 10.96.0.10:80\n !web/front shop/pay:8080",
		},
		{
			"block of ingress", shopIngress("from: [{ipBlock: {cidr: 198.51.100.0/24}}]"),
			"outside shop/cart:8081\n !web/front shop/cart:8081",
		},
		{
			"a block of another family means nobody", webEgress("to: [{ipBlock: {cidr: '::/0'}}]"),
			"!web/front shop/cart:8081\n !web/front 198.51.100.7:8080",
		},
		{
			"DNS only", webEgress("to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{port: 53, protocol: UDP}, {port: 53}]"),
			"web/front kube-system/dns:53/udp\n !web/front kube-system/dns:8080\n !web/front shop/cart:8081",
		},
		{
			"types by default: ingress always", "metadata: {namespace: shop}\nspec: {podSelector: {}}\n",
			"!web/front shop/cart:8081\n shop/cart web/cart:8080",
		},
		{
			"types by default: egress with a rule for it", "metadata: {namespace: shop}\nspec: {podSelector: {}, egress: [{ports: [{port: 9090}]}]}\n",
			"!web/front shop/cart:8081\n shop/cart web/cart:9090\n !shop/cart web/cart:8080",
		},
		{
			"types: egress without a rule", "metadata: {namespace: shop}\nspec: {podSelector: {matchLabels: {app: pay}}, policyTypes: [Egress]}\n",
			"!shop/pay web/cart:8080\n web/front shop/pay:8080\n shop/cart web/cart:8080",
		},
		{
			"replies come back to a pod that lets nobody in", "metadata: {namespace: web}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n---\n" + denyIngress + "---\n" + shopIngress("{}"),
			"web/front shop/cart:8081\n !shop/pay web/front:8080",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l.enforce(t, tt.policies)
			l.check(t, tt.want)
		})
	}
}

// check tries the connections of all lines side by side.
func (l *lab) check(t *testing.T, lines string) {
	t.Helper()
	var all sync.WaitGroup
	for line := range strings.Lines(lines) {
		line, forbidden := strings.CutPrefix(strings.TrimSpace(line), "!")
		from, to, _ := strings.Cut(line, " ")
		all.Go(func() {
			if passes := l.passes(from, to); passes == forbidden {
				t.Errorf("%s -> %s passes: %t", from, to, passes)
			}
		})
	}
	all.Wait()
}

func TestEstablishedConnectionsStay(t *testing.T) {
	l := newLab(t)
	l.enforce(t, "")
	c, err := l.open("web/front", "shop/cart:8081")
	if err != nil || say(c) != nil {
		t.Fatalf("no connection to begin with: %v", err)
	}
	defer c.Close()
	l.enforce(t, denyIngress)
	if err := say(c); err != nil {
		t.Errorf("an established connection: %v", err)
	}
	l.check(t, "!web/front shop/cart:8081")
	l.enforce(t, "")
	l.check(t, "web/front shop/cart:8081")
}

// TestPolicyFollowsPods changes labels and pods under one policy.
func TestPolicyFollowsPods(t *testing.T) {
	l := newLab(t)
	const fromPay = "from: [{podSelector: {matchLabels: {app: pay}}}]"
	l.enforce(t, shopIngress(fromPay))
	l.check(t, "shop/pay shop/cart:8081")
	for _, p := range l.pods {
		if p.Name == "pay" {
			p.Labels = map[string]string{"app": "other"}
		}
	}
	l.enforce(t, shopIngress(fromPay))
	l.check(t, "!shop/pay shop/cart:8081")
	for _, p := range l.pods {
		p.Labels = nil
	}
	l.enforce(t, shopIngress(fromPay))
	l.check(t, "web/front shop/cart:8081")
}
