package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// records are one of each kind.
var records = []Record{
	{Name: "lb.example.internal", Type: "CNAME", TTL: 30, Data: "lb.cloud.example"},
	{Name: "new.example.internal", Type: "AAAA", TTL: 60, Data: "fd00::16"},
	{Name: "old.example.internal", Type: "A", TTL: 60, Data: "192.168.100.16"},
}

func TestZoneIsReadAsItWasWritten(t *testing.T) {
	text, err := ZoneText("example.internal", records)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseZone("example.internal", "zone", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(records, got); diff != "" {
		t.Errorf("records (-written +read):\n%s\n%s", diff, text)
	}
}

// TestZoneAsPeopleEditIt reads names relative to the zone, comments and the TTL of
// the file.
func TestZoneAsPeopleEditIt(t *testing.T) {
	got, err := ParseZone("example.internal", "zone", []byte("$TTL 5m\nOLD 60 IN A 192.168.100.16 ; today\nnew IN CNAME old\n"))
	want := []Record{
		{Name: "old.example.internal", Type: "A", TTL: 60, Data: "192.168.100.16"},
		{Name: "new.example.internal", Type: "CNAME", TTL: 300, Data: "old.example.internal"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("records (-want +got), error %v:\n%s", err, diff)
	}
}

func TestZoneRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"another kind of record": "old IN TXT \"x\"\n",
		"no address":             "old IN A new\n",
		"another file":           "$INCLUDE /etc/passwd\n",
	} {
		if got, err := ParseZone("example.internal", "zone", []byte(text)); err == nil {
			t.Errorf("%s is accepted: %v", name, got)
		}
	}
	for _, r := range []Record{
		{Name: "a", Type: "A", Data: "fd00::1"},
		{Name: "a", Type: "AAAA", Data: "10.0.0.1"},
		{Name: "a", Type: "A", Data: "b"},
		{Name: "a", Type: "nonsense", Data: "b"},
		{Name: "a", Type: "A", TTL: -1, Data: "10.0.0.1"},
		{Name: "a", Type: "TXT", Data: "10.0.0.1"},
	} {
		if text, err := ZoneText("z", []Record{r}); err == nil {
			t.Errorf("%v is written: %s", r, text)
		}
	}
}

// TestProvidersReadWhatTheyWrite is the contract of a DNS provider: the proof
// reads the records back from the objects.
func TestProvidersReadWhatTheyWrite(t *testing.T) {
	d := &plan.DNS{Zone: "example.internal", ManagedZone: "z", Project: "p"}
	for _, p := range dnsProviders() {
		for _, r := range records {
			o := p.object(d, recordObject{name: "n", namespace: "ns", owner: "old", record: r})
			if diff := cmp.Diff([]Record{r}, RecordsOf(o)); diff != "" {
				t.Errorf("%s (-written +read):\n%s\n%s", p.name, diff, o.Bytes())
			}
		}
	}
	other := manifest.New(manifest.Map(manifest.F("apiVersion", manifest.Str("v1")), manifest.F("kind", manifest.Str("Service"))))
	if got := RecordsOf(other); got != nil {
		t.Errorf("a Service has the records %v", got)
	}
}

func TestHopRecordIsOfTheFamilyOfItsAddress(t *testing.T) {
	for address, want := range map[string]string{"10.0.0.1": "A", "fd00::1": "AAAA"} {
		if got := hopRecord(&plan.Hop{Host: "h", Address: address}, &plan.DNS{}).Type; got != want {
			t.Errorf("the record of %s is of type %s, want %s", address, got, want)
		}
	}
}

// TestFlavoursAndProvidersAreListed fails when the plan language knows a flavour or
// a provider that nothing renders.
func TestFlavoursAndProvidersAreListed(t *testing.T) {
	var flavours, providers []string
	for _, f := range hopFlavours() {
		flavours = append(flavours, string(f.name))
	}
	for _, p := range dnsProviders() {
		providers = append(providers, string(p.name))
	}
	if got, want := strings.Join(flavours, " "), "traefik gateway ingress"; got != want {
		t.Errorf("flavours %s, want %s", got, want)
	}
	if got, want := strings.Join(providers, " "), "external-dns config-connector"; got != want {
		t.Errorf("providers %s, want %s", got, want)
	}
}
