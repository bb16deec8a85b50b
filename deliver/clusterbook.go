package deliver

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/plan"
)

// clusterBooks writes, where a migration is about several clusters, what those
// who look after one of them do, and what they wait for: clusters/NAME.md.
func clusterBooks(out *output) []File {
	names := map[string]bool{}
	for _, b := range out.bundles {
		for i := range b.clusters {
			names[b.clusters[i].name] = true
		}
	}
	if len(names) < 2 {
		return nil
	}
	var files []File
	for _, name := range slices.Sorted(maps.Keys(names)) {
		r := &runbook{output: out}
		r.clusterBook(name)
		files = append(files, File{Path: "clusters/" + name + ".md", Data: []byte(r.String())})
	}
	return files
}

func (r *runbook) clusterBook(cluster string) {
	r.line("# Cluster %s in migration %s", text(cluster), text(planName(r.schedule)))
	r.line("")
	r.line("The phases that change something here, or wait for something here. [README.md](../README.md) has all phases, with their reasons, risks and ways back. Run the commands in the directory above this one.")
	r.line("")
	var elsewhere []string
	for _, b := range r.bundles {
		part, ok := b.only(cluster)
		if !ok {
			elsewhere = append(elsewhere, StateName(b.state))
			continue
		}
		r.othersFirst(elsewhere)
		elsewhere = nil
		r.line("## [%s](../README.md#%s)", text(title(b.state)), anchor(title(b.state)))
		r.line("")
		r.line("For %s.", text(strings.Join(appsOf(b.state.Phase), ", ")))
		r.line("")
		r.commands(part)
	}
	r.othersFirst(elsewhere)
}

// othersFirst names phases of other clusters that come before the next one here.
func (r *runbook) othersFirst(phases []string) {
	if len(phases) > 0 {
		r.line("Then other clusters carry out %s.", text(strings.Join(phases, ", ")))
		r.line("")
	}
}

// only returns the part of a phase that is about one cluster; ok is false when
// none is.
func (b *bundle) only(cluster string) (part *bundle, ok bool) {
	for _, c := range b.clusters {
		if c.name == cluster {
			return &bundle{state: b.state, dir: b.dir, clusters: []clusterBundle{c}}, true
		}
	}
	return nil, false
}

// appsOf returns the apps that the steps of a phase are about, by name.
func appsOf(p *plan.Phase) []string {
	var out []string
	for _, s := range p.Steps {
		prepared, _ := s.(*plan.Prepare)
		switch a := appOf(s); {
		case a != nil:
			out = append(out, a.Name)
		case prepared != nil:
			for _, a := range prepared.Apps {
				out = append(out, a.Name)
			}
		default:
			out = append(out, s.Subject())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
