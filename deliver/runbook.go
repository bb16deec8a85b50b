package deliver

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/plan"
)

// runbookFile writes README.md: what to do, phase by phase, for people. The
// sections of the phases are made already.
func (out *output) runbookFile(sections []string) File {
	r := &runbook{output: out}
	r.head()
	r.table()
	for _, s := range sections {
		r.WriteString(s)
	}
	r.kept()
	r.findings()
	return File{Path: "README.md", Data: []byte(r.String())}
}

// section returns what the runbook says of a phase.
func (out *output) section(b *bundle) string {
	r := &runbook{output: out}
	r.phase(b)
	return r.String()
}

// runbook is the text as it grows.
type runbook struct {
	*output
	strings.Builder
}

// line appends a line of text.
func (r *runbook) line(format string, args ...any) {
	fmt.Fprintf(r, format+"\n", args...)
}

// join appends a line that consists of parts.
func (r *runbook) join(parts ...string) {
	for _, p := range parts {
		r.WriteString(p)
	}
	r.WriteByte('\n')
}

func (r *runbook) head() {
	r.line("# Migration %s", text(planName(r.schedule)))
	r.line("")
	r.line("Written by rehome from the migration plan. Run `rehome render` again rather than editing these files.")
	r.line("")
	r.line("- Apply one phase after the other. A phase is over when its gate holds; within a phase the order of the changes does not matter.")
	r.line("- Run the commands in this directory. A cluster's name is the context of your kubeconfig that is used for it; where there is only `%s`, the current context is used.", plan.DefaultCluster)
	r.line("- `states/` holds the complete objects of each namespace after each phase, `live/` points at the state that a GitOps controller applies: to advance, change the line named under each phase.")
	r.line("")
}

// table is the summary of all phases.
func (r *runbook) table() {
	r.line("## Phases")
	r.line("")
	r.line("| phase | what | create | change | delete | gate |")
	r.line("|---|---|---|---|---|---|")
	for _, b := range r.bundles {
		n := count(b.state.Changes)
		r.line("| [%s](#%s) | %s | %d | %d | %d | %s |", StateName(b.state), anchor(title(b.state)), cell(subjects(b.state.Phase)),
			n.created, n.changed, n.deleted, cell(gateSummary(b.state.Phase.Gate)))
	}
	r.line("")
}

func (r *runbook) phase(b *bundle) {
	r.line("## %s", title(b.state))
	r.line("")
	for _, w := range b.state.Phase.Why {
		r.line("- Why: %s", text(w))
	}
	if len(b.state.Phase.Why) > 0 {
		r.line("")
	}
	r.changes(b)
	r.commands(b)
	r.gitops(b)
	r.list("### Risks", risks(b))
	r.wayBack(b)
}

func (r *runbook) changes(b *bundle) {
	r.line("### Changes")
	r.line("")
	zone := zoneLines(r.states[b.state.Index-1], b.state)
	if len(b.state.Changes)+len(zone) == 0 {
		r.line("None: only the gate.")
	}
	for _, c := range b.state.Changes {
		r.join("- ", verb(c), " ", code(objectName(c)), ": ", text(reason(c)))
		for _, l := range editLines(c) {
			r.join("  - ", code(l))
		}
	}
	for _, l := range zone {
		r.line("- zone: %s", code(l))
	}
	r.line("")
}

func (r *runbook) commands(b *bundle) {
	r.line("### Commands")
	r.line("")
	if len(zoneLines(r.states[b.state.Index-1], b.state)) > 0 {
		r.line("First the zone's servers get the records of %s.", code(zonePath(b.state, zoneName(r.schedule))))
		r.line("")
	}
	r.script(phaseCommands(b))
	for _, p := range b.state.Phase.Gate.Probes {
		r.line("The next phase waits until a request from a pod in cluster %s is answered by the app, and not by the ingress itself (404, a redirect):", code(clusterDir(p.From.Cluster)))
		r.line("")
		r.script([]string{probeCommand(p)})
	}
	for _, a := range b.state.Phase.Gate.Approvals {
		r.line("Before the next phase a person makes sure that %s.", text(a))
		r.line("")
	}
}

// script prints commands that can be pasted.
func (r *runbook) script(commands []string) {
	if len(commands) == 0 {
		r.line("Nothing to run.")
		r.line("")
		return
	}
	r.line("```sh")
	for _, c := range commands {
		r.join(c)
	}
	r.line("```")
	r.line("")
}

// gitops names the files under live/ in which a line changes.
func (r *runbook) gitops(b *bundle) {
	var lines []string
	for _, s := range r.history.snapshotsOf(b.state) {
		lines = append(lines, fmt.Sprintf("%s: %s", code(s.liveDir()+"/"+kustomizationFile), code(relative(s.liveDir(), s.dir()))))
	}
	r.list("### With GitOps: set the resource of", lines)
}

func (r *runbook) wayBack(b *bundle) {
	r.line("### The way back")
	r.line("")
	final := noReturn(b)
	for _, p := range final {
		r.line("- Point of no return: %s", text(p))
	}
	if len(final) > 0 {
		r.line("")
	}
	r.script(wayBackCommands(b))
}

func (r *runbook) kept() {
	var lines []string
	for _, k := range r.schedule.Kept {
		lines = append(lines, fmt.Sprintf("%s stays (%s) until %s", code(k.Service.ID.String()), k.Cutover, text(k.Until)))
	}
	r.list("## Old names that stay", lines)
}

func (r *runbook) findings() {
	var lines []string
	for _, d := range r.options.Findings.Sorted() {
		lines = append(lines, fmt.Sprintf("%s[%s] %s: %s", d.Severity, d.Code, code(d.Pos.String()), text(d.Message)))
	}
	r.list("## Findings", lines)
}

// list prints lines under a heading, nothing when there are none.
func (r *runbook) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	r.line("%s", heading)
	r.line("")
	for _, l := range lines {
		r.join("- ", l)
	}
	r.line("")
}
