package model

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// World is what is on a stage at one moment.
type World struct {
	Seed       uint64
	Namespaces []*corev1.Namespace
	Pods       []*corev1.Pod   // with the labels of this world
	NotReady   map[string]bool // by namespace/name
	// Terminating is pods on their way to their end, which happens only in
	// states that were read from a cluster.
	Terminating map[string]bool
	Services    []*corev1.Service
	Slices      []*discoveryv1.EndpointSlice
	Policies    []*networkingv1.NetworkPolicy
	Relays      []Relay // which only states of a cluster have
	Questions   []Question
}

// Question is one that a pod asks.
type Question struct {
	Pod    *corev1.Pod
	Socket string // of the container that asks; the pod's first when empty
	// Libc is the resolver that is asked about: Go's and glibc's are one to the
	// simulator. Foreign asks by glibc itself.
	Libc    sim.Libc
	Foreign bool
	traffic.Question
}

// String returns who asks for what.
func (q Question) String() string {
	by := q.Libc.String()
	if q.Foreign {
		by += ", not Go"
	}
	return fmt.Sprintf("%s/%s -> %s by %s", q.Pod.Namespace, q.Pod.Name, q.Question, by)
}

// generator makes the parts of one world.
type generator struct {
	*rand.Rand
	world *World
}

// Questions is how many each world asks.
const Questions = 48

// NewWorld returns the world of a seed on a stage. Equal seeds on equal stages
// give equal worlds.
func NewWorld(s *Stage, seed uint64) *World {
	g := &generator{rand.New(rand.NewPCG(seed, 2)), &World{Seed: seed, NotReady: map[string]bool{}}}
	for _, ns := range s.Namespaces {
		g.addNamespace(ns)
	}
	for _, p := range s.Pods {
		g.addPod(p)
	}
	for range 5 + g.IntN(5) {
		g.addService()
	}
	for range g.IntN(5) {
		g.addPolicy()
	}
	for range Questions {
		g.addQuestion()
	}
	return g.world
}

// app returns a label by which Services and policies select; one of them is
// common, so that most Services have somebody behind them.
func (g *generator) app() string { return one(g.Rand, "cart", "cart", "cart", "front", "front", "pay") }

func (g *generator) addNamespace(ns *corev1.Namespace) {
	ns = ns.DeepCopy()
	ns.Labels = map[string]string{"kubernetes.io/metadata.name": ns.Name, "team": one(g.Rand, "red", "blue")}
	g.world.Namespaces = append(g.world.Namespaces, ns)
}

func (g *generator) addPod(p *corev1.Pod) {
	p = p.DeepCopy()
	p.Labels = map[string]string{"app": g.app()}
	if chance(g.Rand, 50) {
		p.Labels["tier"] = one(g.Rand, "back", "edge")
	}
	g.world.NotReady[podName(p)] = chance(g.Rand, 20)
	g.world.Pods = append(g.world.Pods, p)
}

// podName returns namespace/name.
func podName(p *corev1.Pod) string { return p.Namespace + "/" + p.Name }

// namespace returns the name of one of the stage's namespaces.
func (g *generator) namespace() string { return one(g.Rand, g.world.Namespaces...).Name }
