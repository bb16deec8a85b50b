package plan

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// validator checks what can be known from the plan alone and no single field
// shows. What the decoder has reported already is empty in the plan and is
// passed over.
type validator struct {
	plan  *Plan
	tree  *manifest.Tree
	diags diag.List

	apps     map[string]int // by name, the first of each
	appNames []string       // the keys of apps, sorted
	unnamed  bool           // an app has no name, so it is not known which there are
	guesses  int            // how many names were compared with all that there are
}

// run makes the checks in the order of the plan.
func (v *validator) run() {
	v.names()
	v.roots()
	v.clusters()
	v.hops()
	v.wavesNamed()
	for i := range v.plan.Spec.Apps {
		v.app(i)
	}
	v.references()
	v.accepted()
}

func (v *validator) errorf(at manifest.Path, format string, args ...any) *diag.Diagnostic {
	return v.diags.Errorf(diag.CodePlan, v.tree.Pos(at...), format, args...)
}

// key is errorf at the key of a field instead of its value.
func (v *validator) key(at manifest.Path, format string, args ...any) *diag.Diagnostic {
	return v.diags.Errorf(diag.CodePlan, v.tree.KeyPos(at...), format, args...)
}

// appPath leads to a field of an app.
func appPath(i int, elems ...string) manifest.Path {
	return manifest.P("spec", "apps", strconv.Itoa(i)).Join(elems...)
}

// names checks that no two apps have the same name.
func (v *validator) names() {
	v.apps = make(map[string]int, len(v.plan.Spec.Apps))
	for i, a := range v.plan.Spec.Apps {
		if a.Name == "" {
			v.unnamed = true
			continue
		}
		first, twice := v.apps[a.Name]
		if !twice {
			v.apps[a.Name] = i
			continue
		}
		v.errorf(appPath(i, "name"), "two apps are named %q", a.Name).
			WithNote(v.tree.Pos(appPath(first, "name")...), "first named")
	}
	v.appNames = slices.Sorted(maps.Keys(v.apps))
}

// roots checks that there is somewhere to look for each app, and that no
// manifest root is named twice: each object would be read twice.
func (v *validator) roots() {
	seen := map[string]manifest.Path{}
	root := func(written string, at manifest.Path) {
		if written == "" {
			return
		}
		first, twice := seen[path.Clean(written)]
		if !twice {
			seen[path.Clean(written)] = at
			return
		}
		v.errorf(at, "the manifest root %q is named twice", written).
			WithFix("list it once, under spec.sources, where several apps share it").
			WithNote(v.tree.Pos(first...), "first named")
	}
	for i, s := range v.plan.Spec.Sources {
		root(s.Path, manifest.P("spec", "sources", strconv.Itoa(i), "path"))
	}
	for i, a := range v.plan.Spec.Apps {
		root(a.Manifests, appPath(i, "manifests"))
		if at := appPath(i); a.Manifests == "" && !v.given(appPath(i, "manifests")) && len(v.plan.Spec.Sources) == 0 && !v.given(manifest.P("spec", "sources")) {
			v.errorf(at, "there is nowhere to look for app %q: it has no manifests, and the plan has no sources", a.Name).
				WithFix("add spec.sources, or `manifests` to the app").WithApp(a.Name)
		}
	}
}

// given reports whether the plan holds a non-empty value at a path, be it right
// or wrong.
func (v *validator) given(at manifest.Path) bool {
	n := v.tree.Root.Get(at...)
	return n != nil && (n.Kind() == manifest.Scalar || n.Len() > 0)
}

// clusters checks that the clusters that are named are listed, where any are,
// and that those that are listed are named.
func (v *validator) clusters() {
	listed := slices.Sorted(maps.Keys(v.plan.Spec.Clusters))
	if len(listed) == 0 {
		return
	}
	used := map[string]bool{}
	use := func(cluster string, at manifest.Path) {
		used[cmp.Or(cluster, DefaultCluster)] = true
		if cluster == "" || slices.Contains(listed, cluster) {
			return
		}
		used[v.misspelt(at, "cluster", cluster, "in spec.clusters", listed)] = true
	}
	for i, s := range v.plan.Spec.Sources {
		use(s.Cluster, manifest.P("spec", "sources", strconv.Itoa(i), "cluster"))
	}
	for i, a := range v.plan.Spec.Apps {
		if a.Manifests != "" && a.From == nil {
			use("", nil)
		}
		if a.From != nil && (a.From.Cluster != "" || a.Manifests != "") {
			use(a.From.Cluster, appPath(i, "from", "cluster"))
		}
		if a.To != nil && a.To.Cluster != "" {
			use(a.To.Cluster, appPath(i, "to", "cluster"))
		}
	}
	for _, name := range listed {
		if !used[name] {
			v.key(manifest.P("spec", "clusters", name), "cluster %q is named by no source and no app", name).
				WithFix("remove it, or name it as the `cluster` of a source")
		}
	}
}

// maxGuesses is for how many names a plan's reader is told what was meant: each
// takes a look at all names, of which a long plan has many thousands.
const maxGuesses = 100

// misspelt reports a name that is none of those that the plan knows, and
// returns the one that is meant, if any.
func (v *validator) misspelt(at manifest.Path, what, name, place string, known []string) string {
	e := v.errorf(at, "there is no %s %q %s", what, name, place)
	near := ""
	if v.guesses++; v.guesses <= maxGuesses {
		near = nearest(name, known)
	}
	switch {
	case near != "":
		e.WithFix("write %q", near)
	case len(known) > 0 && len(known) <= 20:
		e.WithFix("those that there are: %s", strings.Join(known, ", "))
	}
	return near
}

// references checks that the decisions about references select something.
func (v *validator) references() {
	r := &v.plan.Spec.References
	for i := range r.Ignore {
		v.selects(manifest.P("spec", "references", "ignore", strconv.Itoa(i)))
	}
	for i := range r.Confirm {
		v.selects(manifest.P("spec", "references", "confirm", strconv.Itoa(i)))
	}
}

func (v *validator) selects(at manifest.Path) {
	if n := v.tree.Root.Get(at...); n.Kind() == manifest.Mapping && n.Len() == 0 {
		v.errorf(at, "%s would match every reference", at).WithFix("give a kind, name, path or text")
	}
}

// accepted checks what the accepted hazards name.
func (v *validator) accepted() {
	seen := map[Acceptance]int{}
	for i, a := range v.plan.Spec.Accept {
		at := manifest.P("spec", "accept", strconv.Itoa(i))
		if a.App != "" {
			v.appExists(a.App, at.Join("app"))
		}
		if a.Code == "" {
			continue
		}
		key := Acceptance{Code: a.Code, App: a.App}
		first, twice := seen[key]
		if !twice {
			seen[key] = i
			continue
		}
		v.errorf(at, "%s is accepted twice", a.Code).
			WithNote(v.plan.Spec.Accept[first].Pos, "first named")
	}
}

// appExists reports a name that is no app of the plan.
func (v *validator) appExists(name string, at manifest.Path) bool {
	if _, ok := v.apps[name]; ok || v.unnamed {
		return true
	}
	v.misspelt(at, "app", name, "in the plan", v.appNames)
	return false
}
