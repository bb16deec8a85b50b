package render

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// OwnerLabel names, on an object for external-dns, the --txt-owner-id of the
// instance that is to read it, for its --label-filter (H81).
const OwnerLabel = "rehome.dev/dns-owner"

// externalDNS writes DNSEndpoint objects for external-dns with --source=crd
// (sigs.k8s.io/external-dns/apis/v1alpha1, endpoint.Endpoint).
func externalDNS() dnsProvider {
	return dnsProvider{name: plan.ExternalDNS, object: dnsEndpoint, records: endpointRecords}
}

func dnsEndpoint(_ *plan.DNS, in recordObject) *manifest.Object {
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("externaldns.k8s.io/v1alpha1")),
		manifest.F("kind", manifest.Str("DNSEndpoint")),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(in.name)),
			manifest.F("namespace", manifest.Str(in.namespace)),
			manifest.F("labels", manifest.Map(manifest.F(OwnerLabel, manifest.Str(in.owner)))),
		)),
		manifest.F("spec", manifest.Map(manifest.F("endpoints", manifest.Seq(manifest.Map(
			manifest.F("dnsName", manifest.Str(in.record.Name)),
			manifest.F("recordType", manifest.Str(in.record.Type)),
			manifest.F("recordTTL", manifest.Int(in.record.TTL)),
			manifest.F("targets", manifest.Strs(in.record.Data)),
		))))),
	))
}

func endpointRecords(o *manifest.Object) []Record {
	if o.ID.Group != "externaldns.k8s.io" || o.ID.Kind != "DNSEndpoint" {
		return nil
	}
	out := []Record{}
	for _, e := range o.Get("spec", "endpoints").Items() {
		ttl, _ := e.Get("recordTTL").Int()
		for _, target := range e.Get("targets").Items() {
			out = append(out, Record{
				Name: strings.TrimSuffix(e.Text("dnsName"), "."), Type: e.Text("recordType"), TTL: ttl,
				Data: strings.TrimSuffix(target.Value(), "."),
			})
		}
	}
	return out
}
