package rehome

import (
	"cmp"
	"io/fs"
	"slices"

	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
)

// Drift is what is different about an input of an output now.
type Drift struct {
	Path string
	How  DriftKind
}

// DriftKind says how an input differs.
type DriftKind string

// The ways in which inputs differ from those of the output.
const (
	DriftChanged DriftKind = "changed"
	DriftGone    DriftKind = "gone"
	DriftNew     DriftKind = "new"
)

// Drifts compares the inputs that an output was made from with what they are
// now, in order of their paths. now holds every file that compiling the plan
// reads today.
func Drifts(fsys fs.FS, dir string, now []deliver.Input) ([]Drift, diag.List) {
	l, diags := readLock(fsys, dir)
	if diags.HasErrors() {
		return nil, diags
	}
	digests := make(map[string]string, len(now))
	for _, in := range now {
		digests[in.Path] = in.SHA256
	}
	var out []Drift
	for _, in := range l.Inputs {
		digest, there := digests[in.Path]
		delete(digests, in.Path)
		switch {
		case !there:
			out = append(out, Drift{in.Path, DriftGone})
		case digest != in.SHA256:
			out = append(out, Drift{in.Path, DriftChanged})
		}
	}
	for path := range digests { // put into order below
		out = append(out, Drift{path, DriftNew})
	}
	slices.SortFunc(out, func(a, b Drift) int { return cmp.Compare(a.Path, b.Path) })
	return out, diags
}
