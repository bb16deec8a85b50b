package verify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// configured is a caller that reads the address in a ConfigMap and has an
// account of its own; a is autoscaled and has a neighbour.
var configured = archive(moveA, app("a", "serviceAccountName: a"), `apiVersion: v1
kind: ServiceAccount
metadata: {name: a}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: a-reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: a, namespace: old}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data: {BACKEND_URL: "http://a.old.svc.cluster.local"}
---
`, deploymentWith("b", "envFrom: [{configMapRef: {name: b}}]"))

func deploymentWith(name, container string) string {
	return strings.Replace(deploymentOf(name), "          ports: [{", "          "+container+"\n          ports: [{", 1)
}

// TestBrokenStates breaks what is emitted, each time in one way, and looks for
// the hazard that this brings about.
func TestBrokenStates(t *testing.T) {
	r, diags := compile(t, configured)
	if diags.HasErrors() {
		t.Fatal(summary(diags))
	}
	set := func(value *manifest.Node, path ...string) func(*manifest.Object) *manifest.Object {
		return func(o *manifest.Object) *manifest.Object { return o.With(manifest.Path(path), value) }
	}
	drop := func(path ...string) func(*manifest.Object) *manifest.Object {
		return func(o *manifest.Object) *manifest.Object { return o.Without(manifest.Path(path)) }
	}
	tests := []struct {
		code      diag.Code
		phase, id string
		edit      func(*manifest.Object) *manifest.Object
	}{
		{"H06", "flip-a", "Service old/a", set(manifest.Str("a.new.svc"), "spec", "externalName")},
		{"H13", "deploy-a", "Service new/a", set(manifest.Str("None"), "spec", "clusterIP")},
		{"H14", "deploy-a", "Service new/a", set(manifest.Int(81), "spec", "ports", "0", "port")},
		{"H15", "flip-a", "Service old/a", set(manifest.Int(8080), "spec", "ports", "0", "targetPort")},
		{"H15", "flip-a", "Service old/a", drop("spec", "ports")},
		{"H23", "flip-a", "Service old/a", set(manifest.Str("10.0.0.9"), "spec", "clusterIP")},
		{"H24", "flip-a", "Service old/a", drop("spec", "selector")},
		{"H21", "repoint-b", "Deployment old/b", drop("spec", "template", "metadata", "annotations")},
		{"H58", "prepare-new", "ClusterRoleBinding a-reads", drop("subjects", "1")},
		{"H29", "prepare-new", "ClusterRoleBinding a-reads", set(manifest.Str("writer"), "roleRef", "name")},
		{"H29", "repoint-b", "Deployment old/b", set(manifest.Str("other"), "spec", "selector", "matchLabels", "app")},
	}
	for _, tt := range tests {
		t.Run(string(tt.code)+" "+tt.phase, func(t *testing.T) {
			if len(found(diags, tt.code)) > 0 {
				t.Fatalf("the migration has %s as it is", tt.code)
			}
			broken := prove(t, r, edited(r.States, tt.phase, tt.id, tt.edit))
			hits := found(broken, tt.code)
			if len(hits) == 0 {
				t.Fatalf("not caught: %v", summary(broken))
			}
			if hits[0].Pos.IsZero() {
				t.Errorf("no position: %+v", hits[0])
			}
		})
	}
}

// TestAliasOfAlias holds H08.
func TestAliasOfAlias(t *testing.T) {
	r, _ := compile(t, configured)
	states := edited(r.States, "flip-a", "Service new/a", func(o *manifest.Object) *manifest.Object { return o })
	states = edited(states, "deploy-a", "Service new/a", func(o *manifest.Object) *manifest.Object {
		return o.With(manifest.P("spec", "type"), manifest.Str("ExternalName")).With(manifest.P("spec", "externalName"), manifest.Str("a.old.svc.cluster.local"))
	})
	if hits := found(prove(t, r, states), "H08"); len(hits) == 0 {
		t.Error("an alias of an alias is not caught")
	}
}

// TestNamespaceDeletion holds H78.
func TestNamespaceDeletion(t *testing.T) {
	r, _ := compile(t, configured)
	states := slices.Clone(r.States)
	last := *states[len(states)-1]
	namespace := manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str("v1")), manifest.F("kind", manifest.Str("Namespace")),
		manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str("old")))),
	))
	last.Changes = append(slices.Clone(last.Changes), render.Change{Key: render.Key{Cluster: plan.DefaultCluster, ID: namespace.ID}, Before: namespace})
	states[len(states)-1] = &last
	if hits := found(prove(t, r, states), "H78"); len(hits) != 1 {
		t.Errorf("the deletion of a namespace is not caught: %v", summary(hits))
	}
}

// acrossClusters is the move of a to another cluster, with records that resolvers
// keep for two minutes.
var acrossClusters = archive(`  apps:
  - {name: a, to: {cluster: there}}
  - {name: b}
  clusters:
    default: {hop: {flavour: traefik, host: here.example.internal, address: 192.0.2.10, entryPoints: {web: 80}}}
    there: {hop: {flavour: traefik, host: there.example.internal, address: 192.0.2.20, entryPoints: {web: 80}}}
  dns: {zone: example.internal, provider: zonefile, ttl: 120s}
`, app("a"), callsA)

