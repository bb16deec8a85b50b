package rehome_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// hopFaults get moves between clusters wrong: the routes of hops, the copies of
// Services that they lead to, the records, the aliases, and the order.
func hopFaults() []fault {
	lost := []diag.Code{"P1", "P2", "H36", "H42", "H45", "H46"} // P2: another route means every host
	return []fault{
		{"hop: route lost", lost, eachRoute(nil)},
		{"hop: Host dropped", lost, eachHost(func(string) string { return "" })},
		{"hop: Host mistyped", lost, eachHost(func(host string) string { return "x" + host })},
		{"hop: another entry point", lost, eachRoute(otherEntryPoint)},
		{"hop: another port of the copy", lost, eachRoute(otherBackendPort)},
		{"hop: another Service", []diag.Code{"P1", "P2", "H36"}, eachRoute(otherBackend)},
		{"hop: priority of another route", []diag.Code{"H35", "P2"}, priorityOfAnother},
		{"hop: route to the Service itself", []diag.Code{"P1", "H33", "H34", "H49"}, routeToItself},
		{"hop: copy lost", []diag.Code{"P1"}, eachInternal(nil)},
		{"hop: copy selects others", []diag.Code{"P1"}, eachInternal(func(o *manifest.Object) *manifest.Object { return mistypeValues(o, manifest.P("spec", "selector")) })},
		{"hop: copy with another port", []diag.Code{"P1"}, eachInternal(setPort("port"))},
		{"hop: copy with another target port", []diag.Code{"P1", "P3"}, eachInternal(setPort("targetPort"))},
		{"hop: record lost", []diag.Code{"P1"}, eachRecord(nil)},
		{"hop: record of another name", []diag.Code{"P1"}, eachRecord(inRecord("dnsName", "name", func(v string) string { return "x" + v }))},
		{"hop: record of another address", []diag.Code{"P1"}, eachRecord(inRecord("targets", "rrdatas", func(string) string { return "192.0.2.99" }))},
		{"hop: zone file without a record", []diag.Code{"P1"}, inZone(func(render.Record) []render.Record { return nil })},
		{"hop: zone file with another name", []diag.Code{"P1", "P8"}, inZone(func(r render.Record) []render.Record { r.Name = "x" + r.Name; return []render.Record{r} })},
		{"hop: zone file with another address", []diag.Code{"P1"}, inZone(func(r render.Record) []render.Record { r.Data = "192.0.2.99"; return []render.Record{r} })},
		{"hop: zone file with a long TTL", []diag.Code{"H80"}, harmful(inZone(func(r render.Record) []render.Record { r.TTL = 86400; return []render.Record{r} }))},
		{"hop: record left in the zone file", []diag.Code{"P8"}, leftInZone},
		{"hop: TTL beyond the gate", []diag.Code{"H80"}, longTTL},
		{"hop: owner id of the other cluster", []diag.Code{"H81"}, ownerClash},
		{"hop: grant lost", []diag.Code{"H36"}, lostGrants},
		{"hop: alias mistyped", []diag.Code{"P1", "H06"}, harmful(eachHopAlias(func(_ *film, host string) string { return "x" + host }))},
		{"hop: alias of the other ingress", []diag.Code{"P1", "H33", "H42", "H45", "H49"}, eachHopAlias((*film).otherDoor)},
		{"hop: flip before the hop is open", []diag.Code{"P1", "H42", "H45"}, beforeOpen},
		{"hop: closed while it is used", []diag.Code{"P1", "H42", "H45", "H36"}, closedInUse},
		{"hop: local before the pods are ready", []diag.Code{"P1", "H05"}, localEarly},
	}
}

// hopShot is something that a phase makes for a hop, with the step.
type hopShot struct {
	shot
	open *plan.OpenHop
}

// hopShots lists what the phases that open hops make, of some kinds.
func (f *film) hopShots(kinds ...string) []hopShot {
	var out []hopShot
	for _, s := range f.made(kinds...) {
		if open := f.opensFor(s); open != nil && f.original(s.after) == nil {
			out = append(out, hopShot{s, open})
		}
	}
	return out
}

