package model

import (
	"bytes"
	"fmt"
	"strings"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/verify/sim"
)

// clusterName is what the simulator calls the one cluster.
const clusterName = "real"

// nameserver is the DNS Service of the cluster, which the simulator knows only
// from manifests.
const nameserver = `apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: ` + clusterDNS + `, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system}
`

// Predictor is the simulator in the state of a world.
type Predictor struct {
	of    *World
	world *sim.World
	pods  map[string]sim.PodGroup
}

// NewPredictor reads a world's manifests as the simulator reads those of users.
func NewPredictor(w *World) (*Predictor, error) {
	text, err := w.Manifests()
	if err != nil {
		return nil, err
	}
	fsys := fstest.MapFS{"world.yaml": {Data: text}, "dns.yaml": {Data: []byte(nameserver)}}
	inv, diags := manifest.Read(fsys, []*manifest.Root{{Path: "world.yaml"}, {Path: "dns.yaml"}}, manifest.ReadOptions{})
	if err := diags.Err(); err != nil {
		return nil, fmt.Errorf("world %d: %w", w.Seed, err)
	}
	p := &Predictor{of: w, world: sim.New(sim.Cluster{Name: clusterName}), pods: map[string]sim.PodGroup{}}
	for _, o := range inv.Objects {
		p.world.Put(clusterName, o)
		if o.ID.Kind == "Pod" {
			p.addPod(o, w)
		}
	}
	return p, nil
}

func (p *Predictor) addPod(o *manifest.Object, w *World) {
	readiness, name := sim.Ready, o.ID.Namespace+"/"+o.ID.Name
	switch {
	case w.Terminating[name]:
		readiness = sim.Terminating
	case w.NotReady[name]:
		readiness = sim.NotReady
	}
	group := p.world.Pods(o, readiness)
	p.world.SetPods(clusterName, o.ID, group)
	p.pods[name] = group
}

// Predict says what becomes of a question.
func (p *Predictor) Predict(q *Question) sim.Result {
	host, protocol := q.Host, strings.ToUpper(q.Protocol)
	r := p.world.Explain(sim.Call{
		Cluster: clusterName, From: p.pods[podName(q.Pod)],
		Host: host, Port: q.Port, Protocol: protocol, Libc: q.Libc,
	})
	if r.Outcome != sim.OK {
		return r
	}
	return p.pass(p.of, r)
}

// Manifests returns the objects of the world as YAML, the same text for the
// simulator and for a person.
func (w *World) Manifests() ([]byte, error) {
	var out bytes.Buffer
	for _, o := range w.objects() {
		text, err := yaml.Marshal(o)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	return out.Bytes(), nil
}

// objects returns all objects of the world.
func (w *World) objects() []any {
	var out []any
	for _, o := range w.Namespaces {
		out = append(out, o)
	}
	for _, o := range w.Pods {
		out = append(out, o)
	}
	for _, o := range w.Services {
		out = append(out, o)
	}
	for _, o := range w.Slices {
		out = append(out, o)
	}
	for _, o := range w.Policies {
		out = append(out, o)
	}
	return out
}
