package deliver

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// phaseCommands returns the commands of a phase, its gate included: what is new
// first; when that runs, what goes; when that is gone, the time that must pass.
func phaseCommands(b *bundle) []string {
	var apply, rollout, remove, gone []string
	for i := range b.clusters {
		c := &b.clusters[i]
		for _, p := range c.places {
			apply = append(apply, applyCommand(c, b.path(c), p, p.apply)...)
			remove = append(remove, deleteCommand(c, b.path(c), p, p.delete)...)
		}
		rollout = append(rollout, rolloutCommands(c, c.gate.Rollouts)...)
		gone = append(gone, goneCommands(c)...)
	}
	return slices.Concat(apply, rollout, remove, gone, waitCommand(b.state.Phase.Gate))
}

// wayBackCommands returns the commands that take a phase back: what was there is
// put back and has to run before what the phase made goes. What had to be waited
// for after the phase has to be waited for after its way back too, before the
// phase before it is taken back.
func wayBackCommands(b *bundle) []string {
	var apply, rollout, remove []string
	for i := range b.clusters {
		c := &b.clusters[i]
		dir := b.path(c) + "/rollback"
		for _, p := range c.places {
			apply = append(apply, restoreCommand(c, dir, p)...)
			rollout = append(rollout, rolloutCommands(c, workloads(p.place, p.restore))...)
			remove = append(remove, deleteCommand(c, dir, p, p.remove)...)
		}
	}
	return slices.Concat(apply, rollout, remove, waitCommand(b.state.Phase.Gate))
}

// workloads returns those of the objects whose rollout can be waited for.
func workloads(at plan.Place, objects []*manifest.Object) []plan.WorkloadAt {
	var out []plan.WorkloadAt
	for _, o := range objects {
		if k := o.ID.Kind; o.ID.Group == "apps" && (k == "Deployment" || k == "StatefulSet" || k == "DaemonSet") {
			out = append(out, plan.WorkloadAt{Kind: k, Name: o.ID.Name, Place: at})
		}
	}
	return out
}

// gateCommands returns the commands that end when the gate of a cluster holds:
// first what must run, then what must be gone, then the time that must pass.
func gateCommands(c *clusterBundle) []string {
	return slices.Concat(rolloutCommands(c, c.gate.Rollouts), goneCommands(c), waitCommand(c.gate))
}

func waitCommand(g plan.Gate) []string {
	if g.Wait <= 0 {
		return nil
	}
	return []string{fmt.Sprintf("sleep %d # %s", seconds(g.Wait), oneLine(g.WaitWhy))}
}

func rolloutCommands(c *clusterBundle, workloads []plan.WorkloadAt) []string {
	var out []string
	for _, w := range workloads {
		resource := strings.ToLower(w.Kind) + "/" + w.Name
		switch w.Kind {
		case "Job":
			out = append(out, kubectl(c.name, w.Place.Namespace, "wait", "--for=condition=complete", resource, timeout))
		case "Pod":
			out = append(out, kubectl(c.name, w.Place.Namespace, "wait", "--for=condition=ready", resource, timeout))
		case "CronJob":
			out = append(out, kubectl(c.name, w.Place.Namespace, "get", resource))
		default:
			out = append(out, kubectl(c.name, w.Place.Namespace, "rollout", "status", resource, timeout))
		}
	}
	return out
}

func goneCommands(c *clusterBundle) []string {
	var out []string
	for _, w := range c.gate.Gone {
		out = append(out, kubectl(c.name, w.Place.Namespace, "wait", "--for=delete", strings.ToLower(w.Kind)+"/"+w.Name, timeout))
	}
	return out
}

// timeout bounds every wait of a command: one that does not end by then has
// something to look at.
const timeout = "--timeout=10m"

// kubectl returns a command line. The cluster is a context of the kubeconfig,
// unless the plan has only the default one. The namespace is always stated,
// because manifests may leave it out.
func kubectl(cluster, namespace string, args ...string) string {
	words := []string{"kubectl"}
	if cluster != plan.DefaultCluster {
		words = append(words, "--context", cluster)
	}
	if namespace != "" {
		words = append(words, "-n", namespace)
	}
	for _, a := range args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// quote makes one word of an argument for a POSIX shell.
func quote(arg string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:"
	if arg != "" && strings.Trim(arg, plain) == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// seconds rounds up: a gate never waits less than it says.
func seconds(d plan.Duration) int64 {
	return int64((time.Duration(d) + time.Second - 1) / time.Second)
}

// oneLine returns a text with single spaces for all white space.
func oneLine(text string) string {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= utf8.RuneSelf || c == ' ' && (i == 0 || i == len(text)-1 || text[i+1] == ' ') {
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return text
}

// applyCommand and deleteCommand return the command for a place, none when it
// has no objects to apply or delete.
func applyCommand(c *clusterBundle, dir string, p placeBundle, objects []*manifest.Object) []string {
	if len(objects) == 0 {
		return nil
	}
	return []string{kubectl(c.name, p.place.Namespace, "apply", "-f", applyPath(dir, p))}
}

// restoreCommand returns the command that puts back what was at a place.
func restoreCommand(c *clusterBundle, dir string, p placeBundle) []string {
	if len(p.back) == 0 {
		return applyCommand(c, dir, p, p.restore)
	}
	return []string{kubectl(c.name, p.place.Namespace, "apply", "-k", restoreDir(dir, p))}
}

func deleteCommand(c *clusterBundle, dir string, p placeBundle, objects []*manifest.Object) []string {
	if len(objects) == 0 {
		return nil
	}
	// In the foreground a workload goes after its pods, so that it can be waited for.
	return []string{kubectl(c.name, p.place.Namespace, "delete", "--ignore-not-found", "--cascade=foreground", "-f", deletePath(dir, p))}
}
