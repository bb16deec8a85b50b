package rehome_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/internal/realdata"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// mutationCase is a migration that is proved, to put faults into.
type mutationCase struct {
	name   string
	result *rehome.Result
}

// randomCases are the seeds of random worlds that faults are put into.
var randomCases = [...]uint64{1, 8, 13, 21}

// mutationCases compiles the migrations: the example, those of
// testdata/mutation, random ones, and the Online Boutique where it is present.
func mutationCases(t *testing.T) []mutationCase {
	t.Helper()
	var out []mutationCase
	add := func(name string, fsys fs.FS, planPath string) {
		r, diags := rehome.Compile(fsys, planPath, rehome.Options{Workers: 1})
		if err := diags.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, mutationCase{name, r})
	}
	example := os.DirFS("examples/foobar")
	add("foobar", example, "migration.yaml")
	add("foobar-relay", example, "migration-relay.yaml")
	clusters := os.DirFS("examples/two-clusters")
	add("two-clusters", clusters, "migration.yaml")
	add("two-clusters-app2-first", clusters, "migration-app2-first.yaml")
	files, err := filepath.Glob("testdata/mutation/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range archive.Files {
			put(fsys, f.Name, string(f.Data))
		}
		add(strings.TrimSuffix(filepath.Base(file), ".txtar"), fsys, planFile)
	}
	for _, seed := range randomCases {
		add(fmt.Sprintf("random-%d", seed), newWorld(seed).write(nil), planFile)
	}
	for _, policies := range []string{"", "components: [components/network-policies]\n"} {
		if boutique := boutiqueFiles(t, policies); boutique != nil {
			add("boutique"+strings.Repeat("-policies", min(1, len(policies))), boutique, planFile)
		}
	}
	return out
}

// boutiqueFiles returns the Online Boutique with a plan that splits it into
// three namespaces; nil where it is absent.
func boutiqueFiles(t *testing.T, components string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	t.Run("boutique", func(t *testing.T) {
		real, dir := realdata.OnlineBoutique(t)
		err := fs.WalkDir(real, dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(real, path)
			files[strings.TrimPrefix(path, dir+"/")] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(files) == 0 {
		return nil
	}
	put(files, "kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: default\nresources: [base]\n"+components)
	targets := map[string]string{"frontend": "web", "loadgenerator": "web", "cartservice": "cart", "redis-cart": "cart"}
	var b text
	b.linef("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: boutique}\nspec:\n  cutover: auto\n  sources: [{path: .}]\n  apps:")
	for _, app := range [...]string{
		"adservice", "cartservice", "checkoutservice", "currencyservice", "emailservice", "frontend", "loadgenerator",
		"paymentservice", "productcatalogservice", "recommendationservice", "redis-cart", "shippingservice",
	} {
		target := targets[app]
		if target == "" {
			target = "shop"
		}
		b.linef("  - {name: %s, to: {namespace: %s}}", app, target)
	}
	put(files, planFile, b.String())
	return files
}

// uses returns the references by which pods, or what they read, call a Service
// of today.
func (f *film) uses(service manifest.ID) []*refs.Reference {
	var out []*refs.Reference
	for _, r := range f.result.References {
		if r.Refers == refs.ToService && r.Certainty == refs.Certain && r.Form != refs.Field && r.Target == service && f.runs(r.Object) {
			out = append(out, r)
		}
	}
	return out
}

// runs reports whether an object of today runs pods, or is read by pods.
func (f *film) runs(o *manifest.Object) bool {
	if plan.PodTemplate(o) != nil {
		return true
	}
	return len(f.readers(o)) > 0
}

// readers returns the workloads of today that name an object.
func (f *film) readers(o *manifest.Object) []*manifest.Object {
	var out []*manifest.Object
	for _, r := range f.result.References {
		if r.Refers == refs.ToObject && r.Target == o.ID && plan.PodTemplate(r.Object) != nil && !slices.Contains(out, r.Object) {
			out = append(out, r.Object)
		}
	}
	return out
}

// unused says why a fault of a Service's copy or alias breaks nothing; "" when
// somebody calls the Service.
func (f *film) unused(original *manifest.Object) string {
	if original != nil && len(f.uses(original.ID)) > 0 {
		return ""
	}
	return "nobody calls the Service"
}

// unusedCopy says why a fault of a Service's copy breaks nothing: no pods and no
// route lead to it.
func (f *film) unusedCopy(original *manifest.Object) string {
	if f.routed(original) {
		return ""
	}
	return f.unused(original)
}

// unusedCopyPort is unusedCopy for one port. Of routes any port counts.
func (f *film) unusedCopyPort(original *manifest.Object, number int64) string {
	if f.routed(original) {
		return ""
	}
	return f.unusedPort(original, number)
}

// routed reports whether a route of today leads to a Service.
func (f *film) routed(service *manifest.Object) bool {
	return slices.ContainsFunc(f.result.References, func(r *refs.Reference) bool {
		return r.Refers == refs.ToService && r.Target == service.ID && plan.IsRoute(r.Object)
	})
}

// unusedPort says why nothing needs a port of a Service; "" when somebody calls
// it. A call that names no port and has no scheme may mean any.
func (f *film) unusedPort(original *manifest.Object, number int64) string {
	standard := map[string]int64{"http": 80, "https": 443, "redis": 6379}
	for _, r := range f.uses(original.ID) {
		want := plan.ResolvePort(original, r.Port)
		if r.Port == "" {
			want = standard[r.Scheme]
		}
		if want == 0 || want == number {
			return ""
		}
	}
	return fmt.Sprintf("nobody calls port %d", number)
}

// servicesOf returns the Services of today that select a workload's pods.
func (f *film) servicesOf(workload *manifest.Object) []*manifest.Object {
	var out []*manifest.Object
	for _, o := range f.result.Inventory.Objects {
		if o.ID.Kind == "Service" && o.ID.Namespace == workload.ID.Namespace && o.Get("spec", "selector").Len() > 0 &&
			plan.SelectsEqual(o.Get("spec", "selector"), plan.PodTemplate(workload).Get("metadata", "labels")) {
			out = append(out, o)
		}
	}
	return out
}

// uncalled says why nobody misses a workload's pods as callees.
func (f *film) uncalled(workload *manifest.Object) string {
	for _, s := range f.servicesOf(workload) {
		if f.unusedCopy(s) == "" {
			return ""
		}
	}
	return "nobody calls its pods"
}
