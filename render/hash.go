package render

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// ChecksumAnnotation is set on pod templates whose configuration changed in
// place, so that their pods restart and read it (H21).
const ChecksumAnnotation = "rehome.dev/config-checksum"

// rehash gives an object that a generator named after its content the name that
// kustomize gives it with the content it has now, and records the new name for
// those that refer to it.
func (f *folder) rehash(o, inventory *manifest.Object, at plan.Place) *manifest.Object {
	b := inventory.Build()
	if b == nil || !b.HashSuffix {
		return o
	}
	name, err := manifest.HashedName(o)
	if err != nil {
		f.diags.Errorf(diag.CodeRender, inventory.Pos(), "the name of %s cannot be computed: %v", inventory.ID, err)
		return o
	}
	// Also when it is that of the inventory: what was rewritten twice may say again
	// what it said at first.
	f.renamed[Key{Cluster: at.Cluster, ID: inventory.ID.In(at.Namespace)}] = name
	return o.WithName(name)
}

// withNames writes into an object the names that its place gives to the
// generated objects it refers to.
func (f *folder) withNames(o, inventory *manifest.Object, at plan.Place) *manifest.Object {
	var subs []refs.Substitution
	for _, r := range f.graph.ReferencesOf(inventory) {
		if r.Refers != refs.ToObject || r.Target.Namespace == "" {
			continue
		}
		if name, ok := f.renamed[Key{Cluster: at.Cluster, ID: r.Target.In(at.Namespace)}]; ok {
			subs = append(subs, refs.Substitution{Ref: r, Text: name})
		}
	}
	return refs.Apply(o, subs)
}

// checksum is a short digest of what configuration objects say.
func checksum(objects []*manifest.Object) string {
	h := sha256.New()
	for _, o := range objects {
		for _, field := range [...]string{"data", "binaryData", "stringData"} {
			h.Write(o.Get(field).AppendJSON(nil))
			h.Write([]byte{0})
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// restarted returns a workload at a place with a checksum of the configuration
// it reads there, so that its pods restart.
func (f *folder) restarted(w, inventory *manifest.Object, at plan.Place) *manifest.Object {
	var read []*manifest.Object
	for _, r := range f.graph.ReferencesOf(inventory) {
		if r.Refers != refs.ToObject || r.Target.Kind != "ConfigMap" && r.Target.Kind != "Secret" {
			continue
		}
		if o := f.current[f.keyAtID(r.Target, at)]; o != nil {
			read = append(read, o)
		}
	}
	path := plan.PodTemplatePath(w)
	if path == nil {
		return w
	}
	return w.With(path.Join("metadata", "annotations", ChecksumAnnotation), manifest.Str(checksum(read)))
}

// keyAtID returns the key of what is named at a place.
func (f *folder) keyAtID(id manifest.ID, at plan.Place) Key {
	key := Key{Cluster: at.Cluster, ID: id.In(at.Namespace)}
	if name, ok := f.renamed[key]; ok {
		key.Name = name
	}
	return key
}

// textChecksum is a short digest of a text.
func textChecksum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:16]
}
