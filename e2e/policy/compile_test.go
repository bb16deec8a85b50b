package policy

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// compileLab compiles policies for the lab's pods, without needing root.
func compileLab(t *testing.T, pods []*corev1.Pod, text string) *Ruleset {
	t.Helper()
	r, err := Compile(&Snapshot{Pods: pods, Namespaces: labNamespaces(), Policies: readPolicies(t, text)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOrderOfObjectsDoesNotMatter(t *testing.T) {
	text := denyIngress + "---\n" + shopIngress("from: [{namespaceSelector: {}}]\n    ports: [{port: http}]") + "---\n" + webEgress("ports: [{port: http}]")
	pods := labPods()
	want := compileLab(t, pods, text)
	for range 10 {
		rand.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
		if d := cmp.Diff(want, compileLab(t, pods, text), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Fatal(d)
		}
	}
}

func TestPodsWithoutAnAddressOfTheirOwn(t *testing.T) {
	tests := []struct {
		name   string
		change func(*corev1.Pod)
	}{
		{"on the node's network", func(p *corev1.Pod) { p.Spec.HostNetwork = true }},
		{"without an address yet", func(p *corev1.Pod) { p.Status.PodIP = "" }},
		{"ended", func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pods := labPods()
			for _, p := range pods {
				tt.change(p)
			}
			if r := compileLab(t, pods, denyIngress); len(r.Pods) != 0 {
				t.Errorf("guards %+v", r.Pods)
			}
		})
	}
}

func TestPortsOfInitContainers(t *testing.T) {
	pods := labPods()[3:4] // shop/pay
	always := corev1.ContainerRestartPolicyAlways
	pods[0].Spec.InitContainers = []corev1.Container{
		{Ports: []corev1.ContainerPort{{Name: "metrics", ContainerPort: 1}}},
		{Ports: []corev1.ContainerPort{{Name: "metrics", ContainerPort: 2}}, RestartPolicy: &always},
	}
	r := compileLab(t, pods, "metadata: {namespace: shop}\nspec: {podSelector: {}, ingress: [{ports: [{port: metrics}]}]}\n")
	if d := cmp.Diff([]string{"tcp dport 2"}, r.Pods[0].Ingress); d != "" {
		t.Error(d)
	}
}

func TestBrokenPoliciesAreErrors(t *testing.T) {
	for _, text := range []string{
		"metadata: {namespace: shop}\nspec: {podSelector: {matchExpressions: [{key: a, operator: Like}]}}\n",
		"metadata: {namespace: shop}\nspec: {podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: In}]}}]}]}\n",
		"metadata: {namespace: shop}\nspec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]}\n",
		"metadata: {namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [x]}}]}]}\n",
	} {
		if _, err := Compile(&Snapshot{Pods: labPods(), Policies: readPolicies(t, text)}); err == nil {
			t.Errorf("no error for\n%s", text)
		}
	}
}
