package sim

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// Record is what a name outside of the clusters means: another name, or an
// address.
type Record struct {
	CNAME   string
	Address netip.Addr
	TTL     int64 // in seconds; 0 when nothing is said
}

// outside is the names beyond the cluster zones, and what listens at addresses.
type outside struct {
	records map[string]Record
	entries map[string][]recordOf // of objects of the clusters, sorted
	zones   map[string]bool
	doors   map[netip.Addr]Door
}

func newOutside() *outside {
	return &outside{records: map[string]Record{}, entries: map[string][]recordOf{}, zones: map[string]bool{}, doors: map[netip.Addr]Door{}}
}

// clone copies what was set. The records of objects enter anew with the objects.
func (o *outside) clone() *outside {
	return &outside{records: maps.Clone(o.records), entries: map[string][]recordOf{}, zones: maps.Clone(o.zones), doors: maps.Clone(o.doors)}
}

// SetZone says that all records of a DNS zone are known: other names in it do
// not exist.
func (w *World) SetZone(zone string) { w.outside.zones[absolute(zone)] = true }

// SetRecord sets what a name outside of the clusters means. A name that begins
// with "*." means every name below it that has no record of its own.
func (w *World) SetRecord(name string, r Record) { w.outside.records[absolute(name)] = r }

// RemoveRecord is the opposite of [World.SetRecord].
func (w *World) RemoveRecord(name string) { delete(w.outside.records, absolute(name)) }

// absolute returns a name as it is kept: lower case, without a dot at its end.
func absolute(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// record finds the record of a name, its own or a wildcard's.
func (o *outside) record(name string) (Record, bool) {
	if r, ok := o.records[name]; ok {
		return r, true
	}
	for rest := name; ; {
		_, parent, more := strings.Cut(rest, ".")
		if !more {
			return Record{}, false
		}
		if r, ok := o.records["*."+parent]; ok {
			return r, true
		}
		rest = parent
	}
}

// inZone reports whether a name lies in a zone that is known whole.
func (o *outside) inZone(name string) bool {
	for rest, more := name, true; more; _, rest, more = strings.Cut(rest, ".") {
		if o.zones[rest] {
			return true
		}
	}
	return false
}

// lookupRecords answers a name from the records of objects; ok is false when no
// object has one. Of records that disagree nobody knows which the zone has: each
// controller changes only what it owns, and skips the rest (external-dns
// registry/txt, ApplyChanges).
func (q *query) lookupRecords(name string, hops int) (a answer, ok bool) {
	all := q.world.outside.entries[name]
	if len(all) == 0 {
		return answer{}, false
	}
	for _, r := range all[1:] {
		if r.cluster != all[0].cluster || r.object.ID != all[0].object.ID || r.CNAME != "" {
			if r.Address != all[0].Address || r.CNAME != all[0].CNAME {
				q.sayClash(name, all[0], r)
				q.blame(RecordClash)
				return answer{code: unknown}, true
			}
		}
	}
	if target := all[0].CNAME; target != "" {
		q.sayEntry(name, all[0], target)
		return q.lookupNext(target, hops), true
	}
	a = answer{code: found, address: all[0].Address}
	for _, r := range all {
		q.sayEntry(name, r, r.Address.String())
		if r.Address != a.address && !slices.Contains(a.others, r.Address) {
			a.others = append(a.others, r.Address)
		}
	}
	return a, true
}

// lookupNext follows a CNAME record.
func (q *query) lookupNext(target string, hops int) answer {
	if hops > maxChain {
		return answer{code: nodata}
	}
	if _, ours := below(target, q.cluster.domain); ours {
		return q.lookup(target, make([]string, hops+1))
	}
	return q.lookupOutside(target, hops+1)
}

// lookupOutside answers a name that is not of the cluster's zone: from the
// records, else it is unknown, unless it can be no public name.
func (q *query) lookupOutside(name string, hops int) answer {
	if a, ok := q.lookupRecords(name, hops); ok {
		return a
	}
	r, ok := q.world.outside.record(name)
	switch {
	case ok && r.CNAME != "":
		q.sayRecord(name, r.CNAME)
		return q.lookupNext(absolute(r.CNAME), hops)
	case ok:
		q.sayRecord(name, r.Address.String())
		return answer{code: found, address: r.Address}
	case q.world.outside.inZone(name), q.internalOnly(name):
		return answer{code: nxdomain}
	}
	return answer{code: unknown}
}

// internalOnly reports whether a name that is not of the cluster's zone can only
// have been meant for it: a single label, one that ends in svc, or one that
// ends in a name that a namespace or Service of the cluster has or had. No
// public DNS has such a name.
func (q *query) internalOnly(name string) bool {
	_, last := cutLast(name)
	return last == name || last == "svc" || q.cluster.seen[last]
}
