package rehome_test

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
)

// worlds is how many random worlds each property is tried on. A failure names
// the seed, with which the world is made again.
const worlds = 200

// everyWorld runs a property on each world, in parallel.
func everyWorld(t *testing.T, n uint64, property func(t *testing.T, seed uint64, w *world)) {
	t.Helper()
	t.Parallel()
	for seed := range n {
		if t.Failed() {
			t.Logf("the first failing world has a seed below %d", seed)
			return
		}
		property(t, seed, newWorld(seed))
	}
}

// compile compiles a world and fails the test when it has an error.
func compile(t *testing.T, seed uint64, files fs.FS, workers int) (*rehome.Result, diag.List) {
	t.Helper()
	r, diags := rehome.Compile(files, planFile, rehome.Options{Workers: workers})
	if err := diags.Err(); err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	return r, diags
}

// TestOrderOfInputMeansNothing holds that what the input lists in another order
// gives the same bytes. The runbook tells of positions in files, and the lock
// digests the inputs, so both are left out.
func TestOrderOfInputMeansNothing(t *testing.T) {
	everyWorld(t, worlds, func(t *testing.T, seed uint64, w *world) {
		r, _ := compile(t, seed, w.write(nil), 1)
		want := outputOf(t, r, nil, seed%2 == 0)
		r, _ = compile(t, seed, w.write(newShuffler(seed)), 1)
		compareFiles(t, seed, want, outputOf(t, r, nil, seed%2 == 0))
	})
}

// TestWorkersMeanNothing holds that any number of workers gives the same bytes.
func TestWorkersMeanNothing(t *testing.T) {
	everyWorld(t, worlds/2, func(t *testing.T, seed uint64, w *world) {
		files := w.write(nil)
		r, diags := compile(t, seed, files, 1)
		want := outputOf(t, r, diags, false)
		r, again := compile(t, seed, files, 3+int(seed%5))
		compareFiles(t, seed, want, outputOf(t, r, again, false))
		if diff := cmp.Diff(diags, again); diff != "" {
			t.Errorf("seed %d: diagnostics differ:\n%s", seed, diff)
		}
	})
}

func compareFiles(t *testing.T, seed uint64, want, got []deliver.File) {
	t.Helper()
	data := map[string][]byte{}
	for _, f := range got {
		data[f.Path] = f.Data
	}
	for _, f := range want {
		if g, ok := data[f.Path]; !ok || !bytes.Equal(f.Data, g) {
			t.Errorf("seed %d: %s differs:\n%s", seed, f.Path, cmp.Diff(string(f.Data), string(g)))
		}
		delete(data, f.Path)
	}
	for _, f := range got {
		if _, ok := data[f.Path]; ok {
			t.Errorf("seed %d: %s is there only after shuffling", seed, f.Path)
		}
	}
}

// TestCalleesMoveFirst holds that a callee is deployed in an earlier phase than
// its caller, unless they call each other, and that the proof is clean.
func TestCalleesMoveFirst(t *testing.T) {
	everyWorld(t, worlds, func(t *testing.T, seed uint64, w *world) {
		r, _ := compile(t, seed, w.write(nil), 1)
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
				t.Errorf("seed %d: %s is deployed in phase %d, and its callee %s in phase %d", seed, e.Caller.Name, deployed[e.Caller], e.Callee.Name, deployed[e.Callee])
			}
		}
	})
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

