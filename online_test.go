package rehome_test

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/internal/realdata"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// boutique returns the manifests of the Online Boutique, and the plan that init
// writes for them, beside them.
func boutique(t *testing.T) (files fstest.MapFS, discovered string) {
	t.Helper()
	disk, name := realdata.OnlineBoutique(t)
	base := path.Join(name, "base")
	files = fstest.MapFS{}
	entries, err := fs.ReadDir(disk, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(disk, path.Join(base, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files["base/"+e.Name()] = &fstest.MapFile{Data: data}
	}
	data, diags := rehome.Discover(files, []string{"base"}, rehome.DiscoverOptions{
		Name: "boutique", Sources: []plan.Source{{Path: "base", Namespace: "boutique"}},
	})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return files, string(data)
}

// boutiqueEdges are all calls that the manifests of the Online Boutique show,
// and where.
var boutiqueEdges = []string{
	"cartservice -> redis-cart:6379 at base/cartservice.yaml:51:18",
	"checkoutservice -> cartservice:7070 at base/checkoutservice.yaml:68:20",
	"checkoutservice -> currencyservice:7000 at base/checkoutservice.yaml:66:20",
	"checkoutservice -> emailservice:5000 at base/checkoutservice.yaml:64:20",
	"checkoutservice -> paymentservice:50051 at base/checkoutservice.yaml:62:20",
	"checkoutservice -> productcatalogservice:3550 at base/checkoutservice.yaml:58:20",
	"checkoutservice -> shippingservice:50051 at base/checkoutservice.yaml:60:20",
	"frontend -> adservice:9555 at base/frontend.yaml:82:20",
	"frontend -> cartservice:7070 at base/frontend.yaml:74:20",
	"frontend -> checkoutservice:5050 at base/frontend.yaml:80:20",
	"frontend -> currencyservice:7000 at base/frontend.yaml:72:20",
	"frontend -> productcatalogservice:3550 at base/frontend.yaml:70:20",
	"frontend -> recommendationservice:8080 at base/frontend.yaml:76:20",
	"frontend -> shippingservice:50051 at base/frontend.yaml:78:20",
	"loadgenerator -> frontend:80 at base/loadgenerator.yaml:70:18", // of the init container
	"loadgenerator -> frontend:80 at base/loadgenerator.yaml:83:18",
	"recommendationservice -> productcatalogservice:3550 at base/recommendationservice.yaml:61:18",
}

// TestInitOnlineBoutique holds that init finds every app, every call with its
// evidence, and the one name that is nowhere.
func TestInitOnlineBoutique(t *testing.T) {
	files, discovered := boutique(t)
	files[planFile] = &fstest.MapFile{Data: []byte(discovered)}
	r, diags := rehome.Compile(files, planFile, rehome.Options{})
	if err := diags.Err(); err != nil {
		t.Fatalf("the discovered plan has an error: %v\n%s", err, discovered)
	}
	apps := make([]string, len(r.Graph.Apps))
	for i, a := range r.Graph.Apps {
		apps[i] = a.Name
	}
	wantApps := []string{
		"adservice", "cartservice", "checkoutservice", "currencyservice", "emailservice", "frontend", "loadgenerator",
		"paymentservice", "productcatalogservice", "recommendationservice", "redis-cart", "shippingservice",
	}
	if diff := cmp.Diff(wantApps, apps); diff != "" {
		t.Errorf("apps (-want +got):\n%s", diff)
	}
	var edges []string
	for _, e := range r.Graph.Edges {
		if e.Declared.IsZero() {
			t.Errorf("init has not written that %s calls %s", e.Caller.Name, e.Callee.Name)
		}
		if !slices.IsSortedFunc(e.Evidence, func(a, b *refs.Reference) int { return a.Pos().Compare(b.Pos()) }) {
			t.Errorf("the evidence that %s calls %s is not in order", e.Caller.Name, e.Callee.Name)
		}
		for _, ref := range e.Evidence {
			edges = append(edges, e.Caller.Name+" -> "+ref.Written()+" at "+ref.Pos().String())
			if !strings.Contains(discovered, ref.Written()+" at "+ref.Pos().String()) {
				t.Errorf("the plan does not say that %s is called at %s", ref.Written(), ref.Pos())
			}
		}
	}
	slices.Sort(edges)
	if diff := cmp.Diff(boutiqueEdges, edges); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if len(r.Graph.Missing) != 1 || r.Graph.Missing[0].Written() != "shoppingassistantservice:80" {
		t.Errorf("references to Services that are nowhere: %v", r.Graph.Missing)
	}
	if !strings.Contains(discovered, "shoppingassistantservice:80 at base/frontend.yaml:84:20") {
		t.Errorf("the plan does not name shoppingassistantservice:\n%s", discovered)
	}
}

// boutiqueTargets are the namespaces of those apps that do not move to shop.
var boutiqueTargets = map[string]string{"frontend": "web", "loadgenerator": "web", "cartservice": "cart", "redis-cart": "cart"}

// appLine matches the line of a plan that names an app.
var appLine = regexp.MustCompile(`(?m)^  - name: (\S+)$`)

// TestMoveOnlineBoutique holds that the discovered plan needs nothing but `to`
// lines to move everything, and that nothing stays behind.
func TestMoveOnlineBoutique(t *testing.T) {
	files, discovered := boutique(t)
	moved := appLine.ReplaceAllStringFunc(discovered, func(line string) string {
		target := boutiqueTargets[appLine.FindStringSubmatch(line)[1]]
		if target == "" {
			target = "shop"
		}
		return line + "\n    to: {namespace: " + target + "}"
	})
	files[planFile] = &fstest.MapFile{Data: []byte(moved)}
	r, diags := rehome.Compile(files, planFile, rehome.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, flat := range []bool{false, true} {
		kustbuild.CheckBuild(t, files, outDir, outputOf(t, r, diags, flat), r.States)
	}
	last := map[render.Key]*manifest.Object{}
	for _, s := range r.States {
		last = fold(last, s, func(c render.Change) *manifest.Object { return c.After })
	}
	for _, key := range slices.SortedFunc(maps.Keys(last), render.Key.Compare) {
		if key.Namespace == "boutique" {
			t.Errorf("%s is left behind", key.ID)
		}
		if text := string(last[key].Bytes()); strings.Contains(text, "boutique.svc") {
			t.Errorf("%s still names the old place:\n%s", key.ID, text)
		}
	}
	if len(r.Schedule.Kept) > 0 {
		t.Errorf("old names are kept: %v", r.Schedule.Kept)
	}
}
