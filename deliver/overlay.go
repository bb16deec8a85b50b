package deliver

import (
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// The files of an overlay beside its kustomization and the patches of single
// objects.
const (
	additionsFile = "additions.yaml"
)

// overlayFiles writes a variant as an overlay on the user's own kustomization,
// which it keeps following: what the variant does not have is deleted by patch,
// what it has in another form is patched, and what rehome made is added.
func overlayFiles(p *printer, v *variant, opts Options) []File {
	o := newOverlay(v)
	files := make([]File, 0, len(v.objects)+3)
	resources := []string{opts.wayTo(v.dir, v.group.root.Path)}
	var patches []*manifest.Node
	for _, d := range deletions(o.deleted) {
		// One entry for each: kustomize 5.5, which kubectl 1.32 brings, fails on a
		// patch with several deletions.
		patches = append(patches, manifest.Map(manifest.F("patch", manifest.Str(string(p.node("", d).Data)))))
	}
	names := map[string]bool{}
	for _, k := range o.kept {
		ops := o.operations(k)
		if len(ops) == 0 {
			continue
		}
		file := patchName(k.base, names)
		files = append(files, p.node(v.dir+"/"+file, manifest.Seq(ops...)))
		patches = append(patches, manifest.Map(
			manifest.F("path", manifest.Str(file)),
			manifest.F("target", v.group.base.target(k.base)),
		))
	}
	if len(o.added) > 0 {
		files = append(files, p.objects(v.dir+"/"+additionsFile, o.added))
		resources = append(resources, additionsFile)
	}
	return append(files, p.node(v.dir+"/"+kustomizationFile, kustomization(resources, patches...)))
}

// overlay is a variant seen from the kustomization that it is laid over.
type overlay struct {
	base    *overlayBase
	kept    []pair             // objects of the base that the variant has, by key
	deleted []*manifest.Object // objects of the base that it does not have
	added   []*manifest.Object // objects that are not in the base

	keeps map[*manifest.Object]bool // the objects of the base that are kept
	bare  map[string]string         // names that end in a hash in the variant, without it
}

// pair is an object of the base and what the variant has of it.
type pair struct {
	base, is *manifest.Object
}

func newOverlay(v *variant) *overlay {
	o := &overlay{base: v.group.base, keeps: map[*manifest.Object]bool{}, bare: map[string]string{}}
	chosen := o.choose(v.objects)
	for _, is := range v.objects {
		base := o.base.of(is)
		if base == nil || chosen[base] != is {
			o.added = append(o.added, is)
			continue
		}
		o.keeps[base] = true
		o.kept = append(o.kept, pair{base, is})
		if base.Build().HashSuffix {
			o.bare[is.ID.Name] = base.Build().Name
		}
	}
	for _, b := range o.base.objects {
		if !o.keeps[b] {
			o.deleted = append(o.deleted, b)
		}
	}
	return o
}

// choose returns which object each object of the base becomes. Only of generated
// objects there can be two: today's content, for pods that still read it, and
// the new one, which the references mean and which the base therefore becomes.
func (o *overlay) choose(objects []*manifest.Object) map[*manifest.Object]*manifest.Object {
	chosen := make(map[*manifest.Object]*manifest.Object, len(objects))
	for _, is := range objects {
		if base := o.base.of(is); base != nil && (chosen[base] == nil || is.ID.Name != base.ID.Name) {
			chosen[base] = is
		}
	}
	return chosen
}

// deletions returns patches that take objects out of a build. They select by
// what the object is called before hashes are added to names.
func deletions(objects []*manifest.Object) []*manifest.Node {
	nodes := make([]*manifest.Node, len(objects))
	for i, o := range objects {
		var namespace *manifest.Node
		if ns := o.Build().Namespace; ns != "" && o.ID.Namespace != "" {
			namespace = manifest.Str(ns)
		}
		nodes[i] = manifest.Map(
			manifest.F("apiVersion", manifest.Str(o.APIVersion())),
			manifest.F("kind", manifest.Str(o.ID.Kind)),
			manifest.F("metadata", manifest.Map(
				manifest.F("name", manifest.Str(o.Build().Name)),
				manifest.F("namespace", namespace),
			)),
			manifest.F("$patch", manifest.Str("delete")),
		)
	}
	return nodes
}

// patchName returns a file name for the patch of an object: kind and name, and
// the namespace or group where those are taken.
func patchName(o *manifest.Object, taken map[string]bool) string {
	name := strings.ToLower(o.ID.Kind) + "-" + fileName(o.Build().Name)
	for _, more := range []string{"", o.ID.Namespace, o.ID.Group, o.Version} {
		if more != "" {
			name += "-" + more
		}
		if !taken[name] {
			break
		}
	}
	for taken[name] {
		name += "-again"
	}
	taken[name] = true
	return name + ".yaml"
}

// fileName replaces what names of RBAC objects may hold and file names of some
// systems may not.
func fileName(name string) string { return strings.NewReplacer(":", "-", "/", "-").Replace(name) }