// opensFor returns the step that made a shot: the one for the Service of its
// name, or any of the cluster for what they share.
func (f *film) opensFor(s shot) *plan.OpenHop {
	var of *plan.OpenHop
	for _, step := range f.scenes[s.scene].phase.Steps {
		open, ok := step.(*plan.OpenHop)
		if !ok || open.At.Cluster != s.key.Cluster {
			continue
		}
		if strings.Contains(s.key.Name, open.Service.ID.Name) || of == nil {
			of = open
		}
	}
	return of
}

// letsHopIn reports whether a policy that rehome made lets an ingress in that
// somebody passes.
func (f *film) letsHopIn(s shot, a *plan.App) bool {
	if s.after.Get("spec", "ingress").Len() == 0 {
		return false
	}
	for i, scene := range f.scenes {
		for _, step := range scene.phase.Steps {
			open, ok := step.(*plan.OpenHop)
			if ok && open.App == a && open.At == s.key.Place() && f.idle(hopShot{shot{scene: i}, open}) == "" {
				return true
			}
		}
	}
	return false
}

// portIdle says why nobody in a cluster calls a port of a copy that came from
// another cluster; "" when somebody does, or when it came from nowhere else.
func (f *film) portIdle(s shot, original *manifest.Object, number int64) string {
	if original == nil || keyOf(original).Cluster == s.key.Cluster {
		return ""
	}
	for n := s.scene; n <= len(f.scenes); n++ {
		for _, r := range f.uses(original.ID) {
			if f.runsIn(r, s.key.Cluster, n) && (number == 0 || f.means(r, original, number)) {
				return ""
			}
		}
	}
	return "nobody in its cluster calls it"
}

// means reports whether a reference may call a port.
func (f *film) means(r *refs.Reference, service *manifest.Object, number int64) bool {
	standard := map[string]int64{"http": 80, "https": 443, "redis": 6379}
	want := plan.ResolvePort(service, r.Port)
	if r.Port == "" {
		want = standard[r.Scheme]
	}
	return want == 0 || want == number
}

// runsIn reports whether a workload that uses a reference runs in a cluster after
// the first n phases.
func (f *film) runsIn(r *refs.Reference, cluster string, n int) bool {
	users := f.readers(r.Object)
	if plan.PodTemplate(r.Object) != nil {
		users = append(users, r.Object)
	}
	for _, w := range users {
		for _, key := range f.placesOf(w) {
			if key.Cluster == cluster && f.at(n, key) != nil {
				return true
			}
		}
	}
	return false
}

var routeKinds = []string{"IngressRoute", "IngressRouteTCP", "HTTPRoute", "GRPCRoute", "Ingress"}

// idle says why nobody passes a hop; "" when somebody does.
func (f *film) idle(h hopShot) string {
	if f.unused(h.open.Service) != "" || len(h.open.Callers) == 0 {
		return "nobody passes the hop"
	}
	for _, at := range h.open.Callers {
		for n := h.scene; n <= len(f.scenes); n++ {
			if !f.deserted(h.open.Service, at.Cluster, n) {
				return ""
			}
		}
	}
	return "all callers have left before"
}

// deserted reports whether no caller of a Service runs in a cluster after the
// first n phases.
func (f *film) deserted(service *manifest.Object, cluster string, n int) bool {
	return !slices.ContainsFunc(f.uses(service.ID), func(r *refs.Reference) bool { return f.runsIn(r, cluster, n) })
}

// placesOf returns the keys that a workload of today and its copies may have.
func (f *film) placesOf(w *manifest.Object) []render.Key {
	out := []render.Key{keyOf(w)}
	for _, a := range f.result.Graph.Apps {
		if slices.Contains(a.Workloads, w) {
			out = append(out, render.Key{Cluster: a.To.Cluster, ID: w.ID.In(a.To.Namespace)})
		}
	}
	return out
}

func eachRoute(change func(*film, hopShot, *manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, h := range f.hopShots(routeKinds...) {
			out = append(out, f.edited(h, change))
		}
		return out
	}
}

// edited changes, or without a change removes, what a hop is made of.
func (f *film) edited(h hopShot, change func(*film, hopShot, *manifest.Object) *manifest.Object) mutant {
	return f.mutate(func(f *film) {
		if change == nil {
			f.lose(h.shot)
			return
		}
		f.edit(h.shot, func(o *manifest.Object) *manifest.Object { return change(f, h, o) })
	}, "%s in %s", h.key.ID, h.key.Cluster).unless(f.idle(h))
}

