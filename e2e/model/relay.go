package model

import (
	"context"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/verify/sim"
)

// haproxyFile is the configuration by which a pod is known to forward.
const haproxyFile = "haproxy.cfg"

// liveRelays notes where pods that run haproxy forward what arrives at a port.
func (t *Theatre) liveRelays(ctx context.Context, namespace string, w *World) error {
	list, err := t.Client.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for i := range list.Items {
		config := &list.Items[i]
		for _, p := range w.Pods {
			if p.Namespace == namespace && config.Data[haproxyFile] != "" && mounts(p, config.Name) {
				w.Relays[podName(p)] = forwards(config.Data[haproxyFile])
			}
		}
	}
	return nil
}

// mounts reports whether a pod mounts a ConfigMap.
func mounts(p *corev1.Pod, name string) bool {
	for i := range p.Spec.Volumes {
		if c := p.Spec.Volumes[i].ConfigMap; c != nil && c.Name == name {
			return true
		}
	}
	return false
}

// forwards reads the sections of an haproxy configuration that bind a port and
// name one server.
func forwards(config string) map[int32]traffic.Target {
	out := map[int32]traffic.Target{}
	var bound int32
	for line := range strings.Lines(config) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case line[0] != ' ' && line[0] != '\t':
			bound = 0
		case words[0] == "bind" && len(words) > 1:
			bound = portNumber(words[1][strings.LastIndexByte(words[1], ':')+1:])
		case words[0] == "server" && len(words) > 2 && bound != 0:
			host, port, _ := strings.Cut(words[2], ":")
			out[bound] = traffic.Target{Host: host, Port: portNumber(port)}
		}
	}
	return out
}

func portNumber(text string) int32 {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0 // which is no port
	}
	return int32(n)
}

// follow replaces the relays that a call may reach by those to whom they
// forward. What fails behind a relay is a connection that it closes.
func (p *Predictor) follow(r sim.Result) sim.Result {
	if r.Outcome != sim.OK {
		return r
	}
	var ends []sim.Backend
	for i := range r.Backends {
		b := &r.Backends[i]
		to, relayed := p.relays[b.Workload.Namespace+"/"+b.Workload.Name][b.Port]
		if !relayed {
			ends = append(ends, *b)
			continue
		}
		next := p.forward(b, to)
		r.Trace = append(r.Trace, next.Trace...)
		r.Assumed = r.Assumed || next.Assumed
		if next.Outcome != sim.OK {
			r.Outcome = sim.Refused
		}
		ends = append(ends, next.Backends...)
	}
	r.Backends = ends
	return r
}

// forward is the call of a relay, which reads no search path.
func (p *Predictor) forward(relay *sim.Backend, to traffic.Target) sim.Result {
	return p.world.Explain(sim.Call{
		Cluster: clusterName, From: *relay.Group, Libc: sim.Glibc,
		Host: strings.TrimSuffix(to.Host, ".") + ".", Port: to.Port,
	})
}
