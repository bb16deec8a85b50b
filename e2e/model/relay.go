package model

import (
	"context"
	"regexp"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rehome-dev/rehome/verify/sim"
)

// relayLabel marks the objects of a relay, and tells the relays of a namespace
// apart.
const relayLabel = "rehome.dev/relay"

// Relay is a program that passes every connection on.
type Relay struct {
	Pods map[string]bool // by namespace/name
	To   map[int32]Question
}

// liveRelays adds the relays whose configuration is there. Whom they pass
// connections on to is read from what their program reads.
func (t *Theatre) liveRelays(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{LabelSelector: relayLabel})
	if err != nil {
		return err
	}
	for i := range list.Items {
		c := &list.Items[i]
		r := Relay{Pods: map[string]bool{}, To: targets(c.Data["haproxy.cfg"])}
		for _, p := range w.Pods {
			if p.Namespace == namespace && p.Labels[relayLabel] == c.Labels[relayLabel] {
				r.Pods[podName(p)] = true
			}
		}
		w.Relays = append(w.Relays, r)
	}
	return nil
}

// targets reads from a configuration of haproxy where each port leads to.
func targets(config string) map[int32]Question {
	out := map[int32]Question{}
	listen := regexp.MustCompile(`listen port-(\d+)\n(?:.*\n)*?\s+server \S+ ([^\s:]+):(\d+)`)
	for _, m := range listen.FindAllStringSubmatch(config, -1) {
		var q Question
		q.Host = m[2] + "." // haproxy knows no search path
		q.Port = portNumber(m[3])
		out[portNumber(m[1])] = q
	}
	return out
}

// portNumber reads a port; 0 is none.
func portNumber(text string) int32 {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0
	}
	return int32(n)
}

// pass follows a prediction through relays: whoever the relay reaches answers. A
// relay that reaches nobody accepts a connection and ends it.
func (p *Predictor) pass(w *World, r sim.Result) sim.Result {
	var out []sim.Backend
	for _, b := range r.Backends {
		relay, to := w.relayAt(b)
		if relay == nil {
			out = append(out, b)
			continue
		}
		next := p.world.Explain(sim.Call{Cluster: clusterName, From: *b.Group, Host: to.Host, Port: to.Port, Protocol: "TCP", Libc: sim.Glibc})
		if next.Outcome != sim.OK {
			return next
		}
		r.Assumed = r.Assumed || next.Assumed
		out = append(out, next.Backends...)
	}
	r.Backends = out
	return r
}

// relayAt returns the relay that a call reached, and where it leads.
func (w *World) relayAt(b sim.Backend) (*Relay, Question) {
	for i := range w.Relays {
		if w.Relays[i].Pods[b.Workload.Namespace+"/"+b.Workload.Name] {
			return &w.Relays[i], w.Relays[i].To[b.Port]
		}
	}
	return nil, Question{}
}