// eachHost changes each Host of each route.
func eachHost(change func(string) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, h := range f.hopShots(routeKinds...) {
			for _, host := range h.open.Hosts {
				m := f.mutate(func(f *film) {
					f.edit(h.shot, func(o *manifest.Object) *manifest.Object { return rehost(o, host, change(host)) })
				}, "%s in %s, %s", h.key.ID, h.key.Cluster, host)
				out = append(out, m.unless(f.unsent(h, host)))
			}
		}
		return out
	}
}

// unsent says why nobody misses a Host at an ingress.
func (f *film) unsent(h hopShot, host string) string {
	if h.key.Kind == "IngressRouteTCP" && h.after.Get("spec", "tls") == nil {
		return "without TLS no route knows a host"
	}
	for _, r := range f.uses(h.open.Service.ID) {
		if strings.TrimSuffix(r.Text(), ".") == host && f.means(r, h.open.Service, backendPort(h.after)) {
			return f.idle(h)
		}
	}
	return "nobody sends this Host"
}

// rehost changes a host in a route; "" takes it out.
func rehost(o *manifest.Object, host, now string) *manifest.Object {
	switch o.ID.Kind {
	case "IngressRoute", "IngressRouteTCP":
		at := manifest.P("spec", "routes", "0", "match")
		var rules []string
		for _, rule := range strings.Split(o.Text(at...), " || ") {
			if !strings.Contains(rule, "(`"+host+"`)") {
				rules = append(rules, rule)
			} else if now != "" {
				rules = append(rules, strings.Replace(rule, host, now, 1))
			}
		}
		return o.With(at, manifest.Str(strings.Join(rules, " || ")))
	case "Ingress":
		for i, rule := range o.Get("spec", "rules").Items() {
			if rule.Text("host") == host && now == "" {
				return o.Without(manifest.P("spec", "rules").Index(i))
			}
			if rule.Text("host") == host {
				return o.With(manifest.P("spec", "rules").Index(i).Join("host"), manifest.Str(now))
			}
		}
		return o
	}
	var hosts []string
	for _, n := range o.Get("spec", "hostnames").Items() {
		if n.Value() != host {
			hosts = append(hosts, n.Value())
		} else if now != "" {
			hosts = append(hosts, now)
		}
	}
	return o.With(manifest.P("spec", "hostnames"), manifest.Strs(hosts...))
}

// otherEntryPoint binds a route to an entry point or listener of another name.
func otherEntryPoint(_ *film, _ hopShot, o *manifest.Object) *manifest.Object {
	switch o.ID.Kind {
	case "IngressRoute", "IngressRouteTCP":
		return o.With(manifest.P("spec", "entryPoints", "0"), manifest.Str("other"))
	case "Ingress":
		return o.With(manifest.P("spec", "ingressClassName"), manifest.Str("other"))
	}
	return o.With(manifest.P("spec", "parentRefs", "0", "sectionName"), manifest.Str("other"))
}

// backendPaths lists where a route names the Service that it leads to.
func backendPaths(o *manifest.Object) []manifest.Path {
	var out []manifest.Path
	switch o.ID.Kind {
	case "IngressRoute", "IngressRouteTCP":
		out = append(out, manifest.P("spec", "routes", "0", "services", "0"))
	case "Ingress":
		for i := range o.Get("spec", "rules").Items() {
			out = append(out, manifest.P("spec", "rules").Index(i).Join("http", "paths", "0", "backend", "service"))
		}
	default:
		out = append(out, manifest.P("spec", "rules", "0", "backendRefs", "0"))
	}
	return out
}

// backendPort returns the port that a route leads to.
func backendPort(route *manifest.Object) int64 {
	at := backendPaths(route)[0].Join("port")
	if route.ID.Kind == "Ingress" {
		at = at.Join("number")
	}
	n, _ := route.Get(at...).Int()
	return n
}

func otherBackendPort(_ *film, _ hopShot, o *manifest.Object) *manifest.Object {
	for _, at := range backendPaths(o) {
		at = at.Join("port")
		if o.ID.Kind == "Ingress" {
			at = at.Join("number")
		}
		n, _ := o.Get(at...).Int()
		o = o.With(at, manifest.Int(n+1000))
	}
	return o
}

func otherBackend(_ *film, _ hopShot, o *manifest.Object) *manifest.Object {
	for _, at := range backendPaths(o) {
		o = o.With(at.Join("name"), manifest.Str(o.Text(at.Join("name")...)+"x"))
	}
	return o
}

