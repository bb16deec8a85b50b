package plan

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/diag"
)

func readGood(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/good/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustParse(t *testing.T, data []byte) *Plan {
	t.Helper()
	p, diags := Parse("plan.yaml", data)
	if len(diags) > 0 {
		t.Fatalf("diagnostics:\n%s", printed(t, diags))
	}
	return p
}

// ignorePos compares plans by what they say.
var ignorePos = cmp.Comparer(func(diag.Pos, diag.Pos) bool { return true })

func seconds(n int) Duration { return Duration(time.Duration(n) * time.Second) }

func TestParseFillsDefaults(t *testing.T) {
	want := &Plan{
		APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: "minimal"},
		Spec: Spec{
			Sources:  []Source{{Path: "../k8s/foobar", Namespace: "default"}},
			Apps:     []AppSpec{{Name: "appa", To: &PlaceSpec{Namespace: "foo"}}},
			Cutover:  CutoverExternalName,
			Relay:    RelaySpec{Image: "haproxy:3.2-alpine", Replicas: 2},
			Schedule: ScheduleSpec{Order: DependenciesFirst},
			Windows:  Windows{DNSTTL: seconds(30), ClientCache: seconds(30), Drain: seconds(60)},
		},
	}
	if diff := cmp.Diff(want, mustParse(t, readGood(t, "minimal")), ignorePos); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestParseReadsEveryField(t *testing.T) {
	want := &Plan{
		APIVersion: APIVersion, Kind: Kind, Metadata: Metadata{Name: "foobar-to-teams"},
		Spec: Spec{
			Sources: []Source{{Path: "../k8s/foobar", Namespace: "foobar", Cluster: "main"}, {Path: "../k8s/other", Namespace: "default"}},
			Apps: []AppSpec{
				{
					Name: "appa", Manifests: "../k8s/appa",
					Select: map[string]string{"app.kubernetes.io/part-of": "appa", "tier": ""},
					From:   &PlaceSpec{Namespace: "foobar", Cluster: "main"}, To: &PlaceSpec{Namespace: "foo"},
					DependsOn: []Dependency{{App: "appb"}, {App: "appb", Service: "serviceb", Port: "8080"}, {App: "appb", Port: "http"}},
					Singleton: true, Cutover: CutoverAuto, Services: []ServiceSpec{{Name: "servicea", Cutover: CutoverRelay}}, Wave: 2,
				},
				{Name: "appb", To: &PlaceSpec{Namespace: "bar"}, Wave: 1},
				{Name: "appc", Frozen: true},
			},
			Clusters: map[string]Cluster{"main": {Domain: "corp.local"}, "default": {Domain: "cluster.local"}},
			Cutover:  CutoverRelay,
			Relay:    RelaySpec{Image: "registry.example/haproxy:3.0", Replicas: 3},
			Schedule: ScheduleSpec{Order: Explicit, MaxAppsPerWave: 10, Budget: Budget{CPU: "1.5", Memory: "256Gi"}},
			Windows:  Windows{DNSTTL: seconds(5), Drain: seconds(5400)},
			References: ReferencesSpec{
				Ignore:  []ReferenceSpec{{Text: "cache"}},
				Confirm: []ReferenceSpec{{Kind: "ConfigMap", Name: "settings", Path: "data.BACKEND"}},
				Fields:  []FieldSpec{{Group: "example.com", Kind: "Route", Path: "spec.rules[*].backend", Refers: FieldService}},
			},
			Accept: []Acceptance{{Code: "H22", App: "appc", Reason: "logs only"}, {Code: "P5", Reason: "outside of office hours"}},
		},
	}
	if diff := cmp.Diff(want, mustParse(t, readGood(t, "full")), ignorePos); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestParseKeepsPositions(t *testing.T) {
	p := mustParse(t, readGood(t, "full"))
	a := p.Spec.Apps[0]
	for _, c := range []struct {
		what string
		got  diag.Pos
		want string
	}{
		{"plan", p.Pos, "plan.yaml:2:1"},
		{"source", p.Spec.Sources[0].Pos, "plan.yaml:8:5"},
		{"app", a.Pos, "plan.yaml:13:5"},
		{"to", a.To.Pos, "plan.yaml:17:9"},
		{"short dependency", a.DependsOn[0].Pos, "plan.yaml:19:7"},
		{"dependency", a.DependsOn[1].Pos, "plan.yaml:20:7"},
		{"cluster", p.Spec.Clusters["main"].Pos, "plan.yaml:34:11"},
		{"budget", p.Spec.Schedule.Budget.Pos, "plan.yaml:41:13"},
		{"acceptance", p.Spec.Accept[1].Pos, "plan.yaml:49:5"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s is at %s, want %s", c.what, c.got, c.want)
		}
	}
}

func TestParseExpandsAliases(t *testing.T) {
	apps := mustParse(t, readGood(t, "anchors")).Spec.Apps
	for _, i := range []int{0, 1, 2} {
		if apps[i].To == nil || apps[i].To.Namespace != "shop" {
			t.Errorf("app %s goes to %v", apps[i].Name, apps[i].To)
		}
	}
	if apps[2].To.Cluster != "default" || len(apps[3].DependsOn) != 2 {
		t.Errorf("apps: %+v", apps)
	}
}

func TestParseBytes(t *testing.T) {
	minimal := readGood(t, "minimal")
	want := mustParse(t, minimal)
	for name, data := range map[string][]byte{
		"byte order mark": append([]byte("\uFEFF"), minimal...),
		"CRLF":            bytes.ReplaceAll(minimal, []byte("\n"), []byte("\r\n")),
		"marker lines":    []byte("---\n" + string(minimal) + "...\n"),
	} {
		if diff := cmp.Diff(want, mustParse(t, data), ignorePos); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestParseLongPlan parses a plan as long as the largest that is foreseen, right
// and wrong: one search too many for each app would make it take minutes.
func TestParseLongPlan(t *testing.T) {
	const n = 10_000
	var b strings.Builder
	b.WriteString("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: long}\nspec:\n  sources: [{path: k8s}]\n  apps:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: app-%d\n    to: {namespace: ns-%d}\n    dependsOn: [app-%d, app-%d]\n", i, i%100, (i+1)%n, (i+7)%n)
	}
	if _, diags := Parse("plan.yaml", []byte(strings.ReplaceAll(b.String(), "[app-", "[ap-"))); len(diags) != n {
		t.Errorf("%d errors", len(diags))
	}
	if p := mustParse(t, []byte(b.String())); len(p.Spec.Apps) != n || p.Spec.Apps[n-1].Pos.Line != 6+3*n-2 {
		t.Errorf("%d apps, the last at %s", len(p.Spec.Apps), p.Spec.Apps[n-1].Pos)
	}
}
