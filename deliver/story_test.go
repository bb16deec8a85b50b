package deliver_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// story is a migration by hand: appa moves from foobar to foo, appb calls it and
// stays.
type story struct {
	t        *testing.T
	files    fstest.MapFS
	schedule *plan.Schedule
	states   []*render.State
	appa     *plan.App
	appb     *plan.App

	now     map[render.Key]*manifest.Object
	pending map[render.Key]*manifest.Object // of the phase that is being told
}

// begin reads roots of an archive and makes state 0 of them.
func begin(t *testing.T, archive string, roots ...string) *story {
	t.Helper()
	s := &story{t: t, files: fstest.MapFS{}, now: map[render.Key]*manifest.Object{}}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		s.files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	var found []*manifest.Root
	for _, r := range roots {
		found = append(found, &manifest.Root{Path: r, Namespace: "foobar"})
	}
	inventory, diags := manifest.Read(s.files, found, manifest.ReadOptions{Workers: 1})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	s.appa = &plan.App{Name: "appa", From: plan.Place{Namespace: "foobar"}, To: plan.Place{Namespace: "foo"}}
	s.appb = &plan.App{Name: "appb", From: s.appa.From, To: s.appa.From}
	graph := &plan.Graph{
		Plan: &plan.Plan{Metadata: plan.Metadata{Name: "foobar-to-teams"}}, Inventory: inventory,
		Apps: []*plan.App{s.appa, s.appb},
	}
	for _, r := range found {
		graph.Units = append(graph.Units, &plan.Unit{Name: strings.ReplaceAll(r.Path, "/", "-"), Root: r})
	}
	for _, o := range inventory.Objects {
		s.claim(o)
	}
	s.schedule = &plan.Schedule{Graph: graph}
	s.begin()
	for _, o := range inventory.Objects {
		s.pending[render.Key{ID: o.ID}] = o
	}
	s.end(nil, nil)
	return s
}

// claim gives an object to the app whose name is in its own.
func (s *story) claim(o *manifest.Object) {
	for _, a := range []*plan.App{s.appa, s.appb} {
		if !strings.Contains(o.ID.Name, a.Name) {
			continue
		}
		a.Objects = append(a.Objects, o)
		switch o.ID.Kind {
		case "Deployment":
			a.Workloads = append(a.Workloads, o)
		case "Service":
			a.Services = append(a.Services, o)
		}
	}
}

func (s *story) begin() { s.pending = maps.Clone(s.now) }

// end makes a state of what was told since begin.
func (s *story) end(phase *plan.Phase, step plan.Step) {
	state := &render.State{Index: len(s.states), Phase: phase}
	keys := map[render.Key]bool{}
	for _, objects := range []map[render.Key]*manifest.Object{s.now, s.pending} {
		for k := range objects {
			keys[k] = true
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(keys), render.Key.Compare) {
		if before, after := s.now[k], s.pending[k]; before != after {
			state.Changes = append(state.Changes, render.Change{Key: k, Before: before, After: after, Owner: s.owner(before, after), Step: step})
		}
	}
	s.now = s.pending
	s.states = append(s.states, state)
}

// owner returns the unit of the root that an object was read from.
func (s *story) owner(objects ...*manifest.Object) *plan.Unit {
	for _, o := range objects {
		for _, u := range s.schedule.Graph.Units {
			if o != nil && o.Source() != nil && o.Source().Root == u.Root {
				return u
			}
		}
	}
	return nil
}

// phase adds a phase of one step.
func (s *story) phase(step plan.Step, gate plan.Gate, tell func()) {
	p := &plan.Phase{
		Number: len(s.states), Name: step.Kind().String() + "-" + step.Subject(), Kind: step.Kind(),
		Steps: []plan.Step{step}, Gate: gate, Why: []string{"the story goes on"},
	}
	if step.Kind() == plan.FinishKind {
		p.Name = "finish"
	}
	s.schedule.Phases = append(s.schedule.Phases, p)
	s.begin()
	tell()
	s.end(p, step)
}

func (s *story) put(o *manifest.Object) { s.pending[render.Key{ID: o.ID}] = o }

func (s *story) remove(o *manifest.Object) { delete(s.pending, render.Key{ID: o.ID}) }

// objects returns what is in a namespace now, of an app.
func (s *story) objects(namespace, app string) []*manifest.Object {
	var out []*manifest.Object
	for _, k := range slices.SortedFunc(maps.Keys(s.now), render.Key.Compare) {
		if k.Namespace == namespace && strings.Contains(k.Name, app) {
			out = append(out, s.now[k])
		}
	}
	return out
}

// service returns a Service of today.
func (s *story) service(name string) *manifest.Object {
	for _, o := range s.schedule.Graph.Inventory.Objects {
		if o.ID.Kind == "Service" && o.ID.Name == name {
			return o
		}
	}
	s.t.Fatalf("no Service %s", name)
	return nil
}

// everything tells the whole story, from the first phase to the last.
func (s *story) everything(service string) *story {
	foobar, foo := s.appa.From.Namespace, s.appa.To.Namespace
	old := s.service(service)
	address := []plan.Address{{Service: old, At: s.appa.To}}
	s.phase(&plan.Prepare{Place: s.appa.To, Namespace: true}, plan.Gate{}, func() {
		s.put(manifest.New(manifest.Map(
			manifest.F("apiVersion", manifest.Str("v1")),
			manifest.F("kind", manifest.Str("Namespace")),
			manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str(foo)))),
		)))
		s.subjects(func(n *manifest.Node) *manifest.Node {
			first := n.Child("0")
			return n.With(manifest.P("1"), first.With(manifest.P("namespace"), manifest.Str(foo)))
		})
	})
	gate := plan.Gate{Rollouts: []plan.WorkloadAt{{Kind: "Deployment", Name: "appa", Place: s.appa.To}}}
	s.phase(&plan.Deploy{App: s.appa, Objects: s.appa.Objects, Addresses: address}, gate, func() {
		for _, o := range s.objects(foobar, "appa") {
			s.put(s.rewritten(o.In(foo), foo))
		}
	})
	gate = plan.Gate{Wait: plan.Duration(90 * time.Second), WaitWhy: "cached addresses expire"}
	s.phase(&plan.Flip{App: s.appa, Service: old, Cutover: plan.CutoverExternalName, At: s.appa.From}, gate, func() {
		alias := old.Without(manifest.P("spec", "clusterIP")).With(manifest.P("spec", "type"), manifest.Str("ExternalName"))
		s.put(alias.With(manifest.P("spec", "externalName"), manifest.Str(old.ID.Name+".foo.svc.cluster.local")))
	})
	gate = plan.Gate{Gone: []plan.WorkloadAt{{Kind: "Deployment", Name: "appa", Place: s.appa.From}}}
	s.phase(&plan.Retire{App: s.appa, Objects: s.appa.Objects}, gate, func() {
		for _, o := range s.objects(foobar, "appa") {
			if o.ID.Kind != "Service" {
				s.remove(o)
			}
		}
	})
	s.phase(&plan.Repoint{App: s.appb, At: s.appb.From, Addresses: address}, plan.Gate{}, func() {
		for _, o := range s.objects(foobar, "appb") {
			s.repoint(o)
		}
	})
	s.phase(&plan.Unflip{App: s.appa, Service: old, Cutover: plan.CutoverExternalName, At: s.appa.From}, plan.Gate{}, func() { s.remove(old) })
	s.phase(&plan.Finish{Apps: []*plan.App{s.appa}}, plan.Gate{}, func() {
		s.subjects(func(n *manifest.Node) *manifest.Node { return manifest.Seq(n.Child("1")) })
		for _, o := range s.objects(foobar, "appb") {
			if now, err := manifest.HashedName(o); o.ID.Kind == "ConfigMap" && err == nil && s.superseded(o, now) {
				s.remove(o)
			}
		}
	})
	return s
}

