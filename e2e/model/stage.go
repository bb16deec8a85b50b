// Package model holds the simulator against a real cluster: it makes small
// random worlds, puts the same questions to both, and compares the answers.
//
// A world is Services, NetworkPolicies, labels and readiness on a stage, which
// is a few pods in three namespaces. Pods are made once for each stage; worlds
// follow each other on it and start no program again.
package model

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/rehome-dev/rehome/e2e/traffic"
)

// Stage is the pods that worlds are played by.
type Stage struct {
	Namespaces []*corev1.Namespace
	Pods       []*corev1.Pod
}

// The image of the pods; whatever it is called, a stand-in runs.
const image = "rehome.dev/standin"

// sharedPort is declared by every pod, so that a Service may lead to it by
// number whichever pods it selects.
const sharedPort = 8080

// NewStage returns the stage of a number. Equal numbers give equal stages.
func NewStage(number int) *Stage {
	r := rand.New(rand.NewPCG(uint64(number), 1))
	s := &Stage{}
	for i, team := range []string{"red", "blue", "green"} {
		name := fmt.Sprintf("m%d-%s", number, team)
		s.Namespaces = append(s.Namespaces, &corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: name},
		})
		for j := range 3 - i {
			s.Pods = append(s.Pods, newPod(r, name, fmt.Sprintf("p%d", j)))
		}
	}
	return s
}

func newPod(r *rand.Rand, namespace, name string) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken:  new(bool),
			EnableServiceLinks:            new(bool),
			TerminationGracePeriodSeconds: new(int64),
			Containers:                    []corev1.Container{{Name: "main", Image: image, Ports: containerPorts(r)}},
		},
	}
	p.Spec.Containers[0].ReadinessProbe = &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: traffic.ReadyPath, Port: intstr.FromInt32(sharedPort)}},
		PeriodSeconds:    1,
		FailureThreshold: 1,
	}
	if chance(r, 40) {
		p.Spec.Hostname, p.Spec.Subdomain = "host-"+name, "peers"
	}
	resolving(r, &p.Spec, namespace)
	return p
}

// containerPorts returns the shared port and some others, under names that mean
// other numbers in other pods.
func containerPorts(r *rand.Rand) []corev1.ContainerPort {
	names := []string{"web", "admin", ""}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	out := []corev1.ContainerPort{{Name: names[0], ContainerPort: sharedPort}}
	if chance(r, 60) {
		out = append(out, corev1.ContainerPort{Name: names[1], ContainerPort: 8081})
	}
	if chance(r, 50) {
		out = append(out, corev1.ContainerPort{Name: "web", ContainerPort: 5300, Protocol: corev1.ProtocolUDP})
	}
	return uniqueNames(out)
}

// uniqueNames drops names that the API server would refuse a second time, even
// for another protocol.
func uniqueNames(ports []corev1.ContainerPort) []corev1.ContainerPort {
	seen := map[string]bool{}
	for i := range ports {
		if seen[ports[i].Name] {
			ports[i].Name = "data"
		}
		seen[ports[i].Name] = ports[i].Name != ""
	}
	return ports
}

// clusterDNS is the address of the cluster's DNS, as kubeadm chooses it.
const clusterDNS = "10.96.0.10"

// resolving gives some pods a way of their own to resolve names.
func resolving(r *rand.Rand, spec *corev1.PodSpec, namespace string) {
	if !chance(r, 30) {
		return
	}
	spec.DNSConfig = &corev1.PodDNSConfig{}
	switch r.IntN(3) {
	case 0:
		one := "1"
		spec.DNSConfig.Options = []corev1.PodDNSConfigOption{{Name: "ndots", Value: &one}}
	case 1:
		spec.DNSConfig.Searches = []string{"old." + namespace + ".svc.cluster.local"}
	case 2:
		spec.DNSPolicy = corev1.DNSNone
		spec.DNSConfig.Nameservers = []string{clusterDNS}
		spec.DNSConfig.Searches = []string{"svc.cluster.local"}
	}
}

// chance is true in so many of a hundred cases.
func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

// one returns one of a list.
func one[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }
