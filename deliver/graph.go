package deliver

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// GraphFormat is how a graph is written.
type GraphFormat string

// The formats of graphs.
const (
	Mermaid GraphFormat = "mermaid"
	DOT     GraphFormat = "dot"
	SVG     GraphFormat = "svg"
)

// Graph returns the apps, places and edges as they are after a phase; phase 0
// is today. While an app is at two places it is shown at both, and an old name
// that stands for a moved Service is shown where its callers call it.
func Graph(schedule *plan.Schedule, phase int, format GraphFormat) ([]byte, error) {
	if phase < 0 || phase > len(schedule.Phases) {
		return nil, fmt.Errorf("no phase %d: the phases are 0 (today) to %d", phase, len(schedule.Phases))
	}
	p := pictureOf(schedule, phase)
	switch format {
	case Mermaid:
		return mermaid(p), nil
	case DOT:
		return dot(p), nil
	case SVG:
		return svg(p), nil
	}
	return nil, fmt.Errorf("no graph format %q: the formats are %s, %s and %s", format, Mermaid, DOT, SVG)
}

// picture is what a graph shows, in the order in which it is shown.
type picture struct {
	title  string
	places []pictured
	links  []link
}

// pictured is a place with what is in it.
type pictured struct {
	name  string
	nodes []*node
}

// node is an app at a place, or an old name that stands for a Service elsewhere.
type node struct {
	id    string // n1, n2 ...
	order int
	label string
	proxy bool
	how   string // of a proxy: alias or relay
	place plan.Place
}

// link is a caller that calls a Service, or an old name that leads to one.
type link struct {
	from, to *node
	label    string
	proxy    bool
}

// pictureOf replays the phases and draws what is there.
func pictureOf(schedule *plan.Schedule, phase int) *picture {
	r := newReplay(schedule.Graph)
	p := &picture{title: "today"}
	for _, ph := range schedule.Phases[:phase] {
		for _, s := range ph.Steps {
			r.step(s)
		}
		p.title = fmt.Sprintf("after phase %d: %s", ph.Number, ph.Name)
	}
	d := &drawing{replay: r, apps: map[appAt]*node{}, proxies: map[nameAt]*node{}, spec: specOf(schedule)}
	d.nodes(schedule.Graph)
	d.links(schedule.Graph)
	p.places, p.links = d.places(), d.found
	return p
}

// drawing makes the nodes and links of a picture.
type drawing struct {
	*replay
	apps    map[appAt]*node
	proxies map[nameAt]*node
	spec    *plan.Spec
	all     []*node
	found   []link
}

func (d *drawing) nodes(g *plan.Graph) {
	for _, a := range g.Apps {
		for _, place := range d.running(a) {
			n := &node{label: a.Name, place: place}
			d.apps[appAt{a, place}] = n
			d.all = append(d.all, n)
		}
		for _, s := range a.Services {
			for _, flip := range d.flipsOf(s) {
				n := &node{label: s.ID.Name + " (" + string(flip.Cutover) + ")", place: flip.At, proxy: true, how: proxyWord(flip)}
				d.proxies[nameAt{s, flip.At}] = n
				d.all = append(d.all, n)
			}
		}
	}
	d.leads(g)
	slices.SortStableFunc(d.all, func(a, b *node) int {
		return cmp.Or(a.place.Compare(b.place), cmp.Compare(a.label, b.label))
	})
	for i, n := range d.all {
		n.id, n.order = fmt.Sprintf("n%d", i+1), i
	}
}

// proxyWord says what a name that stands for a moved Service is.
func proxyWord(f *plan.Flip) string {
	switch {
	case f.Hop() != "":
		return "hop"
	case f.Cutover == plan.CutoverRelay:
		return "relay"
	}
	return "alias"
}

// flipsOf returns the names of a Service that stand for it elsewhere, by place.
func (d *drawing) flipsOf(s *manifest.Object) []*plan.Flip {
	var out []*plan.Flip
	for name, flip := range d.flipped { // put into order below
		if name.service == s {
			out = append(out, flip)
		}
	}
	slices.SortFunc(out, func(a, b *plan.Flip) int { return a.At.Compare(b.At) })
	return out
}

// leads draws where those names lead to, by way of which ingress.
func (d *drawing) leads(g *plan.Graph) {
	for _, a := range g.Apps {
		for _, s := range a.Services {
			for _, flip := range d.flipsOf(s) {
				to, by := a.To, string(flip.Cutover)
				if flip.Lead == plan.ToOldHop {
					to = a.From
				}
				if hop := d.spec.HopOf(flip.Hop()); flip.Hop() != "" && hop != nil {
					by = hop.Host
				}
				d.link(d.proxies[nameAt{s, flip.At}], d.apps[appAt{a, to}], by)
			}
		}
	}
}

func (d *drawing) links(g *plan.Graph) {
	for _, e := range g.Edges {
		label := e.Service.ID.Name
		if e.Port != "" {
			label += ":" + e.Port
		}
		for _, place := range d.running(e.Caller) {
			d.link(d.apps[appAt{e.Caller, place}], d.called(e, place), label)
		}
	}
	slices.SortStableFunc(d.found, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.from.order, b.from.order), cmp.Compare(a.to.order, b.to.order), cmp.Compare(a.label, b.label))
	})
	d.found = slices.Compact(d.found)
}

// link adds a link when both ends are there.
func (d *drawing) link(from, to *node, label string) {
	if from != nil && to != nil {
		d.found = append(d.found, link{from, to, label, from.proxy})
	}
}

// called returns what a caller at a place reaches over an edge.
func (d *drawing) called(e *plan.Edge, from plan.Place) *node {
	at, known := d.calls[call{e.Caller, from, e.Service}]
	if !known {
		at = e.Callee.From
	}
	if proxy := d.proxies[nameAt{e.Service, at}]; proxy != nil {
		return proxy
	}
	if n := d.apps[appAt{e.Callee, at}]; n != nil {
		return n
	}
	for _, place := range d.running(e.Callee) {
		return d.apps[appAt{e.Callee, place}]
	}
	return nil
}

// places returns the nodes by place.
func (d *drawing) places() []pictured {
	var out []pictured
	for i, n := range d.all {
		if i == 0 || n.place != d.all[i-1].place {
			out = append(out, pictured{name: n.place.String()})
		}
		last := &out[len(out)-1]
		last.nodes = append(last.nodes, n)
	}
	return out
}
