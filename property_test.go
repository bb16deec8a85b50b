package rehome_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// TestRandomWorlds tries what must hold for every migration on random ones. A
// world that fails is made again by its seed: go test -run TestRandomWorlds/seed=17.
func TestRandomWorlds(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(seed)
			files := w.write(nil)
			r, diags := compile(t, files, 1)
			flat := seed%4 == 0
			out := outputOf(t, r, nil, flat)
			checkCalleesMoveFirst(t, w, r)
			checkWayBack(t, r)
			checkToday(t, w, files, out)
			if seed%2 == 0 {
				checkOrderMeansNothing(t, w, seed, out, flat)
			} else {
				checkWorkersMeanNothing(t, files, int(seed), out, diags)
			}
			if seed%16 < 2 { // builds are slow
				kustbuild.CheckBuild(t, files, outDir, out, r.States)
				kustbuild.CheckOneNamespace(t, files, outDir, out)
				checkSourcesBuild(t, w, files, r)
			}
		})
	}
}

// compile compiles a world, which fails the test when anything is wrong with it:
// the proof of a random migration is clean.
func compile(t *testing.T, files fs.FS, workers int) (*rehome.Result, diag.List) {
	t.Helper()
	r, diags := rehome.Compile(files, planFile, rehome.Options{Workers: workers})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	return r, diags
}

// checkOrderMeansNothing holds that input in another order gives the same bytes:
// apps, sources, resources and documents.
func checkOrderMeansNothing(t *testing.T, w *world, seed uint64, want []deliver.File, flat bool) {
	t.Helper()
	r, _ := compile(t, w.write(newShuffler(seed)), 1)
	compareFiles(t, want, outputOf(t, r, nil, flat))
}

// checkWorkersMeanNothing holds that any number of workers gives the same bytes
// and the same diagnostics.
func checkWorkersMeanNothing(t *testing.T, files fs.FS, seed int, want []deliver.File, diags diag.List) {
	t.Helper()
	r, again := compile(t, files, 3+seed%5)
	compareFiles(t, want, outputOf(t, r, nil, false))
	if diff := cmp.Diff(diags, again); diff != "" {
		t.Errorf("diagnostics differ:\n%s", diff)
	}
}

func compareFiles(t *testing.T, want, got []deliver.File) {
	t.Helper()
	data := map[string][]byte{}
	for _, f := range got {
		data[f.Path] = f.Data
	}
	for _, f := range want {
		if g, ok := data[f.Path]; !ok || !bytes.Equal(f.Data, g) {
			t.Errorf("%s differs:\n%s", f.Path, cmp.Diff(string(f.Data), string(g)))
		}
		delete(data, f.Path)
	}
	for _, f := range got {
		if _, ok := data[f.Path]; ok {
			t.Errorf("%s is made only the second time", f.Path)
		}
	}
}

// checkCalleesMoveFirst holds that a callee is deployed in an earlier phase than
// its caller, unless they call each other.
func checkCalleesMoveFirst(t *testing.T, w *world, r *rehome.Result) {
	t.Helper()
	if w.schedule == "order: explicit" {
		return
	}
	deployed := map[*plan.App]int{}
	for _, p := range r.Schedule.Phases {
		for _, s := range p.Steps {
			if d, ok := s.(*plan.Deploy); ok && deployed[d.App] == 0 {
				deployed[d.App] = p.Number
			}
		}
	}
	for _, e := range r.Graph.Edges {
		if !e.Caller.Moves() || !e.Callee.Moves() || !ownEvidence(e) || reaches(r.Graph, e.Callee, e.Caller) {
			continue
		}
		if deployed[e.Callee] >= deployed[e.Caller] {
			t.Errorf("%s is deployed in phase %d, and its callee %s in phase %d", e.Caller.Name, deployed[e.Caller], e.Callee.Name, deployed[e.Callee])
		}
	}
}

// ownEvidence reports whether a caller itself names its callee: what only stands
// in a shared object decides about no order.
func ownEvidence(e *plan.Edge) bool {
	return slices.ContainsFunc(e.Evidence, func(r *refs.Reference) bool {
		return !slices.ContainsFunc(e.Caller.Shared, func(s *plan.Shared) bool { return s.Object == r.Object })
	})
}

// reaches reports whether one moving app calls another, directly or through others.
func reaches(g *plan.Graph, from, to *plan.App) bool {
	seen := map[*plan.App]bool{from: true}
	for next := []*plan.App{from}; len(next) > 0; next = next[1:] {
		for _, e := range g.EdgesFrom(next[0]) {
			if e.Callee == to && ownEvidence(e) {
				return true
			}
			if e.Callee.Moves() && ownEvidence(e) && !seen[e.Callee] {
				seen[e.Callee] = true
				next = append(next, e.Callee)
			}
		}
	}
	return false
}

