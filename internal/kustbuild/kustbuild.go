// Package kustbuild lets tests hold the output of a migration to its states: it
// builds every kustomization of the output with kustomize and compares what
// comes out with the objects in memory.
package kustbuild

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// CheckBuild builds what stands under states/, live/ and phases/ in the output,
// which lies in the directory out of the file system of the sources, and fails
// the test where a build does not equal the objects of the states: the same
// set of objects, each with an equal tree.
func CheckBuild(t testing.TB, sources fs.FS, out string, files []deliver.File, states []*render.State) {
	t.Helper()
	c := &checker{out: out, disk: disk(t, sources, out, files), files: map[string][]byte{}}
	for _, f := range files {
		c.files[f.Path] = f.Data
	}
	now := map[render.Key]*manifest.Object{}
	for _, s := range states {
		touched := fold(now, s)
		c.state(t, s, touched, now)
	}
	for _, f := range files {
		if dir, ok := strings.CutSuffix(f.Path, "/kustomization.yaml"); ok && strings.HasPrefix(dir, "live/") {
			if _, err := c.run(dir); err != nil {
				t.Errorf("%s: %v", dir, err)
			}
		}
	}
}

// Build returns the objects that a kustomization in a directory of the file
// system builds to.
func Build(disk filesys.FileSystem, dir string) ([]*manifest.Object, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(disk, dir)
	if err != nil {
		return nil, err
	}
	text, err := built.AsYaml()
	if err != nil || len(strings.TrimSpace(string(text))) == 0 {
		return nil, err
	}
	return parse(text)
}

// parse reads YAML documents.
func parse(text []byte) ([]*manifest.Object, error) {
	const file = "objects.yaml"
	inventory, diags := manifest.Read(
		fstest.MapFS{file: &fstest.MapFile{Data: text}},
		[]*manifest.Root{{Path: file, Namespace: "unstated"}},
		manifest.ReadOptions{Workers: 1},
	)
	return inventory.Objects, diags.Err()
}

type checker struct {
	out   string
	disk  filesys.FileSystem
	files map[string][]byte
}

func (c *checker) run(dir string) ([]*manifest.Object, error) {
	return Build(c.disk, "/"+path.Join(c.out, dir))
}

// state checks the places that a state touches: what they are after it, and
// what its phase applies and puts back.
func (c *checker) state(t testing.TB, s *render.State, touched []plan.Place, now map[render.Key]*manifest.Object) {
	t.Helper()
	name := deliver.StateName(s)
	for _, place := range touched {
		dir := deliver.PlaceDir(place)
		if c.files[path.Join("states", name, dir, "kustomization.yaml")] != nil {
			c.compare(t, path.Join("states", name, dir), at(now, place))
		} else {
			t.Errorf("state %s has no directory for %s, which it changes", name, place)
		}
		if s.Phase == nil {
			continue
		}
		var apply, remove, restore, undo []*manifest.Object
		for _, change := range s.Changes {
			switch {
			case change.Key.Place() != place:
			case change.After == nil:
				remove, restore = append(remove, change.Before), append(restore, change.Before)
			case change.Before == nil:
				apply, undo = append(apply, change.After), append(undo, change.After)
			default:
				apply, restore = append(apply, change.After), append(restore, change.Before)
			}
		}
		cluster, namespace := path.Split(dir)
		phase := path.Join("phases", name, cluster)
		c.applies(t, path.Join(phase, "apply", namespace), apply)
		c.applies(t, path.Join(phase, "rollback", "apply", namespace), restore)
		c.deletes(t, path.Join(phase, "delete", namespace+".yaml"), remove)
		c.deletes(t, path.Join(phase, "rollback", "delete", namespace+".yaml"), undo)
	}
}