// superseded reports whether a newer content of a generated ConfigMap is there.
func (s *story) superseded(o *manifest.Object, name string) bool {
	return o.Base() == o.Root() && o.Build() != nil && o.Build().HashSuffix && name == o.ID.Name
}

// subjects changes the subjects of the ClusterRoleBindings that name an account
// of appa.
func (s *story) subjects(change func(*manifest.Node) *manifest.Node) {
	for _, o := range s.objects("", "appa") {
		if o.ID.Kind == "ClusterRoleBinding" {
			s.put(o.With(manifest.P("subjects"), change(o.Get("subjects"))))
		}
	}
}

// repoint rewrites an object of appb. A generated one gets a new name, and the
// old one stays for the pods that read it.
func (s *story) repoint(o *manifest.Object) {
	if now := s.rewritten(o, "foo"); now != o {
		s.put(now)
	}
}

// rewritten writes URLs of a Service of appa for where it is now, subjects for
// the namespace of their account, and names of generated objects anew.
func (s *story) rewritten(o *manifest.Object, namespace string) *manifest.Object {
	out := o
	o.Root().Scalars(func(at manifest.Path, n *manifest.Node) {
		if at.String() == "metadata.name" {
			return
		}
		text := strings.ReplaceAll(n.Value(), "http://appa:", "http://appa."+namespace+":")
		if o.ID.Kind == "RoleBinding" && at[len(at)-1] == "namespace" && o.ID.Namespace == "foo" {
			text = namespace
		}
		text = s.newNames(text, namespace)
		if text != n.Value() {
			out = out.With(at.Join(), manifest.Str(text))
		}
	})
	name, err := manifest.HashedName(out)
	if err != nil {
		s.t.Fatal(err)
	}
	return out.WithName(name)
}

// newNames replaces the name of a generated ConfigMap by its new one.
func (s *story) newNames(text, namespace string) string {
	for _, o := range s.schedule.Graph.Inventory.Objects {
		if b := o.Build(); b != nil && b.HashSuffix && o.ID.Name == text && strings.Contains(o.Text("data", "URL"), "appa") {
			name, err := manifest.HashedName(o.With(manifest.P("data", "URL"), manifest.Str(strings.ReplaceAll(o.Text("data", "URL"), "http://appa:", "http://appa."+namespace+":"))))
			if err != nil {
				s.t.Fatal(err)
			}
			return name
		}
	}
	return text
}

// files returns the output of the story.
func (s *story) output(opts deliver.Options) []deliver.File {
	s.t.Helper()
	if opts.SourceRoot == "" {
		opts.SourceRoot = "../"
	}
	files, diags := deliver.Files(s.schedule, s.states, opts)
	if err := diags.Err(); err != nil {
		s.t.Fatal(err)
	}
	return files
}
