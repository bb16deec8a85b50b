package plan

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// Connect adds the edges of a graph: what the references show, what the plan
// declares, and what names no Service at all.
func Connect(g *Graph) diag.List {
	c := &connector{
		graph:    g,
		callers:  make(map[*manifest.Object][]*App, len(g.Inventory.Objects)),
		callees:  map[clusterID]callee{},
		edges:    map[edgeKey]*Edge{},
		byCaller: map[*App][]*Edge{},
	}
	c.index()
	for _, r := range g.References {
		c.discover(r)
	}
	c.declare()
	slices.SortFunc(g.Edges, compareEdges)
	for _, e := range g.Edges {
		if len(e.Evidence) > 1 {
			slices.SortStableFunc(e.Evidence, func(a, b *refs.Reference) int { return a.Pos().Compare(b.Pos()) })
		}
	}
	g.byCaller = c.byCaller
	return c.diags
}

// compareEdges orders edges by caller, callee, Service and port.
func compareEdges(a, b *Edge) int {
	return cmp.Or(
		cmp.Compare(a.Caller.Name, b.Caller.Name),
		cmp.Compare(a.Callee.Name, b.Callee.Name),
		a.Service.ID.Compare(b.Service.ID),
		cmp.Compare(a.Port, b.Port),
	)
}

type edgeKey struct {
	caller  *App
	service *manifest.Object
	port    string
}

type callee struct {
	app     *App
	service *manifest.Object
}

// connector holds what is known while edges are collected.
type connector struct {
	graph    *Graph
	callers  map[*manifest.Object][]*App // who reads an object
	callees  map[clusterID]callee        // Services by ID
	edges    map[edgeKey]*Edge
	byCaller map[*App][]*Edge
	diags    diag.List
}

func (c *connector) index() {
	c.graph.services = map[clusterID]*App{}
	for _, a := range c.graph.Apps {
		for _, o := range a.Objects {
			c.callers[o] = []*App{a}
		}
		for _, s := range a.Services {
			c.callees[idOf(s)] = callee{a, s}
			c.graph.services[idOf(s)] = a
		}
	}
	for _, s := range c.graph.Shared {
		c.callers[s.Object] = s.Users
	}
}

// discover turns a reference into edges. References of routes, policies and
// the like are no calls of an app.
func (c *connector) discover(r *refs.Reference) {
	if r.Refers != refs.ToService || r.Form == refs.Field {
		return
	}
	switch {
	case r.Certainty == refs.Possible:
		if callers := c.callers[r.Object]; len(callers) != 1 || callers[0] != c.callees[targetOf(r)].app {
			c.graph.Possible = append(c.graph.Possible, r) // an app's own name in its own configuration needs no decision
		}
		return
	case !r.Known:
		c.graph.Missing = append(c.graph.Missing, r)
		return
	}
	to, ok := c.callees[targetOf(r)]
	if !ok || IsRoute(r.Object) {
		return
	}
	for _, caller := range c.callers[r.Object] {
		if caller == to.app {
			continue
		}
		e := c.edge(caller, to, portOf(to.service, r.Port))
		e.Evidence = append(e.Evidence, r)
	}
}

// portOf returns a port as the Service numbers it, so that a name and a number
// that mean the same make one edge.
func portOf(service *manifest.Object, port string) string {
	if n := ResolvePort(service, port); n != 0 {
		return strconv.FormatInt(n, 10)
	}
	return port
}

func (c *connector) edge(caller *App, to callee, port string) *Edge {
	key := edgeKey{caller, to.service, port}
	e := c.edges[key]
	if e == nil {
		e = &Edge{Caller: caller, Callee: to.app, Service: to.service, Port: port}
		c.edges[key] = e
		c.byCaller[caller] = append(c.byCaller[caller], e)
		c.graph.Edges = append(c.graph.Edges, e)
	}
	return e
}

// declare adds the edges of dependsOn. A declared edge that the manifests show
// too is the same edge.
func (c *connector) declare() {
	byName := make(map[string]*App, len(c.graph.Apps))
	for _, a := range c.graph.Apps {
		byName[a.Name] = a
	}
	for _, a := range c.graph.Apps {
		for _, d := range a.Spec.DependsOn {
			if to := byName[d.App]; to != nil {
				c.declareOne(a, to, d)
			}
		}
	}
}

func (c *connector) declareOne(a, to *App, d Dependency) {
	shown := false
	for _, e := range c.byCaller[a] {
		if e.Callee == to && (d.Service == "" || d.Service == e.Service.ID.Name) &&
			(d.Port == "" || portOf(e.Service, d.Port) == e.Port) {
			e.Declared, shown = d.Pos, true
		}
	}
	if shown {
		return
	}
	service := c.declaredService(to, d)
	if service == nil {
		return
	}
	if d.Port != "" && ResolvePort(service, d.Port) == 0 {
		c.diags.Errorf(diag.CodePlan, d.Pos, "Service %q of app %q has no port %q", service.ID.Name, to.Name, d.Port).
			WithNote(service.Pos("spec", "ports"), "its ports")
		return
	}
	c.edge(a, callee{to, service}, portOf(service, d.Port)).Declared = d.Pos
}

// declaredService finds the Service that a declared dependency means.
func (c *connector) declaredService(to *App, d Dependency) *manifest.Object {
	names := make([]string, len(to.Services))
	for i, s := range to.Services {
		names[i] = s.ID.Name
		if d.Service == s.ID.Name || d.Service == "" && len(to.Services) == 1 {
			return s
		}
	}
	switch {
	case len(names) == 0:
		c.diags.Errorf(diag.CodePlan, d.Pos, "app %q has no Service that could be called", to.Name)
	case d.Service == "":
		c.diags.Errorf(diag.CodePlan, d.Pos, "app %q has the Services %s: which one is called?", to.Name, joinNames(names)).
			WithFix("write {app: %s, service: %s}", to.Name, names[0])
	default:
		e := c.diags.Errorf(diag.CodePlan, d.Pos, "app %q has no Service %q", to.Name, d.Service)
		if near := diag.Nearest(d.Service, names); near != "" {
			e.WithFix("did you mean %q?", near)
		}
	}
	return nil
}
