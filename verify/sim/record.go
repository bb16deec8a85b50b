package sim

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// recordSet is the records of one object, by which a controller changes a zone.
type recordSet struct {
	id  manifest.ID
	all []*recordEntry
}

// recordEntry is one record of an object.
type recordEntry struct {
	Record
	name   string
	object *manifest.Object
	path   manifest.Path
}

func (e *recordEntry) pos() diag.Pos { return e.object.Pos(e.path...) }

func (s *recordSet) enter(c *cluster) {
	if s.id.Namespace != "" {
		c.namespace(s.id.Namespace).population++
	}
	for _, e := range s.all {
		c.outside.entries[e.name] = slices.Insert(c.outside.entries[e.name], 0, recordOf{c.name, e})
		slices.SortStableFunc(c.outside.entries[e.name], compareRecords)
	}
}

func (s *recordSet) leave(c *cluster) {
	if s.id.Namespace != "" {
		c.namespace(s.id.Namespace).population--
	}
	for _, e := range s.all {
		c.outside.entries[e.name] = slices.DeleteFunc(c.outside.entries[e.name], func(r recordOf) bool { return r.recordEntry == e && r.cluster == c.name })
	}
}

// recordOf is a record with the cluster whose object it is of.
type recordOf struct {
	cluster string
	*recordEntry
}

func compareRecords(a, b recordOf) int {
	return cmp.Or(cmp.Compare(a.cluster, b.cluster), a.object.ID.Compare(b.object.ID), a.Address.Compare(b.Address), cmp.Compare(a.CNAME, b.CNAME))
}

// decodeDNSEndpoint reads a DNSEndpoint as external-dns does (source/crd.go): a
// target of an A or AAAA record that ends in a dot makes it skip the whole
// endpoint.
func decodeDNSEndpoint(o *manifest.Object) resident {
	set := &recordSet{id: o.ID}
	for i, e := range o.Get("spec", "endpoints").Items() {
		at := manifest.P("spec", "endpoints").Index(i)
		kind, targets := e.Text("recordType"), texts(e.Get("targets"))
		if kind != "CNAME" && slices.ContainsFunc(targets, func(t string) bool { return strings.HasSuffix(t, ".") }) {
			continue
		}
		ttl, _ := e.Get("recordTTL").Int()
		for j, target := range targets {
			set.add(o, at.Join("targets").Index(j), rawRecord{e.Text("dnsName"), kind, target, ttl})
		}
	}
	return set
}

// decodeDNSRecordSet reads a DNSRecordSet of Config Connector. Cloud DNS takes
// absolute names alone, which end in a dot
// (cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets).
func decodeDNSRecordSet(o *manifest.Object) resident {
	set := &recordSet{id: o.ID}
	name, kind := o.Text("spec", "name"), o.Text("spec", "type")
	if !strings.HasSuffix(name, ".") {
		return set
	}
	ttl, _ := o.Get("spec", "ttl").Int()
	for i, data := range texts(o.Get("spec", "rrdatas")) {
		if kind == "CNAME" && !strings.HasSuffix(data, ".") {
			continue
		}
		set.add(o, manifest.P("spec", "rrdatas").Index(i), rawRecord{name, kind, data, ttl})
	}
	return set
}

// A record that no object of a cluster stands for, as a zone file has it, is put
// into the world as an object of this group and kind.
const (
	RecordGroup = "rehome.dev"
	RecordKind  = "ZoneRecord"
)

// decodeZoneRecord reads the data of one name and type.
func decodeZoneRecord(o *manifest.Object) resident {
	set := &recordSet{id: o.ID}
	ttl, _ := o.Get("spec", "ttl").Int()
	for i, data := range texts(o.Get("spec", "data")) {
		set.add(o, manifest.P("spec", "data").Index(i), rawRecord{o.Text("spec", "name"), o.Text("spec", "type"), data, ttl})
	}
	return set
}

// RecordsOf returns the names that an object has records for, none of an object
// that holds no records.
func (w *World) RecordsOf(o *manifest.Object) []string {
	set, ok := w.decoder.decode(o).(*recordSet)
	if !ok {
		return nil
	}
	var names []string
	for _, e := range set.all {
		names = append(names, e.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// rawRecord is a record as an object writes it.
type rawRecord struct {
	name, kind, data string
	ttl              int64
}

// add adds a record that a lookup of an address can meet, and whose data fits its
// type.
func (s *recordSet) add(o *manifest.Object, at manifest.Path, raw rawRecord) {
	e := &recordEntry{name: absolute(raw.name), object: o, path: at, Record: Record{TTL: raw.ttl}}
	switch raw.kind {
	case "A", "AAAA":
		a, err := netip.ParseAddr(raw.data)
		if err != nil || a.Is4() != (raw.kind == "A") {
			return
		}
		e.Address = a
	case "CNAME":
		e.CNAME = absolute(raw.data)
	default:
		return
	}
	s.all = append(s.all, e)
}
