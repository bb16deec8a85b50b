package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// recordOwnerCheck is H81: external-dns changes only records of its own owner id,
// and with the policy sync deletes those of them that it finds in no object of its
// cluster (registry/txt, FilterEndpointsByOwnerID; plan/policy.go, SyncPolicy).
var recordOwnerCheck = PlanCheck{
	Code: "H81", Severity: diag.Error,
	Summary: "no two instances of external-dns contend for a record",
	Run: func(p *PlanPass) {
		owners := map[string]claim{}  // by owner id
		holders := map[string]claim{} // by the name of the record
		for _, s := range p.States {
			for _, c := range s.Changes {
				if c.After == nil {
					continue
				}
				p.checkOwner(owners, c)
				for _, name := range p.recordNames(c.After) {
					p.checkHolder(holders, name, c)
				}
			}
		}
	},
}

// claim is the first object that claims something.
type claim struct {
	key    render.Key
	object *manifest.Object
}

// checkOwner reports one owner id in two clusters.
func (p *PlanPass) checkOwner(owners map[string]claim, c render.Change) {
	owner := c.After.Text("metadata", "labels", render.OwnerLabel)
	if owner == "" || len(recordsIn(c.After)) == 0 {
		return
	}
	first, known := owners[owner]
	if !known {
		owners[owner] = claim{c.Key, c.After}
		return
	}
	if first.key.Cluster != c.Key.Cluster {
		p.Reportf("", c.After, manifest.P("metadata", "labels", render.OwnerLabel),
			"%s of cluster %s and %s of cluster %s have the owner id %q: with the policy sync each external-dns deletes the record of the other", c.Key.ID, c.Key.Cluster, first.key.ID, first.key.Cluster, owner).
			WithFix("give each cluster's external-dns a --txt-owner-id of its own, and state it in spec.clusters.<name>.hop.ownerID")
	}
}

// checkHolder reports a name of an ingress that two objects have a record for.
func (p *PlanPass) checkHolder(holders map[string]claim, name string, c render.Change) {
	if p.doors.of(name) == "" {
		return
	}
	first, known := holders[name]
	if !known {
		holders[name] = claim{c.Key, c.After}
		return
	}
	if first.key != c.Key {
		p.Reportf("", first.object, manifest.P("metadata", "name"), "%s of cluster %s makes a record for %s, and so does %s of cluster %s: which of them the zone has depends on who comes first", first.key.ID, first.key.Cluster, name, c.Key.ID, c.Key.Cluster).
			WithFix("give the ingress a name in the zone that nothing else has a record for")
	}
}

// hostnameAnnotation is by what external-dns finds names on Services and routes.
const hostnameAnnotation = "external-dns.alpha.kubernetes.io/hostname"

// recordNames lists the names that external-dns or Config Connector makes records
// for because of an object: of records that it holds, of its annotation, and the
// hosts of an Ingress.
func (p *PlanPass) recordNames(o *manifest.Object) []string {
	var out []string
	for _, r := range recordsIn(o) {
		out = append(out, r.Name)
	}
	for _, name := range strings.Split(o.Text("metadata", "annotations", hostnameAnnotation), ",") {
		if name = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(name), ".")); name != "" {
			out = append(out, name)
		}
	}
	if o.ID.Kind == "Ingress" {
		for _, rule := range o.Get("spec", "rules").Items() {
			out = append(out, strings.ToLower(rule.Text("host")))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recordsIn returns the records of an object, none of one that holds none.
func recordsIn(o *manifest.Object) []render.Record {
	if o.ID.Group == sim.RecordGroup && o.ID.Kind == sim.RecordKind {
		ttl, _ := o.Get("spec", "ttl").Int()
		var out []render.Record
		for _, data := range o.Get("spec", "data").Items() {
			out = append(out, render.Record{Name: o.Text("spec", "name"), Type: o.Text("spec", "type"), TTL: ttl, Data: data.Value()})
		}
		return out
	}
	return render.RecordsOf(o)
}

// sortedKeys returns the keys of a map in order.
func sortedKeys(objects map[render.Key]*manifest.Object) []render.Key {
	return slices.SortedFunc(maps.Keys(objects), render.Key.Compare)
}