// checkSourcesBuild holds that state 0 has what kustomize builds the sources to.
func checkSourcesBuild(t *testing.T, w *world, files fstest.MapFS, r *rehome.Result) {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := disk.WriteFile("/"+name, files[name].Data); err != nil {
			t.Fatal(err)
		}
	}
	today := map[string][]*manifest.Object{}
	for _, c := range r.States[0].Changes {
		today[c.Key.Namespace] = append(today[c.Key.Namespace], c.After)
	}
	for _, n := range w.namespaces {
		if n.kind != kustomization {
			continue
		}
		built, err := kustbuild.Build(disk, "/"+n.name)
		if err != nil {
			t.Fatal(err)
		}
		kustbuild.Compare(t, n.name, today[n.name], built)
	}
}

// checkWayBack holds that taking a phase back gives the state before it: what was
// before each change is put back.
func checkWayBack(t *testing.T, r *rehome.Result) {
	t.Helper()
	checkEnd(t, r, foldBack(t, r))
}

// foldBack takes every phase back from the state it leads to, and returns the last
// state.
func foldBack(t *testing.T, r *rehome.Result) map[render.Key]*manifest.Object {
	t.Helper()
	now := map[render.Key]*manifest.Object{}
	for _, s := range r.States {
		after := fold(now, s, func(c render.Change) *manifest.Object { return c.After })
		back := fold(after, s, func(c render.Change) *manifest.Object { return c.Before })
		if !maps.Equal(now, back) {
			t.Fatalf("taking %s back does not restore the state before it", deliver.StateName(s))
		}
		now = after
	}
	return now
}

// fold returns objects with one side of a state's changes.
func fold(objects map[render.Key]*manifest.Object, s *render.State, side func(render.Change) *manifest.Object) map[render.Key]*manifest.Object {
	out := maps.Clone(objects)
	for _, c := range s.Changes {
		if o := side(c); o != nil {
			out[c.Key] = o
		} else {
			delete(out, c.Key)
		}
	}
	return out
}

// checkEnd holds that the last state has what every app has today, where the plan
// wants it, and nothing else: no proxy but the kept ones, no relay, no leftover.
func checkEnd(t *testing.T, r *rehome.Result, last map[render.Key]*manifest.Object) {
	t.Helper()
	want := map[manifest.ID]bool{}
	for _, o := range r.Graph.Unclaimed {
		want[generic(o)] = true
	}
	for _, a := range r.Graph.Apps {
		for _, o := range a.Objects {
			want[generic(o).In(a.To.Namespace)] = true
		}
		for _, s := range a.Shared {
			want[generic(s.Object).In(a.To.Namespace)] = true
		}
	}
	for _, k := range r.Schedule.Kept {
		want[k.Service.ID] = true
		if k.Cutover == plan.CutoverRelay {
			relay := manifest.ID{Namespace: k.Service.ID.Namespace, Name: plan.RelayName(k.Service)}
			for _, kind := range [][2]string{{"", "ConfigMap"}, {"apps", "Deployment"}, {"policy", "PodDisruptionBudget"}} {
				relay.Group, relay.Kind = kind[0], kind[1]
				want[relay] = true
			}
		}
	}
	got := map[manifest.ID]bool{}
	for key, o := range last { // a set
		if key.Namespace != "" {
			got[generic(o)] = true
		}
	}
	ids := func(set map[manifest.ID]bool) []manifest.ID {
		return slices.SortedFunc(maps.Keys(set), manifest.ID.Compare)
	}
	if diff := cmp.Diff(ids(want), ids(got)); diff != "" {
		t.Errorf("the last state (-want +got):\n%s", diff)
	}
}

// generic returns the ID of an object without the hash of a generator, which
// differs from place to place.
func generic(o *manifest.Object) manifest.ID {
	id := o.ID
	if b := o.Build(); b != nil && b.HashSuffix {
		id.Name = b.Name
	}
	return id
}

// checkToday holds that state 0 consists of the documents of the sources as their
// authors wrote them, wherever no kustomization made them.
func checkToday(t *testing.T, w *world, files fstest.MapFS, out []deliver.File) {
	t.Helper()
	var today bytes.Buffer
	for _, f := range out {
		if strings.HasPrefix(f.Path, "apps/") && strings.Contains(path.Dir(f.Path), "source") {
			today.WriteString("---\n")
			today.Write(f.Data)
		}
	}
	for _, document := range w.handWritten(files) {
		if !bytes.Contains(today.Bytes(), []byte("---\n"+document)) {
			t.Fatalf("state 0 lacks this document as it was written:\n%s", document)
		}
	}
}

// handWritten returns the documents of the sources that no kustomization builds.
func (w *world) handWritten(files fstest.MapFS) []string {
	var out []string
	for _, n := range w.namespaces {
		if n.kind == kustomization {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			if strings.HasPrefix(name, n.name) {
				out = append(out, strings.Split(string(files[name].Data), "---\n")...)
			}
		}
	}
	return out
}
