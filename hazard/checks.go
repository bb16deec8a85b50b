package hazard

import "github.com/rehome-dev/rehome/diag"

// checks are what the proof asks of every state, and of every subset of a
// phase's changes between two states.
var checks = []Hazard{
	{
		Code: "P1", Title: "A call leads nowhere", Severity: diag.Error, Handled: Checked,
		Condition:   "In some state, or with only some of a phase's changes applied, the name that a caller uses does not resolve to a ready endpoint at the right port and protocol.",
		Consequence: "The call fails at that moment: nothing is applied atomically, so every mixture of old and new can occur.",
		Remedy:      "Follow the lookup that the counterexample shows, hop by hop, to the first one that fails: a missing Service, a port, an alias, pods that are not ready.",
		Source:      "DNS for Services and Pods; CoreDNS plugin kubernetes; k8s.io/kubernetes pkg/proxy",
	},
	{
		Code: "P2", Title: "A call reaches another app", Severity: diag.Error, Handled: Checked,
		Condition:   "A caller's name resolves, but to pods of an app other than the one that is meant.",
		Consequence: "It looks healthy and is wrong: a namesake in the target namespace answers, perhaps with somebody else's data.",
		Remedy:      "Write the name with its namespace, or rename one of the two Services.",
		Source:      "DNS for Services and Pods (search path of a pod's own namespace)",
	},
	{
		Code: "P3", Title: "A policy blocks a call", Severity: diag.Error, Handled: Checked,
		Condition:   "The NetworkPolicies of the caller's or of the callee's namespace do not allow a call, or do not allow the caller to ask DNS.",
		Consequence: "Packets are dropped and the call times out, without any error in a manifest or an event.",
		Remedy:      "Add a policy that allows the path on the side which the counterexample names; peers in another namespace need a `namespaceSelector`.",
		Source:      "networking.k8s.io/v1 NetworkPolicy",
	},
	{
		Code: "P4", Title: "A workload lacks something that it names", Severity: diag.Error, Handled: Checked,
		Condition:   "A running workload mounts or names a ConfigMap, Secret, ServiceAccount, claim or the like that is not in its namespace in that state.",
		Consequence: "New pods do not start. Pods that run already fail when they are next restarted, perhaps days later.",
		Remedy:      "Add the object to the sources so that it is carried along, or keep the old one for as long as pods read it.",
		Source:      "core/v1 PodSpec (references are local to the namespace)",
	},
	{
		Code: "P5", Title: "Too few pods serve", Severity: diag.Error, Handled: Checked,
		Condition:   "During a phase the number of ready replicas behind a name falls under the floor that its rollout strategy and disruption budget promise.",
		Consequence: "The remaining pods are overloaded, or there is none.",
		Remedy:      "Raise the replicas of the new copy, or lower `maxUnavailable`.",
		Source:      "k8s.io/kubernetes pkg/controller/deployment/util (ResolveFenceposts); policy/v1 PodDisruptionBudget",
	},
	{
		Code: "P6", Title: "A public address has no meaning, or two", Severity: diag.Error, Handled: Checked,
		Condition:   "In some state a host and path of an ingress leads nowhere, to another app, or to two different ones.",
		Consequence: "Users get errors, the wrong site, or one of two answers by chance.",
		Remedy:      "Make the new route before the old one goes, and let both lead to the same app.",
		Source:      "Kubernetes Ingress; Gateway API HTTPRoute precedence; the controllers' rules for duplicates",
	},
	{
		Code: "P7", Title: "Something that must be single is active twice", Severity: diag.Error, Handled: Checked,
		Condition:   "An app declared `singleton`, a CronJob, or a writer of a volume is active in two places in the same state.",
		Consequence: "Work is done twice, or data is corrupted.",
		Remedy:      "Stop the old copy in a phase before the one that starts the new.",
		Source:      "derived from H62, H63 and H65",
	},
	{
		Code: "P8", Title: "Something is left at the old place", Severity: diag.Error, Handled: Checked,
		Condition:   "The last state holds an alias or relay that no frozen caller asks for, a reference to an old place, or an object nobody owns any more.",
		Consequence: "The migration is not finished: whoever cleans up the old namespace later breaks a call.",
		Remedy:      "Repoint what still uses the old name, declare it `frozen` if that cannot be done now, and delete the rest.",
		Source:      "the definition of a finished move",
	},
	{
		Code: "P9", Title: "A phase cannot be taken back", Severity: diag.Error, Handled: Checked,
		Condition:   "Going from a state back to the one before breaks one of the other checks.",
		Consequence: "When something goes wrong after this phase there is no safe way back, only forward.",
		Remedy:      "Split the phase, or treat it as the point of no return that it is: make sure of everything before, and have somebody approve it.",
		Source:      "the same rules, applied to the phases in reverse",
	},
}