// routeToItself leads a route to the Service instead of to its copy, which is
// harmless where the Service is no alias for as long as the route is there.
func routeToItself(f *film) (out []mutant) {
	for _, h := range f.hopShots(routeKinds...) {
		m := f.edited(h, func(_ *film, h hopShot, o *manifest.Object) *manifest.Object {
			for _, at := range backendPaths(o) {
				o = o.With(at.Join("name"), manifest.Str(h.open.Service.ID.Name))
			}
			return o
		})
		if m.harmless == "" && !f.aliasBeside(h) {
			m = m.unless("the Service beside the route is no alias")
		}
		if h.key.Namespace == h.open.At.Namespace { // a route beside the Gateway has no grant for it
			out = append(out, m)
		}
	}
	return out
}

// aliasBeside reports whether the Service of a hop is an alias beside its route
// while that exists, in a mixture of phases too.
func (f *film) aliasBeside(h hopShot) bool {
	key := render.Key{Cluster: h.open.At.Cluster, ID: h.open.Service.ID.In(h.open.At.Namespace)}
	for n := h.scene; n <= len(f.scenes); n++ {
		if n > h.scene && f.at(n, h.key) == nil {
			return false
		}
		if o := f.at(n, key); o == nil || o.Text("spec", "type") == "ExternalName" {
			return true
		}
	}
	return false
}

// priorityOfAnother gives a route of Traefik the priority of one of today that
// means every host.
func priorityOfAnother(f *film) (out []mutant) {
	for _, h := range f.hopShots("IngressRoute") {
		for _, key := range sortedToday(f) {
			rival := f.today[key]
			if key.Kind != "IngressRoute" || key.Cluster != h.key.Cluster || rival.Text("spec", "entryPoints", "0") != h.after.Text("spec", "entryPoints", "0") || strings.Contains(rival.Text("spec", "routes", "0", "match"), "Host") {
				continue
			}
			priority, _ := rival.Get("spec", "routes", "0", "priority").Int()
			for _, p := range []int64{priority, priority - 1} {
				out = append(out, f.edited(h, func(_ *film, _ hopShot, o *manifest.Object) *manifest.Object {
					return o.With(manifest.P("spec", "routes", "0", "priority"), manifest.Int(p))
				}))
			}
		}
	}
	return out
}

func sortedToday(f *film) []render.Key {
	var out []render.Key
	for key := range f.today { // put into order below
		out = append(out, key)
	}
	slices.SortFunc(out, render.Key.Compare)
	return out
}

// eachInternal changes the copy of a Service that a route leads to.
func eachInternal(change func(*manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, h := range f.hopShots("Service") {
			if change == nil {
				out = append(out, f.edited(h, nil))
				continue
			}
			out = append(out, f.edited(h, func(_ *film, _ hopShot, o *manifest.Object) *manifest.Object { return change(o) }))
		}
		return out
	}
}

// setPort gives every port of a Service another number.
func setPort(elem string) func(*manifest.Object) *manifest.Object {
	return func(o *manifest.Object) *manifest.Object {
		for i, p := range o.Get("spec", "ports").Items() {
			n, _ := p.Get("port").Int()
			o = o.With(manifest.P("spec", "ports").Index(i).Join(elem), manifest.Int(n+1000))
		}
		return o
	}
}

// eachRecord changes the records of ingresses.
func eachRecord(change func(*manifest.Object) *manifest.Object) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, h := range f.hopShots("DNSEndpoint", "DNSRecordSet") {
			if change == nil {
				out = append(out, f.edited(h, nil))
				continue
			}
			out = append(out, f.edited(h, func(_ *film, _ hopShot, o *manifest.Object) *manifest.Object { return change(o) }))
		}
		return out
	}
}

// inRecord changes a field of a record, by its name in a DNSEndpoint and in a
// DNSRecordSet.
func inRecord(endpoint, recordSet string, change func(string) string) func(*manifest.Object) *manifest.Object {
	return func(o *manifest.Object) *manifest.Object {
		at := manifest.P("spec", recordSet)
		if o.ID.Kind == "DNSEndpoint" {
			at = manifest.P("spec", "endpoints", "0", endpoint)
		}
		if o.Get(at...).Kind() == manifest.Sequence {
			at = at.Index(0)
		}
		return o.With(at, manifest.Str(change(o.Text(at...))))
	}
}

