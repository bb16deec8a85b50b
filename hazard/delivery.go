package hazard

import "github.com/rehome-dev/rehome/diag"

// delivery is what the tool that applies the phases does with them.
var delivery = []Hazard{
	{
		Code: "H85", Title: "Argo CD deletes before it applies", Severity: diag.Error, Handled: Prevented,
		Condition:   "One revision deletes the old pods and flips their Service, in the same sync wave.",
		Consequence: "Within a wave Argo CD prunes first: the pods are gone while the Service still leads to them.",
		Remedy:      "Use separate revisions for the two, or the sync option `PruneLast=true`.",
		Source:      "Argo CD documentation, Sync Phases and Waves; argoproj/gitops-engine pkg/sync",
		How:         "Flip and retire are different phases with a gate in between. Advance them one revision at a time.",
	},
	{
		Code: "H86", Title: "Argo CD applies Services before Deployments", Severity: diag.Error, Handled: Prevented,
		Condition:   "A new workload and the switch of its Service are in one sync wave.",
		Consequence: "Objects of a wave are applied in an order of kinds in which Services come before Deployments: traffic is switched to pods that do not exist yet.",
		Remedy:      "Put them into different waves, or revisions, and wait for health in between.",
		Source:      "argoproj/gitops-engine pkg/sync (order of kinds)",
		How:         "Deploy and flip are different phases with a gate in between. Advance them one revision at a time.",
	},
	{
		Code: "H87", Title: "The destination of an Application is edited", Severity: diag.Error, Handled: Later,
		Condition:   "An app is moved by changing `spec.destination` of its Argo CD Application.",
		Consequence: "There is no overlap: the old copy is deleted and a new one is made, or the old one stays behind and nobody manages it.",
		Remedy:      "Make a second Application for the new place, and remove the first at the end.",
		Source:      "Argo CD documentation, Application specification; behaviour depends on the prune settings",
		How:         "rehome does not tell Argo CD to move anything, and does not look at what happens to `spec.destination` of your Applications.",
	},
	{
		Code: "H88", Title: "Flux prunes before it checks health", Severity: diag.Error, Handled: Prevented,
		Condition:   "One revision adds a new copy and removes the old one under the same Flux Kustomization.",
		Consequence: "Flux applies, prunes, and only then waits for health: the old copy is gone before the new one is ready.",
		Remedy:      "Use separate revisions, and wait until the first is Ready.",
		Source:      "Flux kustomize-controller internal/controller (apply, prune, health checks)",
		How:         "Deploy and retire are different phases with a gate in between. Advance them one revision at a time.",
	},
	{
		Code: "H89", Title: "An object changes hands between two owners", Severity: diag.Error, Handled: Checked,
		Condition:   "An object moves from one Argo CD Application or Flux Kustomization to another.",
		Consequence: "The first owner sees it disappear from its source and deletes it, no matter that the second still wants it.",
		Remedy:      "Edit the object where it is owned. Or let the second owner adopt it while pruning is disabled for it, and drop it from the first after that.",
		Source:      "Argo CD resource tracking; Flux kustomize.toolkit.fluxcd.io/prune",
		How:         "Objects with the tracking annotation of Argo CD are pointed out. Labels of Flux owners are not looked for yet.",
	},
	{
		Code: "H90", Title: "A deletion does not happen", Severity: diag.Warning, Handled: Later,
		Condition:   "Pruning is off, which is the default of Argo CD, or a phase leaves the source without any object.",
		Consequence: "Old copies run on after the phase that should have removed them. A source from which everything has gone is taken for a mistake, and nothing is deleted.",
		Remedy:      "Turn pruning on, or delete what the phase lists in `delete/` by hand. Keep one object in each source.",
		Source:      "Argo CD documentation, automated sync policy (prune, allowEmpty); Flux Kustomization API (prune)",
		How:         "Each phase lists what it deletes, and its gate names the workloads that must be gone, so that a deletion which did not happen is noticed there. Settings of your delivery tool are not looked at.",
	},
	{
		Code: "H91", Title: "Uninstalling a Helm release deletes the old name", Severity: diag.Error, Handled: Checked,
		Condition:   "An object of the migration belongs to a Helm release, and the release is uninstalled or upgraded later.",
		Consequence: "Helm deletes what its release holds: with it goes the alias or relay that still carries the old name.",
		Remedy:      "Give the object `helm.sh/resource-policy: keep` in the chart and upgrade once, so that the release itself records it; then uninstall, and let the new owner adopt the object.",
		Source:      "Helm pkg/action (uninstall reads the annotation from the stored release, not from the cluster); Helm documentation, resource policies",
		How:         "Objects with the annotations of a Helm release are reported as warnings.",
	},
}
