package model

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// tries is how often an address is tried, so that each endpoint of a Service is
// met.
const tries = 8

// addQuestion has a pod ask for a Service of the world, by one of its names and
// at a port that it has or has not.
func (g *generator) addQuestion() {
	q := Question{Pod: one(g.Rand, g.world.Pods...), Libc: sim.Glibc, Question: traffic.Question{Tries: tries}}
	if len(g.world.Services) == 0 || chance(g.Rand, 6) {
		q.Host, q.Port = one(g.Rand, "nobody", "nobody."+g.namespace(), "cart.nowhere", "localhost", "cart."+g.namespace()+".svc.cluster.local."), 80
		g.world.Questions = append(g.world.Questions, q)
		return
	}
	s := one(g.Rand, g.world.Services...)
	if g.fromSameNamespace(&q, s) {
		q.Host = one(g.Rand, s.Name, s.Name, s.Name+"."+s.Namespace)
	} else {
		q.Host = one(g.Rand, s.Name+"."+s.Namespace, s.Name+"."+s.Namespace+".svc", s.Name+"."+s.Namespace+".svc.cluster.local")
	}
	switch g.IntN(16) {
	case 0, 1:
		q.Host = s.Name + "." + s.Namespace + ".svc.cluster.local."
	case 2:
		q.Host = one(g.Rand, "host-p0.", "host-p1.", "p0.") + s.Name + "." + s.Namespace
	case 3:
		g.serviceRecords(&q, s)
		g.world.Questions = append(g.world.Questions, q)
		return
	}
	g.port(&q, s)
	g.world.Questions = append(g.world.Questions, q)
}

// fromSameNamespace makes half of the questions about a Service come from its
// own namespace, and reports whether this one does.
func (g *generator) fromSameNamespace(q *Question, s *corev1.Service) bool {
	if chance(g.Rand, 50) {
		for _, i := range g.Perm(len(g.world.Pods)) {
			if g.world.Pods[i].Namespace == s.Namespace {
				q.Pod = g.world.Pods[i]
			}
		}
	}
	return q.Pod.Namespace == s.Namespace
}

// serviceRecords asks for SRV records.
func (g *generator) serviceRecords(q *Question, s *corev1.Service) {
	q.Host = "_" + one(g.Rand, "http", "http", "second", "none") + "._tcp." + s.Name + "." + s.Namespace + ".svc.cluster.local."
}

// port chooses the port, and with whose resolver the pod asks.
func (g *generator) port(q *Question, s *corev1.Service) {
	if chance(g.Rand, 30) {
		q.Libc = sim.Musl
	}
	q.Foreign = chance(g.Rand, 40)
	q.Port = one[int32](g.Rand, 80, 80, sharedPort, 99)
	if len(s.Spec.Ports) > 0 && chance(g.Rand, 80) {
		p := one(g.Rand, s.Spec.Ports...)
		q.Port, q.Protocol = p.Port, string(p.Protocol)
	}
	if s.Spec.ClusterIP == corev1.ClusterIPNone && chance(g.Rand, 75) {
		q.Port = one[int32](g.Rand, sharedPort, sharedPort, 8081)
	}
}
