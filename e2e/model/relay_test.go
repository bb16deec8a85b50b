package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

const haproxyText = `defaults
  mode tcp

listen port-8080
  bind :::8080 v4v6
  server target cart.new.svc.cluster.local:80

frontend health
  bind :::9404 v4v6
`

func TestForwards(t *testing.T) {
	want := map[int32]traffic.Target{8080: {Host: "cart.new.svc.cluster.local", Port: 80}}
	if d := cmp.Diff(want, forwards(haproxyText)); d != "" {
		t.Error(d)
	}
}

// relayed is a world in which a Service leads to a relay, and the relay to a pod
// of another namespace, if that is ready.
func relayed(ready bool) *World {
	meta := func(namespace, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}}
	}
	pod := func(namespace, name string) *corev1.Pod {
		c := corev1.Container{Name: "main", Ports: []corev1.ContainerPort{{ContainerPort: 8080}}}
		return &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: meta(namespace, name), Spec: corev1.PodSpec{Containers: []corev1.Container{c}}}
	}
	service := func(namespace, name, app string) *corev1.Service {
		return &corev1.Service{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}, ObjectMeta: meta(namespace, name), Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": app}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(8080)}},
		}}
	}
	return &World{
		Pods:     []*corev1.Pod{pod("old", "front"), pod("old", "relay"), pod("new", "cart")},
		Services: []*corev1.Service{service("old", "cart", "relay"), service("new", "cart", "cart")},
		NotReady: map[string]bool{"new/cart": !ready},
		Relays:   map[string]map[int32]traffic.Target{"old/relay": forwards(haproxyText)},
	}
}

func TestRelaysAreFollowed(t *testing.T) {
	for _, tt := range []struct {
		ready   bool
		outcome sim.Outcome
		end     []string
	}{{true, sim.OK, []string{"new/cart"}}, {false, sim.Refused, nil}} {
		w := relayed(tt.ready)
		p, err := NewPredictor(w)
		if err != nil {
			t.Fatal(err)
		}
		r := p.Predict(&Question{Pod: w.Pods[0], Question: traffic.Question{Host: "cart", Port: 80}})
		if d := cmp.Diff(tt.end, predicted(&r)); r.Outcome != tt.outcome || d != "" {
			t.Errorf("ready %t: %s\n%s%s", tt.ready, r.Outcome, d, r)
		}
	}
}
