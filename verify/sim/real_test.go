package sim

import (
	"io/fs"
	"net"
	"path"
	"strconv"
	"testing"

	"github.com/rehome-dev/rehome/internal/realdata"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// boutique reads the Online Boutique with its NetworkPolicies.
func boutique(t *testing.T) []*manifest.Object {
	t.Helper()
	fsys, dir := realdata.OnlineBoutique(t)
	var out []*manifest.Object
	for _, pattern := range []string{"base/*.yaml", "components/network-policies/*.yaml"} {
		files, err := fs.Glob(fsys, path.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if path.Base(f) == "kustomization.yaml" {
				continue
			}
			data, err := fs.ReadFile(fsys, f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, objects(t, string(data))...)
		}
	}
	return out
}

// boutiqueCalls lists the addresses in the environment of each workload.
func boutiqueCalls(t *testing.T, w *World, all []*manifest.Object) []Call {
	t.Helper()
	var out []Call
	for _, o := range all {
		for _, c := range plan.PodTemplate(o).Get("spec", "containers").Items() {
			for _, e := range c.Get("env").Items() {
				host, port, err := net.SplitHostPort(e.Text("value"))
				if err != nil || host == "" {
					continue
				}
				n, err := strconv.ParseInt(port, 10, 32)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, Call{Cluster: "c", From: w.PodsOf("c", o.ID)[0], Host: host, Port: int32(n)})
			}
		}
	}
	return out
}

// TestBoutique calls what the Online Boutique calls: everything that is deployed
// answers; without the policies of one workload, default deny stands in the way
// of its callers and of itself.
func TestBoutique(t *testing.T) {
	const absent = "shoppingassistantservice" // named by the frontend, deployed by another component
	all := boutique(t)
	w := New(Cluster{Name: "c"})
	for _, o := range all {
		w.Put("c", o)
	}
	calls := boutiqueCalls(t, w, all)
	if len(calls) < 15 {
		t.Fatalf("only %d calls found", len(calls))
	}
	for _, c := range calls {
		want := OK
		if c.Host == absent {
			want = NXDomain
		}
		r := w.Explain(c)
		if r.Outcome != want || r.Assumed || want == OK && len(r.Backends) != 1 {
			t.Errorf("want %s\n%s", want, r)
		}
	}
	for _, o := range all {
		if o.ID.Kind != "NetworkPolicy" || o.ID.Name == "deny-all" {
			continue
		}
		app := o.Text("spec", "podSelector", "matchLabels", "app")
		w.Remove("c", o.ID)
		for _, c := range calls {
			r := w.Explain(c)
			mine := c.From.Template.Labels["app"] == app || len(r.Backends) == 1 && r.Backends[0].Group.Template.Labels["app"] == app
			if c.Host != absent && mine != (r.Outcome == Denied) {
				t.Errorf("without %s: %s\n%s", o.ID, r.Outcome, r)
			}
		}
		w.Put("c", o)
	}
}
