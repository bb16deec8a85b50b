package render

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// dnsProvider is one way to get records into a zone: as an object of a cluster
// that a controller reads. Adding one is a file and a line in dnsProviders.
type dnsProvider struct {
	name plan.DNSProvider
	// object returns the object that holds a record, under a name of its own.
	object func(d *plan.DNS, in recordObject) *manifest.Object
	// records reads the records of an object, none of an object of another kind.
	records func(o *manifest.Object) []Record
}

// recordObject is what a provider makes an object of.
type recordObject struct {
	name      string
	namespace string
	owner     string // whose controller writes the record
	record    Record
}

// dnsProviders lists the providers that write objects. The zone file is no
// object; its records are those of [State.Zone].
func dnsProviders() []dnsProvider {
	return []dnsProvider{externalDNS(), configConnector()}
}

// RecordsOf returns the records that an object holds for the zone, none of an
// object that no provider reads.
func RecordsOf(o *manifest.Object) []Record {
	for _, p := range dnsProviders() {
		if records := p.records(o); records != nil {
			return records
		}
	}
	return nil
}

// hopRecord returns the record of an ingress.
func hopRecord(h *plan.Hop, d *plan.DNS) Record {
	kind := "A"
	if a, err := netip.ParseAddr(h.Address); err == nil && a.Is6() {
		kind = "AAAA"
	}
	return Record{Name: h.Host, Type: kind, TTL: int64(d.TTL.Std() / time.Second), Data: h.Address}
}

// holdRecord counts the open hops of a cluster's ingress: its record is there as
// long as one is open.
func (f *folder) holdRecord(cluster string, change int) {
	before := f.doors[cluster]
	f.doors[cluster] += change
	if (before == 0) == (f.doors[cluster] == 0) {
		return
	}
	spec := &f.graph.Plan.Spec
	hop := spec.HopOf(cluster)
	in := recordObject{
		name: "rehome-" + cluster, namespace: hop.HomeNamespace(), owner: hop.Owner(cluster), record: hopRecord(hop, spec.DNS),
	}
	for _, p := range dnsProviders() {
		if p.name != spec.DNS.Provider {
			continue
		}
		o := p.object(spec.DNS, in)
		key := Key{Cluster: cluster, ID: o.ID}
		if before > 0 {
			f.remove(key, "nothing leads to the ingress by this name any more")
			continue
		}
		f.make(key, o, nil, "the name of the ingress of cluster "+cluster)
	}
}

// zone returns the records of the ingresses with open hops, nil unless they are
// written as a file.
func (f *folder) zone() []Record {
	spec := &f.graph.Plan.Spec
	if spec.DNS == nil || spec.DNS.Provider != plan.ZoneFile {
		return nil
	}
	out := []Record{}
	for _, cluster := range slices.Sorted(maps.Keys(f.doors)) {
		if f.doors[cluster] > 0 {
			out = append(out, hopRecord(spec.HopOf(cluster), spec.DNS))
		}
	}
	slices.SortFunc(out, Record.Compare)
	return out
}
