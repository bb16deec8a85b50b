package deliver

import (
	"cmp"
	"slices"

	"github.com/rehome-dev/rehome/manifest"
)

// lockName is the file that says what the output was made from.
const lockName = "rehome.lock.yaml"

// lockFile writes what later runs detect drift from: the version, the digests of
// all inputs and the phases.
func (out *output) lockFile(p *printer) []File {
	inputs := slices.SortedFunc(slices.Values(out.options.Inputs), func(a, b Input) int { return cmp.Compare(a.Path, b.Path) })
	digests := make([]*manifest.Node, len(inputs))
	for i, in := range inputs {
		digests[i] = manifest.Map(
			manifest.F("path", manifest.Str(in.Path)),
			manifest.F("sha256", manifest.Str(in.SHA256)),
		)
	}
	phases := make([]*manifest.Node, len(out.schedule.Phases))
	for i, p := range out.schedule.Phases {
		phases[i] = manifest.Map(
			manifest.F("number", manifest.Int(int64(p.Number))),
			manifest.F("name", manifest.Str(p.Name)),
		)
	}
	return []File{p.node(lockName, manifest.Map(
		manifest.F("apiVersion", manifest.Str("rehome.dev/v1alpha1")),
		manifest.F("kind", manifest.Str("Lock")),
		manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str(planName(out.schedule))))),
		manifest.F("version", manifest.Str(out.options.Version)),
		manifest.F("mode", manifest.Str(mode(out.options))),
		manifest.F("inputs", manifest.Seq(digests...)),
		manifest.F("phases", manifest.Seq(phases...)),
	))}
}

func mode(opts Options) string {
	if opts.Flat {
		return "flat"
	}
	return "overlay"
}
