package deliver

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// gateNode returns what has to hold in a cluster before the next phase, for
// machines, with the commands that wait for it.
func gateNode(b *bundle, c *clusterBundle) *manifest.Node {
	var wait *manifest.Node
	if c.gate.Wait > 0 {
		wait = manifest.Map(
			manifest.F("seconds", manifest.Int(seconds(c.gate.Wait))),
			manifest.F("why", manifest.Str(c.gate.WaitWhy)),
		)
	}
	return manifest.Map(
		manifest.F("apiVersion", manifest.Str("rehome.dev/v1alpha1")),
		manifest.F("kind", manifest.Str("Gate")),
		manifest.F("metadata", manifest.Map(manifest.F("name", manifest.Str(StateName(b.state))))),
		manifest.F("spec", manifest.Map(
			manifest.F("phase", manifest.Int(int64(b.state.Phase.Number))),
			manifest.F("cluster", manifest.Str(c.name)),
			manifest.F("rollouts", workloadNodes(c.gate.Rollouts)),
			manifest.F("gone", workloadNodes(c.gate.Gone)),
			manifest.F("wait", wait),
			manifest.F("approvals", someStrings(c.gate.Approvals)),
			manifest.F("probes", probeNodes(c.gate.Probes)),
			manifest.F("commands", someStrings(gateCommands(c))),
		)),
	)
}

func workloadNodes(workloads []plan.WorkloadAt) *manifest.Node {
	if len(workloads) == 0 {
		return nil
	}
	nodes := make([]*manifest.Node, len(workloads))
	for i, w := range workloads {
		nodes[i] = manifest.Map(
			manifest.F("kind", manifest.Str(w.Kind)),
			manifest.F("namespace", manifest.Str(w.Place.Namespace)),
			manifest.F("name", manifest.Str(w.Name)),
		)
	}
	return manifest.Seq(nodes...)
}

// someStrings returns a list of at least one text, nil when there is none.
func someStrings(texts []string) *manifest.Node {
	if len(texts) == 0 {
		return nil
	}
	return manifest.Strs(texts...)
}