// TestStatesEqualBuilds holds that kustomize builds every state to its objects,
// in both forms of output, and that state 0 is what the sources build to.
func TestStatesEqualBuilds(t *testing.T) {
	everyWorld(t, worlds/8, func(t *testing.T, seed uint64, w *world) {
		files := w.write(nil)
		r, diags := compile(t, seed, files, 1)
		for _, flat := range []bool{false, true} {
			kustbuild.CheckBuild(t, files, outDir, outputOf(t, r, diags, flat), r.States)
		}
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
}

// TestWayBack holds that taking a phase back gives the state before it: what was
// before each change is put back.
func TestWayBack(t *testing.T) {
	everyWorld(t, worlds, func(t *testing.T, seed uint64, w *world) {
		r, _ := compile(t, seed, w.write(nil), 1)
		now := map[render.Key]*manifest.Object{}
		for _, s := range r.States {
			before := fold(now, s, func(c render.Change) *manifest.Object { return c.After })
			after := fold(before, s, func(c render.Change) *manifest.Object { return c.After })
			back := fold(after, s, func(c render.Change) *manifest.Object { return c.Before })
			if len(back) != len(now) {
				t.Fatalf("seed %d: taking %s back leaves %d objects, and there were %d", seed, deliver.StateName(s), len(back), len(now))
			}
			for k, o := range now { // any difference fails
				if back[k] != o {
					t.Fatalf("seed %d: taking %s back does not restore %s", seed, deliver.StateName(s), k.ID)
				}
			}
			now = after
		}
		checkEnd(t, seed, r, now)
	})
}

// fold returns objects with one side of a state's changes.
func fold(objects map[render.Key]*manifest.Object, s *render.State, side func(render.Change) *manifest.Object) map[render.Key]*manifest.Object {
	out := make(map[render.Key]*manifest.Object, len(objects))
	for k, o := range objects {
		out[k] = o
	}
	for _, c := range s.Changes {
		if o := side(c); o != nil {
			out[c.Key] = o
		} else {
			delete(out, c.Key)
		}
	}
	return out
}

// checkEnd holds that the last state has every object of every app where the
// plan wants it and nothing else: no proxy but the kept ones, no relay, no
// leftover.
func checkEnd(t *testing.T, seed uint64, r *rehome.Result, last map[render.Key]*manifest.Object) {
	t.Helper()
	kept := map[manifest.ID]bool{}
	for _, k := range r.Schedule.Kept {
		kept[k.Service.ID] = true
	}
	count := map[string]int{}
	for k := range last { // counted, so the order means nothing
		count[k.Namespace+"/"+k.Kind]++
	}
	want := map[string]int{}
	for _, a := range r.Graph.Apps {
		for _, o := range a.Objects {
			want[a.To.Namespace+"/"+o.ID.Kind]++
			if kept[o.ID] {
				want[o.ID.Namespace+"/"+o.ID.Kind]++
			}
		}
	}
	for _, kind := range []string{"Deployment", "Service", "ServiceAccount"} {
		for _, ns := range []string{"home-0", "home-1", "team-0", "team-1", "team-2"} {
			if relays := keptRelays(r, ns); kind == "Deployment" {
				want[ns+"/"+kind] += relays
			}
			if count[ns+"/"+kind] != want[ns+"/"+kind] {
				t.Errorf("seed %d: the last state has %d of %s in %s, want %d", seed, count[ns+"/"+kind], kind, ns, want[ns+"/"+kind])
			}
		}
	}
}

// keptRelays returns how many relays stay in a namespace.
func keptRelays(r *rehome.Result, namespace string) int {
	n := 0
	for _, k := range r.Schedule.Kept {
		if k.Cutover == plan.CutoverRelay && k.Service.ID.Namespace == namespace {
			n++
		}
	}
	return n
}

// TestTodayIsByteForByte holds that state 0 consists of the documents of the
// sources as their authors wrote them, wherever no kustomization made them.
func TestTodayIsByteForByte(t *testing.T) {
	everyWorld(t, worlds, func(t *testing.T, seed uint64, w *world) {
		files := w.write(nil)
		r, diags := compile(t, seed, files, 1)
		var today bytes.Buffer
		for _, f := range outputOf(t, r, diags, false) {
			if strings.HasPrefix(f.Path, "apps/") && strings.Contains(path.Dir(f.Path), "source") {
				today.WriteString("---\n")
				today.Write(f.Data)
			}
		}
		for _, document := range w.handWritten(files) {
			if !bytes.Contains(today.Bytes(), []byte("---\n"+document)) {
				t.Fatalf("seed %d: state 0 lacks this document as it was written:\n%s", seed, document)
			}
		}
	})
}

// handWritten returns the documents of the sources that no kustomization builds.
func (w *world) handWritten(files fstest.MapFS) []string {
	var out []string
	for _, n := range w.namespace {
		if n.kind == kustomization {
			continue
		}
		for name, f := range files { // each document is looked for by itself
			if strings.HasPrefix(name, n.name) {
				out = append(out, strings.Split(string(f.Data), "---\n")...)
			}
		}
	}
	return out
}
