package verify

import (
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// singletonCheck is H63: a Deployment that is recreated says that two of its
// pods must not run together, and a move runs two copies.
var singletonCheck = PlanCheck{
	Code: "H63", Severity: diag.Error,
	Summary: "a workload that must be single is not declared a singleton",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, w := range a.Workloads {
				if !a.Spec.Singleton && w.Text("spec", "strategy", "type") == "Recreate" {
					p.Reportf(a.Name, w, manifest.P("spec", "strategy", "type"), "%s never runs old and new pods together (strategy Recreate), and the move runs two copies of it side by side", w.ID).
						WithFix("declare `singleton: true` for app %s, or accept H63 if two copies do no harm", a.Name)
				}
			}
		}
	},
}

// leaseCheck is H63 for leader election: a Lease is an object of a namespace, so
// each copy elects a leader of its own.
var leaseCheck = PlanCheck{
	Code: "H63", Severity: diag.Warning,
	Summary: "an app elects its leader in its namespace",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if !a.Spec.Singleton && o.ID.Group == "rbac.authorization.k8s.io" && o.ID.Kind == "Role" {
					p.checkLeases(a, o)
				}
			}
		}
	},
}

func (p *PlanPass) checkLeases(a *plan.App, role *manifest.Object) {
	for i, rule := range role.Get("rules").Items() {
		for _, resource := range rule.Get("resources").Items() {
			if resource.Value() == "leases" {
				p.Reportf(a.Name, role, manifest.P("rules").Index(i), "%s elects a leader by a Lease of its namespace: while both copies run, each has a leader", a.Name).
					WithFix("declare `singleton: true` for app %s if two leaders do harm", a.Name)
				return
			}
		}
	}
}

// autoscaledCheck is H66: without spec.replicas a copy starts with one pod, how
// many ever the autoscaler has made of the original.
var autoscaledCheck = PlanCheck{
	Code: "H66", Severity: diag.Warning,
	Summary: "the copy of an autoscaled workload starts with one pod",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if o.ID.Kind != "HorizontalPodAutoscaler" {
					continue
				}
				for _, w := range a.Workloads {
					if o.Text("spec", "scaleTargetRef", "kind") == w.ID.Kind && o.Text("spec", "scaleTargetRef", "name") == w.ID.Name && w.Get("spec", "replicas") == nil {
						p.Reportf(a.Name, w, manifest.P("spec"), "%s states no replicas: its copy starts with 1 pod, and takes all traffic before its autoscaler has looked at it", w.ID).
							WithFix("state the replicas that run today until the migration is over").
							WithNote(o.Pos("metadata", "name"), "scaled by %s", o.ID)
					}
				}
			}
		}
	},
}

// hostPortCheck is H68: two pods cannot have one port of a node.
var hostPortCheck = PlanCheck{
	Code: "H68", Severity: diag.Error,
	Summary: "two copies claim one port of a node",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			if a.Spec.Singleton {
				continue
			}
			for _, w := range a.Workloads {
				if path := claimedPort(w); path != nil {
					p.Reportf(a.Name, w, path, "pods of %s take a port of their node, so those of the copy stay Pending on nodes that run one", w.ID).
						WithFix("declare `singleton: true` for app %s: the old copy is stopped first", a.Name)
				}
			}
		}
	},
}

// claimedPort returns where a workload claims a port of the node, nil when it does
// not. On the host's network every port is one
// (k8s.io/kubernetes/pkg/apis/core/v1, SetDefaults_HostNetworkPorts).
func claimedPort(w *manifest.Object) manifest.Path {
	hostNetwork := w.Get(workloadSpec(w).Join("hostNetwork")...).Bool()
	for _, c := range containers(w) {
		for i, port := range w.Get(c.Join("ports")...).Items() {
			if n, ok := port.Get("hostPort").Int(); ok && n > 0 || hostNetwork {
				return c.Join("ports").Index(i)
			}
		}
	}
	return nil
}

// terminationCheck is H69: requests in flight outlive a pod only if it waits
// before it ends, and is given the time.
var terminationCheck = PlanCheck{
	Code: "H69", Severity: diag.Warning,
	Summary: "requests in flight are cut off when pods end",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			called := false
			for _, s := range a.Services {
				called = called || len(p.Callers(s)) > 0
			}
			if !called {
				continue
			}
			for _, w := range a.Workloads {
				if w.ID.Kind == "Deployment" || w.ID.Kind == "StatefulSet" || w.ID.Kind == "DaemonSet" {
					p.checkTermination(a, w)
				}
			}
		}
	},
}

func (p *PlanPass) checkTermination(a *plan.App, w *manifest.Object) {
	const byDefault = 30 // seconds, core/v1 PodSpec
	grace, ok := w.Get(workloadSpec(w).Join("terminationGracePeriodSeconds")...).Int()
	if !ok {
		grace = byDefault
	}
	waits := false
	for _, c := range containers(w) {
		waits = waits || w.Get(c.Join("lifecycle", "preStop")...) != nil
	}
	drain := p.Graph.Plan.Spec.Windows.Drain.Std()
	switch {
	case !waits:
		p.Reportf(a.Name, w, workloadSpec(w), "pods of %s have no preStop hook: unless the program finishes its requests on SIGTERM, those in flight are lost when it is retired", w.ID).
			WithFix("add a preStop sleep to its container, and a terminationGracePeriodSeconds above it and the longest request")
	case float64(grace) <= drain.Seconds():
		p.Reportf(a.Name, w, workloadSpec(w).Join("terminationGracePeriodSeconds"), "pods of %s are killed %ss after they are told to end, and windows.drain says that requests last up to %s", w.ID, strconv.FormatInt(grace, 10), drain).
			WithFix("set terminationGracePeriodSeconds above %d", int(drain.Seconds()))
	}
}