// longTTL gives a record a TTL that no gate waits for.
func longTTL(f *film) (out []mutant) {
	for _, h := range f.hopShots("DNSEndpoint", "DNSRecordSet") {
		out = append(out, f.mutate(func(f *film) {
			f.edit(h.shot, func(o *manifest.Object) *manifest.Object {
				if o.ID.Kind == "DNSEndpoint" {
					return o.With(manifest.P("spec", "endpoints", "0", "recordTTL"), manifest.Int(86400))
				}
				return o.With(manifest.P("spec", "ttl"), manifest.Int(86400))
			})
		}, "%s in %s", h.key.ID, h.key.Cluster))
	}
	return out
}

// ownerClash gives all records one owner.
func ownerClash(f *film) (out []mutant) {
	all := f.hopShots("DNSEndpoint")
	for _, h := range all {
		for _, other := range all {
			if other.key.Cluster == h.key.Cluster {
				continue
			}
			out = append(out, f.mutate(func(f *film) {
				f.edit(h.shot, func(o *manifest.Object) *manifest.Object {
					return o.With(manifest.P("metadata", "labels", render.OwnerLabel), manifest.Str(other.after.Text("metadata", "labels", render.OwnerLabel)))
				})
			}, "%s in %s", h.key.ID, h.key.Cluster))
		}
	}
	return out
}

func lostGrants(f *film) (out []mutant) {
	for _, h := range f.hopShots("ReferenceGrant") {
		out = append(out, f.edited(h, nil))
	}
	return out
}

// otherDoor returns the name of the ingress of another cluster.
func (f *film) otherDoor(host string) string {
	spec := &f.result.Plan.Spec
	var names []string
	for name := range spec.Clusters { // put into order below
		if h := spec.HopOf(name); h != nil && h.Host != host {
			names = append(names, h.Host)
		}
	}
	slices.Sort(names)
	return names[0]
}

// eachHopAlias leads an alias of an ingress elsewhere.
func eachHopAlias(change func(*film, string) string) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for i, s := range f.scenes {
			for _, step := range s.phase.Steps {
				flip, ok := step.(*plan.Flip)
				if !ok || flip.Hop() == "" || flip.Cutover != plan.CutoverExternalName {
					continue
				}
				key := render.Key{Cluster: flip.At.Cluster, ID: flip.Service.ID.In(flip.At.Namespace)}
				alias := s.after[key]
				was := alias.Text("spec", "externalName")
				now := change(f, was)
				m := f.mutate(func(f *film) {
					f.scenes[i].after[key] = alias.With(manifest.P("spec", "externalName"), manifest.Str(now))
				}, "%s in %s at %s", key.ID, key.Cluster, s.phase.Name)
				out = append(out, m.unless(f.abandoned(flip, i)))
			}
		}
		return out
	}
}

// abandoned says why nobody minds where a name leads from a phase on.
func (f *film) abandoned(flip *plan.Flip, from int) string {
	for n := from; n <= len(f.scenes); n++ {
		if !f.deserted(flip.Service, flip.At.Cluster, n) {
			return ""
		}
	}
	return fmt.Sprintf("nobody calls %s in %s any more", flip.Service.ID, flip.At.Cluster)
}

// beforeOpen leads a name to an ingress that has no route for it yet.
func beforeOpen(f *film) (out []mutant) {
	for i, s := range f.scenes {
		for _, step := range s.phase.Steps {
			flip, ok := step.(*plan.Flip)
			if !ok || flip.Hop() == "" {
				continue
			}
			j := f.indexOf(plan.OpenHopKind, func(step plan.Step) bool {
				open := step.(*plan.OpenHop)
				return open.Service == flip.Service && open.At.Cluster == flip.Hop()
			})
			if j >= 0 && j < i {
				harmless := f.abandoned(flip, j)
				if f.deserted(flip.Service, flip.At.Cluster, j) {
					harmless = "nobody calls it there yet"
				}
				out = append(out, f.mutate(func(f *film) { f.move(i, j) }, "%s before %s", s.phase.Name, f.scenes[j].phase.Name).unless(harmless))
			}
		}
	}
	return out
}

