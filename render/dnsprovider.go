package render

import (
	"net/netip"
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
	if a, err := netip.ParseAddr(h.Address); err == nil && a.Is6() && !a.Is4In6() {
		kind = "AAAA"
	}
	return Record{Name: h.Host, Type: kind, TTL: int64(d.TTL.Std() / time.Second), Data: h.Address}
}