// TestGates drops what gates wait for.
func TestGates(t *testing.T) {
	tests := []struct {
		code    diag.Code
		archive string
		phase   string
		drop    func(*plan.Gate)
	}{
		{"H03", configured, "flip-a", func(g *plan.Gate) { g.Wait = 0 }},
		{"H05", configured, "deploy-a", func(g *plan.Gate) { g.Rollouts = nil }},
		{"H03", acrossClusters, "flip-a", func(g *plan.Gate) { g.Wait = plan.Duration(time.Minute) }},
		{"H80", acrossClusters, "open-hop-a-there", func(g *plan.Gate) { g.Wait = plan.Duration(time.Second) }},
		{"H62", archive(moveA, cronJob, deploymentOf("b")), "retire-a", func(g *plan.Gate) { g.Gone = nil }},
	}
	for _, tt := range tests {
		t.Run(string(tt.code), func(t *testing.T) {
			r, diags := compile(t, tt.archive)
			if diags.HasErrors() || len(found(diags, tt.code)) > 0 {
				t.Fatal(summary(diags))
			}
			dropped := dropGate(r, tt.phase, tt.drop)
			if hits := found(prove(t, r, r.States), tt.code); !dropped || len(hits) == 0 {
				t.Errorf("a gate of %s without its condition is not caught", tt.phase)
			}
		})
	}
}

func dropGate(r *rehome.Result, phase string, drop func(*plan.Gate)) bool {
	for _, p := range r.Schedule.Phases {
		if p.Name == phase {
			drop(&p.Gate)
			return true
		}
	}
	return false
}

const cronJob = `apiVersion: batch/v1
kind: CronJob
metadata: {name: a, labels: {app: a}}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: a}}
        spec: {restartPolicy: Never, containers: [{name: main, image: "ghcr.io/acme/a:1"}]}
---
`

// TestDoubtfulUse holds H79: a word that may be the name of a Service.
func TestDoubtfulUse(t *testing.T) {
	doubtful := strings.Replace(deploymentOf("c"), "ports: [{", "env: [{name: TARGET, value: a}]\n          ports: [{", 1)
	spec := strings.Replace(moveA, "{name: b}", "{name: b}, {name: c}", 1)
	_, diags := compile(t, archive(spec, app("a"), callsA, doubtful))
	if len(found(diags, "H79")) == 0 {
		t.Errorf("a possible use of a name that is deleted is not told: %v", summary(diags))
	}
	_, diags = compile(t, archive(spec+"  references: {ignore: [{name: c, text: a}]}\n", app("a"), callsA, doubtful))
	if hits := found(diags, "H79"); len(hits) > 0 {
		t.Errorf("a decided use is told: %v", summary(hits))
	}
}

const near = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {app: b}}}]}}"

// TestAffinity holds H67: the emitted term names the namespaces of its
// neighbours; without them the copy stays Pending.
func TestAffinity(t *testing.T) {
	r, diags := compile(t, archive(moveA, app("a", near), deploymentOf("b")))
	if diags.HasErrors() {
		t.Fatal(summary(diags))
	}
	term := []string{"spec", "template", "spec", "affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "0", "namespaces"}
	seen := false
	states := edited(r.States, "deploy-a", "Deployment new/a", func(o *manifest.Object) *manifest.Object {
		seen = o.Text(append(term, "0")...) == "old"
		return o.Without(term)
	})
	if !seen {
		t.Error("the emitted affinity does not name the namespace of b")
	}
	if len(found(prove(t, r, states), "H67")) == 0 {
		t.Error("an affinity that finds nobody is not caught")
	}
}

// TestCertificateNames holds H41: the copy of a certificate is valid for the old
// and the new names.
func TestCertificateNames(t *testing.T) {
	r, diags := compile(t, archive(moveA, app("a", "volumes: [{name: tls, secret: {secretName: a-tls}}]"), deploymentOf("b"), `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: a-tls, labels: {app: a}}
spec: {secretName: a-tls, issuerRef: {kind: ClusterIssuer, name: ca}, dnsNames: [a, a.old.svc, a.old.svc.cluster.local]}
---
`))
	var got []string
	for _, s := range r.States {
		for _, c := range s.Changes {
			if c.Key.ID.Kind == "Certificate" && c.Key.Namespace == "new" && c.After != nil {
				got = nil
				for _, n := range c.After.Get("spec", "dnsNames").Items() {
					got = append(got, n.Value())
				}
			}
		}
	}
	for _, want := range []string{"a", "a.new.svc", "a.new.svc.cluster.local", "a.old.svc", "a.old.svc.cluster.local"} {
		if !slices.Contains(got, want) {
			t.Errorf("the certificate has the names %v, without %s (%v)", got, want, summary(diags))
		}
	}
}
