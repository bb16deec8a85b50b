package deliver

import (
	"io/fs"
	"maps"
	"path"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// ReadStates builds the states of an output anew from what lies under states/ in
// a directory. An object that is what the computed state has is that object; one
// that was edited by hand is the computed one with the content it has now, so
// that it is still known whose it is; anything else is an object of its own.
func ReadStates(fsys fs.FS, dir string, computed []*render.State, workers int) ([]*render.State, diag.List) {
	r := &rereader{fsys: fsys, dir: dir, workers: workers, built: map[builtKey][]*manifest.Object{}}
	want, now := map[render.Key]*manifest.Object{}, map[render.Key]*manifest.Object{}
	out := make([]*render.State, len(computed))
	for i, s := range computed {
		changes := map[render.Key]render.Change{}
		for _, c := range s.Changes {
			changes[c.Key] = c
			want[c.Key] = c.After
		}
		out[i] = &render.State{Index: s.Index, Phase: s.Phase}
		if s.Zone != nil {
			out[i].Zone = r.zone(s, zoneBefore(out[:i]))
		}
		for _, place := range r.places(StateName(s)) {
			next := r.objects(StateName(s), place)
			out[i].Changes = append(out[i].Changes, r.changes(place, now, next, want, changes)...)
		}
		slices.SortFunc(out[i].Changes, func(a, b render.Change) int { return a.Key.Compare(b.Key) })
		for _, c := range out[i].Changes {
			if c.After == nil {
				delete(now, c.Key)
			} else {
				now[c.Key] = c.After
			}
		}
	}
	return out, r.diags
}

// rereader builds kustomizations of an output, each once.
type rereader struct {
	fsys    fs.FS
	dir     string
	workers int
	built   map[builtKey][]*manifest.Object
	diags   diag.List
}

// builtKey is a directory that is built for a place.
type builtKey struct {
	dir   string
	place plan.Place
}

// places lists the places that a state has a directory for.
func (r *rereader) places(state string) []plan.Place {
	var out []plan.Place
	top := path.Join(r.dir, "states", state)
	clusters, err := fs.ReadDir(r.fsys, top)
	if err != nil {
		r.diags.Errorf(diag.CodeOutput, diag.Pos{File: top}, "the output has no state %s: %v", state, err)
	}
	for _, c := range clusters {
		namespaces, err := fs.ReadDir(r.fsys, path.Join(top, c.Name()))
		if err != nil {
			r.diags.Errorf(diag.CodeOutput, diag.Pos{File: path.Join(top, c.Name())}, "the state cannot be read: %v", err)
		}
		for _, n := range namespaces {
			place := plan.Place{Cluster: c.Name(), Namespace: n.Name()}
			if n.Name() == namespaceDir("") {
				place.Namespace = ""
			}
			out = append(out, place)
		}
	}
	return out
}

// objects returns the objects of a place in a state.
func (r *rereader) objects(state string, place plan.Place) []*manifest.Object {
	dir := path.Join(r.dir, "states", state, PlaceDir(place))
	var list struct {
		APIVersion string   `json:"apiVersion"`
		Kind       string   `json:"kind"`
		Resources  []string `json:"resources"`
	}
	data, err := fs.ReadFile(r.fsys, path.Join(dir, kustomizationFile))
	if err != nil {
		r.diags.Errorf(diag.CodeOutput, diag.Pos{File: dir}, "the state cannot be read: %v", err)
		return nil
	}
	if yaml.UnmarshalStrict(data, &list) != nil {
		return r.build(dir, place) // edited by hand into more than a list of variants
	}
	var out []*manifest.Object
	for _, resource := range list.Resources {
		out = append(out, r.build(path.Join(dir, resource), place)...)
	}
	return out
}

// build builds a kustomization, which several states may share, once.
func (r *rereader) build(dir string, place plan.Place) []*manifest.Object {
	key := builtKey{dir, place}
	if objects, ok := r.built[key]; ok {
		return objects
	}
	inventory, found := manifest.Read(r.fsys, []*manifest.Root{{
		Path: dir, Namespace: place.Namespace, Cluster: place.Cluster, Pos: diag.Pos{File: dir},
	}}, manifest.ReadOptions{Workers: r.workers})
	for _, d := range found {
		if d.Severity == diag.Error {
			r.diags = append(r.diags, d)
		}
	}
	r.built[key] = inventory.Objects
	return inventory.Objects
}

// changes returns how a place differs from what it was.
func (r *rereader) changes(place plan.Place, now map[render.Key]*manifest.Object, next []*manifest.Object, want map[render.Key]*manifest.Object, computed map[render.Key]render.Change) []render.Change {
	after := make(map[render.Key]*manifest.Object, len(next))
	for _, o := range next {
		key := render.Key{Cluster: place.Cluster, ID: o.ID}
		if place.Namespace == "" && o.ID.Namespace != "" {
			key.Namespace = ""
		}
		after[key] = known(o, want[key], now[key])
	}
	keys := slices.Collect(maps.Keys(after))
	for key := range now { // put into order below
		if key.Place() == place && after[key] == nil {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, render.Key.Compare)
	var out []render.Change
	for _, key := range keys {
		if now[key] == after[key] {
			continue
		}
		c := computed[key]
		c.Key, c.Before, c.After = key, now[key], after[key]
		out = append(out, c)
	}
	return out
}

// known returns an object that was read as one that is known already, where it
// is one: with its content as it was read.
func known(read, computed, before *manifest.Object) *manifest.Object {
	switch {
	case computed != nil && computed.Root().Equal(read.Root()):
		return computed
	case before != nil && before.Root().Equal(read.Root()):
		return before
	case computed != nil:
		return computed.With(manifest.P(), read.Root())
	case before != nil:
		return before.With(manifest.P(), read.Root())
	}
	return read
}
