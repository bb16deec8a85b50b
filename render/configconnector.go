package render

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// configConnector writes DNSRecordSet objects for Config Connector
// (cloud.google.com/config-connector/docs/reference/resource-docs/dns/dnsrecordset).
// Names in them are absolute and end in a dot.
func configConnector() dnsProvider {
	return dnsProvider{name: plan.ConfigConnector, object: dnsRecordSet, records: recordSetRecords}
}

// projectAnnotation says in which project an object of Config Connector is
// made, where its namespace does not.
const projectAnnotation = "cnrm.cloud.google.com/project-id"

func dnsRecordSet(d *plan.DNS, in recordObject) *manifest.Object {
	var annotations *manifest.Node
	if d.Project != "" {
		annotations = manifest.Map(manifest.F(projectAnnotation, manifest.Str(d.Project)))
	}
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("dns.cnrm.cloud.google.com/v1beta1")),
		manifest.F("kind", manifest.Str("DNSRecordSet")),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(in.name)),
			manifest.F("namespace", manifest.Str(in.namespace)),
			manifest.F("annotations", annotations),
		)),
		manifest.F("spec", manifest.Map(
			manifest.F("name", manifest.Str(in.record.Name+".")),
			manifest.F("type", manifest.Str(in.record.Type)),
			manifest.F("ttl", manifest.Int(in.record.TTL)),
			manifest.F("managedZoneRef", manifest.Map(manifest.F("external", manifest.Str(d.ManagedZone)))),
			manifest.F("rrdatas", manifest.Strs(in.record.Data)),
		)),
	))
}

func recordSetRecords(o *manifest.Object) []Record {
	if o.ID.Group != "dns.cnrm.cloud.google.com" || o.ID.Kind != "DNSRecordSet" {
		return nil
	}
	ttl, _ := o.Get("spec", "ttl").Int()
	out := []Record{}
	for _, data := range o.Get("spec", "rrdatas").Items() {
		out = append(out, Record{
			Name: strings.TrimSuffix(o.Text("spec", "name"), "."), Type: o.Text("spec", "type"), TTL: ttl,
			Data: strings.TrimSuffix(data.Value(), "."),
		})
	}
	return out
}
