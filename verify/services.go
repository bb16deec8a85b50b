package verify

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// twoProtocolsCheck is H27: client-side apply merges ports by their number alone
// (the patchMergeKey of ServiceSpec.Ports).
var twoProtocolsCheck = PlanCheck{
	Code: "H27", Severity: diag.Warning,
	Summary: "one port number has TCP and UDP",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, s := range a.Services {
				seen := map[string]string{}
				for i, port := range s.Get("spec", "ports").Items() {
					number, key := port.Text("port"), portKey(port)
					if other := seen[number]; other != "" && other != key {
						p.Reportf(a.Name, s, manifest.P("spec", "ports").Index(i), "%s has the port %s twice, with different protocols: a client-side apply may lose one of them", s.ID, number).
							WithFix("apply this Service with kubectl apply --server-side")
					}
					seen[number] = key
				}
			}
		}
	},
}

// ipvsCheck is H70: kube-proxy in IPVS mode ends the connections of a virtual
// server that it deletes. In which mode it runs is not in the manifests.
var ipvsCheck = PlanCheck{
	Code: "H70", Severity: diag.Info,
	Summary: "in IPVS mode open connections are dropped at the flip",
	Run: func(p *PlanPass) {
		var names []string
		first := -1
		for i, f := range p.flips {
			if f.first && f.Cutover == plan.CutoverExternalName && !plan.Headless(f.Service) && len(p.Callers(f.Service)) > 0 {
				names = append(names, f.Service.ID.Name)
				if first < 0 {
					first = i
				}
			}
		}
		if first >= 0 {
			f := p.flips[first]
			p.Reportf("", f.Service, manifest.P("metadata", "name"), "where kube-proxy runs in IPVS mode, open connections through the ClusterIP of %s are dropped at the flip", strings.Join(names, ", ")).
				WithFix("use `cutover: relay` on clusters in IPVS mode")
		}
	},
}

// udpCheck is H71: a flow of UDP stays with the pod that it began with for as
// long as conntrack remembers it.
var udpCheck = PlanCheck{
	Code: "H71", Severity: diag.Warning,
	Summary: "UDP flows stay with the old pods",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			for i, port := range f.Service.Get("spec", "ports").Items() {
				if f.Cutover == plan.CutoverExternalName && port.Text("protocol") == "UDP" {
					p.Reportf(f.App.Name, f.Service, manifest.P("spec", "ports").Index(i), "%s has a UDP port: flows that began before phase %s stay with the old pods until they are silent for the conntrack timeout (180s by default)", f.Service.ID, f.phase.Title()).
						WithFix("set windows.drain to more than the UDP timeout")
					break
				}
			}
		}
	},
}

// stickyCheck is H72: which pod a client is bound to is forgotten.
var stickyCheck = PlanCheck{
	Code: "H72", Severity: diag.Warning,
	Summary: "sessions lose their pod",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			if f.Service.Text("spec", "sessionAffinity") == "ClientIP" {
				p.Reportf(f.App.Name, f.Service, manifest.P("spec", "sessionAffinity"), "%s binds clients to pods: phase %s sends every client to another one, once", f.Service.ID, f.phase.Title()).
					WithFix("keep what belongs to a session outside of the pods")
			}
		}
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				if o.Text("metadata", "annotations", "nginx.ingress.kubernetes.io/affinity") == "cookie" {
					p.Reportf(a.Name, o, manifest.P("metadata", "annotations", "nginx.ingress.kubernetes.io/affinity"), "%s binds clients to pods by a cookie, which means nothing to the copy of %s", o.ID, a.Name).
						WithFix("keep what belongs to a session outside of the pods")
				}
			}
		}
	},
}

// localTrafficCheck is H73: with internalTrafficPolicy Local a caller reaches
// pods of its own node only, and the new pods are on other nodes.
var localTrafficCheck = PlanCheck{
	Code: "H73", Severity: diag.Error,
	Summary: "the target serves callers of its own nodes only",
	Run: func(p *PlanPass) {
		for _, f := range p.flips {
			if f.Service.Text("spec", "internalTrafficPolicy") != "Local" || f.Cutover == plan.CutoverExternalName && onEveryNode(f.App, f.Service) {
				continue
			}
			p.Reportf(f.App.Name, f.Service, manifest.P("spec", "internalTrafficPolicy"), "the copy of %s serves callers of the nodes that run its pods only: calls that arrive elsewhere after phase %s are dropped", f.Service.ID, f.phase.Title()).
				WithFix("set internalTrafficPolicy: Cluster for the migration")
		}
	},
}

// onEveryNode reports whether only DaemonSets stand behind a Service.
func onEveryNode(a *plan.App, service *manifest.Object) bool {
	for _, w := range a.Workloads {
		if w.ID.Kind != "DaemonSet" && plan.SelectsEqual(service.Get("spec", "selector"), plan.PodTemplate(w).Get("metadata", "labels")) {
			return false
		}
	}
	return true
}