// applies compares what a phase applies at a place, which is a file of manifests
// or a kustomization.
func (c *checker) applies(t testing.TB, dir string, want []*manifest.Object) {
	t.Helper()
	text := c.files[dir+".yaml"]
	if text == nil {
		c.compare(t, dir, want)
		return
	}
	got, err := parse(text)
	if err != nil {
		t.Errorf("%s.yaml: %v", dir, err)
		return
	}
	Compare(t, dir+".yaml", got, want)
}

// deletes compares a list for kubectl delete, which may be absent when nothing
// is wanted, with the objects that it has to name.
func (c *checker) deletes(t testing.TB, file string, want []*manifest.Object) {
	t.Helper()
	if len(want) == 0 && c.files[file] == nil {
		return
	}
	got, err := parse(c.files[file])
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
	if diff := cmp.Diff(identities(want), identities(got)); diff != "" {
		t.Errorf("%s deletes other objects than its phase (-want +got):\n%s", file, diff)
	}
}

func identities(objects []*manifest.Object) []string {
	out := make([]string, len(objects))
	for i, o := range objects {
		out[i] = identity(o)
	}
	slices.Sort(out)
	return out
}

// compare builds a directory, which may be absent when nothing is wanted.
func (c *checker) compare(t testing.TB, dir string, want []*manifest.Object) {
	t.Helper()
	if len(want) == 0 && c.files[dir+"/kustomization.yaml"] == nil {
		return
	}
	got, err := c.run(dir)
	if err != nil {
		t.Errorf("%s: %v", dir, err)
		return
	}
	Compare(t, dir, got, want)
}

// Compare fails the test where two sets of objects differ.
func Compare(t testing.TB, what string, got, want []*manifest.Object) {
	t.Helper()
	built := map[string]*manifest.Object{}
	for _, o := range got {
		built[identity(o)] = o
	}
	for _, w := range want {
		g := built[identity(w)]
		delete(built, identity(w))
		if g == nil {
			t.Errorf("%s: %s is missing from the build", what, identity(w))
			continue
		}
		for _, e := range manifest.Diff(w.Root(), g.Root()) {
			t.Errorf("%s: %s: %s is %s in the state and %s in the build", what, identity(w), e.Path, text(e.Old), text(e.New))
		}
	}
	for _, o := range got {
		if id := identity(o); built[id] != nil {
			t.Errorf("%s: the build has %s, which is not in the state", what, id)
		}
	}
}

// identity is what a manifest says of itself: an unstated namespace is not any
// other.
func identity(o *manifest.Object) string {
	return strings.Join([]string{o.APIVersion(), o.ID.Kind, o.Text("metadata", "namespace"), o.Text("metadata", "name")}, " ")
}

func text(n *manifest.Node) string {
	if n == nil {
		return "absent"
	}
	return strings.TrimSpace(string(manifest.New(n).Bytes()))
}

// fold applies the changes of a state and returns the places that they touch.
func fold(now map[render.Key]*manifest.Object, s *render.State) []plan.Place {
	var touched []plan.Place
	for _, c := range s.Changes {
		if c.After == nil {
			delete(now, c.Key)
		} else {
			now[c.Key] = c.After
		}
		touched = append(touched, c.Key.Place())
	}
	slices.SortFunc(touched, plan.Place.Compare)
	return slices.Compact(touched)
}

func at(now map[render.Key]*manifest.Object, place plan.Place) []*manifest.Object {
	var out []*manifest.Object
	for key, o := range now {
		if key.Place() == place {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *manifest.Object) int { return a.ID.Compare(b.ID) })
	return out
}

// disk returns the sources with the output among them.
func disk(t testing.TB, sources fs.FS, out string, files []deliver.File) filesys.FileSystem {
	t.Helper()
	disk := filesys.MakeFsInMemory()
	write := func(name string, data []byte) {
		if err := disk.WriteFile("/"+name, data); err != nil {
			t.Fatal(err)
		}
	}
	err := fs.WalkDir(sources, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := fs.ReadFile(sources, name)
		write(name, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		write(path.Join(out, f.Path), f.Data)
	}
	return disk
}