// closedInUse closes hops before the names that lead to them are led elsewhere,
// or removed with the last callers.
func closedInUse(f *film) (out []mutant) {
	for i, s := range f.scenes {
		if s.phase.Kind != plan.CloseHopKind {
			continue
		}
		for j := range i {
			uses := slices.ContainsFunc(f.scenes[j].phase.Steps, func(step plan.Step) bool {
				flip, ok := step.(*plan.Flip)
				return ok && flip.Hop() != "" && f.abandoned(flip, j+1) == "" && closes(s, flip)
			})
			if uses {
				out = append(out, f.mutate(func(f *film) { f.move(i, j+1) }, "%s right after %s", s.phase.Name, f.scenes[j].phase.Name))
			}
		}
	}
	return out
}

// closes reports whether a phase closes the hop that a flip leads to.
func closes(s scene, flip *plan.Flip) bool {
	return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
		c, ok := step.(*plan.CloseHop)
		return ok && c.Service == flip.Service && c.At.Cluster == flip.Hop()
	})
}

// localEarly leads a name to pods of its own cluster that do not run yet.
func localEarly(f *film) (out []mutant) {
	for i, s := range f.scenes {
		if s.phase.Kind != plan.LocalizeKind {
			continue
		}
		for j := range i {
			if f.scenes[j].phase.Kind != plan.DeployKind || !f.deploys(j, s) {
				continue
			}
			out = append(out, f.mutate(func(f *film) { f.move(i, j) }, "%s before %s", s.phase.Name, f.scenes[j].phase.Name))
			if i == j+1 || f.scenes[i-1].phase.Kind == plan.OpenHopKind && i == j+2 {
				out = append(out, f.mutate(func(f *film) { f.move(i, j+1); f.merge(j) }, "%s with %s", s.phase.Name, f.scenes[j].phase.Name))
			}
		}
	}
	return out
}

// deploys reports whether a phase deploys the apps whose names another one makes
// local.
func (f *film) deploys(n int, local scene) bool {
	return slices.ContainsFunc(local.phase.Steps, func(step plan.Step) bool {
		flip, ok := step.(*plan.Flip)
		return ok && f.unused(flip.Service) == "" && slices.ContainsFunc(f.scenes[n].phase.Steps, func(step plan.Step) bool {
			deploy, ok := step.(*plan.Deploy)
			return ok && deploy.App == flip.App
		})
	})
}

// inZone changes each record of the zone file, wherever it is in it.
func inZone(change func(render.Record) []render.Record) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for _, name := range f.zoneNames() {
			m := f.mutate(func(f *film) {
				for i := range f.scenes {
					var zone []render.Record
					for _, r := range f.scenes[i].zone {
						if r.Name == name {
							zone = append(zone, change(r)...)
						} else {
							zone = append(zone, r)
						}
					}
					f.scenes[i].zone = zone
				}
			}, "%s", name)
			out = append(out, m.unless(f.unasked(name)))
		}
		return out
	}
}

// zoneNames lists the names that the zone file has at some time.
func (f *film) zoneNames() []string {
	var out []string
	for _, s := range f.scenes {
		for _, r := range s.zone {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unasked says why nobody asks for the name of an ingress.
func (f *film) unasked(name string) string {
	for i, s := range f.scenes {
		for _, step := range s.phase.Steps {
			flip, ok := step.(*plan.Flip)
			if ok && flip.Hop() != "" && f.result.Plan.Spec.HopOf(flip.Hop()).Host == name && f.unused(flip.Service) == "" && f.abandoned(flip, i) == "" {
				return ""
			}
		}
	}
	return "nobody is led to this ingress"
}

// leftInZone keeps the records of the first zone file to the end.
func leftInZone(f *film) (out []mutant) {
	last := f.scenes[len(f.scenes)-1].zone
	for _, name := range f.zoneNames() {
		if slices.ContainsFunc(last, func(r render.Record) bool { return r.Name == name }) {
			continue // somebody who stays still needs it
		}
		out = append(out, f.mutate(func(f *film) {
			var kept []render.Record
			for i := range f.scenes {
				for _, r := range f.scenes[i].zone {
					if r.Name == name {
						kept = []render.Record{r}
					}
				}
				if !slices.ContainsFunc(f.scenes[i].zone, func(r render.Record) bool { return r.Name == name }) {
					f.scenes[i].zone = append(slices.Clone(f.scenes[i].zone), kept...)
				}
			}
		}, "%s", name))
	}
	return out
}
