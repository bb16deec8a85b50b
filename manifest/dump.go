package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// dump counts what is left out of a file because a server or a controller made
// it.
type dump struct {
	cleaned int
	fields  []string // removed, in the order in which they were first found
	left    map[string]int
}

// clean returns an object without what a server set.
func (p *parser) clean(o *Object) *Object {
	if !o.src.dumped {
		return o
	}
	removed := serverFields(o)
	if len(removed) == 0 {
		return o
	}
	p.dump.cleaned++
	for _, path := range removed {
		o = o.Without(path)
		name := path.String()
		if !slices.Contains(p.dump.fields, name) {
			p.dump.fields = append(p.dump.fields, name)
		}
	}
	return o
}

// leaveOut drops the objects of a dump that controllers make from others.
// Applied, they would stand in the way of those that the controllers make again.
func (p *parser) leaveOut() {
	selecting := p.selectingServices()
	kept := p.objects[:0]
	for _, o := range p.objects {
		if !o.src.dumped || !isMade(o, selecting) {
			kept = append(kept, o)
			continue
		}
		if p.dump.left == nil {
			p.dump.left = map[string]int{}
		}
		p.dump.left[o.ID.Kind]++
	}
	p.objects = kept
}

// selectingServices returns the Services of a dump, and whether they have a
// selector. It is empty where no Endpoints object asks for it.
func (p *parser) selectingServices() map[ID]bool {
	isEndpoints := func(o *Object) bool { return o.ID.Kind == "Endpoints" }
	if !slices.ContainsFunc(p.objects, isEndpoints) {
		return nil
	}
	services := map[ID]bool{}
	for _, o := range p.objects {
		if o.ID.IsService() {
			services[o.ID] = o.Get("spec", "selector").Len() > 0
		}
	}
	return services
}

// isMade reports whether a controller makes the object. The endpoints
// controller makes the Endpoints of a Service with a selector; those of a
// Service without are written by hand.
func isMade(o *Object, selecting map[ID]bool) bool {
	for _, owner := range o.Get("metadata", "ownerReferences").Items() {
		if owner.Get("controller").Bool() {
			return true
		}
	}
	switch [2]string{o.ID.Group, o.ID.Kind} {
	case [2]string{"", "Event"}, [2]string{"events.k8s.io", "Event"}:
		return true
	case [2]string{"", "Endpoints"}:
		selects, known := selecting[ID{Kind: "Service", Namespace: o.ID.Namespace, Name: o.ID.Name}]
		return selects || !known && fromServer(o.base)
	case [2]string{"", "ConfigMap"}:
		return o.ID.Name == "kube-root-ca.crt" && fromServer(o.base) // made in every namespace
	}
	return false
}

// report says what was left out of the file, so that nothing goes in silence.
func (p *parser) report() {
	pos := diag.Pos{File: p.file}
	if p.dump.cleaned > 0 {
		p.diags.Infof(diag.CodeSource, pos, "removed what the server had set from %s: %s",
			count(p.dump.cleaned, "object"), strings.Join(p.dump.fields, ", "))
	}
	if len(p.dump.left) == 0 {
		return
	}
	total := 0
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(p.dump.left)) {
		total += p.dump.left[kind]
		kinds = append(kinds, fmt.Sprintf("%d %s", p.dump.left[kind], kind))
	}
	p.diags.Infof(diag.CodeSource, pos, "left out %s that controllers make: %s", count(total, "object"), strings.Join(kinds, ", "))
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
