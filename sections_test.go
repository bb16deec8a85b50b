package rehome_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify"
)

// text collects the lines of a section.
type text struct{ strings.Builder }

func (b *text) linef(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// sections returns what each stage came to, as far as the pipeline went.
func sections(r *rehome.Result, diags diag.List) []txtar.File {
	var out []txtar.File
	add := func(name string, write func(*text)) {
		var b text
		write(&b)
		out = append(out, txtar.File{Name: "want/" + name, Data: []byte(b.String())})
	}
	add("diagnostics", func(b *text) {
		if err := diags.Print(b, diag.PrintOptions{}); err != nil {
			b.linef("%v", err)
		}
	})
	if r.Graph != nil {
		add("apps", func(b *text) { writeApps(b, r.Graph) })
		add("references", func(b *text) { writeReferences(b, r.References) })
		add("graph", func(b *text) { writeGraph(b, r.Graph) })
	}
	if r.Schedule != nil {
		add("schedule", func(b *text) { writeSchedule(b, r.Schedule) })
	}
	if r.Schedule != nil && len(r.States) > len(r.Schedule.Phases) {
		add("phases", func(b *text) { b.Write(deliver.Summary(r.Schedule, r.States)) })
		add("copies", func(b *text) { writeCopies(b, r) })
	}
	if r.Proof != nil {
		add("proof", func(b *text) { writeProof(b, r.Proof) })
	}
	return out
}

func writeApps(b *text, g *plan.Graph) {
	for _, a := range g.Apps {
		if a.Moves() {
			b.linef("%s: %s -> %s", a.Name, a.From, a.To)
		} else {
			b.linef("%s: %s", a.Name, a.From)
		}
		writeObjects(b, a.Objects)
	}
	for _, s := range g.Shared {
		b.linef("shared by %s:", names(s.Users))
		writeObjects(b, []*manifest.Object{s.Object})
	}
	if len(g.Unclaimed) > 0 {
		b.linef("unclaimed:")
		writeObjects(b, g.Unclaimed)
	}
}

func writeObjects(b *text, objects []*manifest.Object) {
	for _, o := range objects {
		b.linef("  %s  %s", o.ID, o.Pos())
	}
}

// formWords name the forms of references.
var formWords = map[refs.Form]string{
	refs.Field: "field", refs.Short: "short", refs.Namespace: "svc.ns", refs.Svc: "svc.ns.svc", refs.Full: "full", refs.Joined: "joined",
}

func writeReferences(b *text, references []*refs.Reference) {
	for _, r := range references {
		b.linef("%s: %s %s: %q -> %s", r.Pos(), r.Object.ID, r.Path, r.Text(), meaning(r))
	}
}

// meaning says what a reference names, how, and what is doubtful about it.
func meaning(r *refs.Reference) string {
	target := r.Target.String()
	if r.Refers == refs.ToNamespace {
		target = "namespace " + r.Target.Name
	}
	details := []string{formWords[r.Form]}
	if r.Port != "" {
		details = append(details, "port "+r.Port)
	}
	if r.Scheme != "" {
		details = append(details, "scheme "+r.Scheme)
	}
	if r.Prefix != "" {
		details = append(details, "prefix "+r.Prefix)
	}
	if !r.Known && r.Refers != refs.ToNamespace {
		details = append(details, "unknown")
	}
	if r.Certainty == refs.Possible {
		details = append(details, "possible")
	}
	return target + " (" + strings.Join(details, ", ") + ")"
}

func writeGraph(b *text, g *plan.Graph) {
	for _, e := range g.Edges {
		port := ""
		if e.Port != "" {
			port = ":" + e.Port
		}
		b.linef("%s -> %s  %s%s", e.Caller.Name, e.Callee.Name, e.Service.ID, port)
		if !e.Declared.IsZero() {
			b.linef("  declared at %s", e.Declared)
		}
		for _, r := range e.Evidence {
			b.linef("  %s at %s", r.Written(), r.Pos())
		}
	}
	for _, r := range g.Missing {
		b.linef("missing: %s at %s", r.Written(), r.Pos())
	}
	for _, r := range g.Possible {
		b.linef("possible: %s at %s", r.Written(), r.Pos())
	}
}

func writeSchedule(b *text, s *plan.Schedule) {
	for _, w := range s.Waves {
		b.linef("wave %d: %s  # %s", w.Number, names(w.Apps), w.Why)
	}
	for _, p := range s.Phases {
		b.linef("phase %d %s (wave %d)", p.Number, p.Name, p.Wave.Number)
		for _, step := range p.Steps {
			b.linef("  %s %s%s", step.Kind(), step.Subject(), stepDetails(step))
		}
		writeGate(b, p.Gate)
	}
	for _, k := range s.Kept {
		b.linef("kept: %s (%s) for %s until %s", k.Service.ID, k.Cutover, names(k.For), k.Until)
	}
}

// stepDetails returns what a step says beside its kind and its subject.
func stepDetails(step plan.Step) string {
	var details []string
	var addresses []plan.Address
	switch s := step.(type) {
	case *plan.Prepare:
		for _, c := range s.Copies {
			details = append(details, "copy of "+c.Shared.Object.ID.String())
			addresses = append(addresses, c.Addresses...)
		}
	case *plan.Deploy:
		details, addresses = append(details, count(len(s.Objects), "object")), s.Addresses
		if s.AfterStop {
			details = append(details, "after the old copy stopped")
		}
	case *plan.Route:
		details, addresses = append(details, count(len(s.Objects), "route")), s.Addresses
	case *plan.Unroute:
		details = append(details, count(len(s.Objects), "route"))
	case *plan.Flip:
		details = append(details, string(s.Cutover))
		if s.Hop() != "" {
			details = append(details, "in "+s.At.String()+" through the ingress of "+s.Hop())
		}
		if s.Why != "" {
			details = append(details, s.Why)
		}
	case *plan.OpenHop:
		details = append(details, "in "+s.At.String(), "hosts "+strings.Join(s.Hosts, " "))
		for _, p := range s.Ports {
			details = append(details, fmt.Sprintf("%d %s at %s:%d", p.Port, p.Protocol, p.EntryPoint, p.Dial))
		}
	case *plan.CloseHop:
		details = append(details, "in "+s.At.String())
	case *plan.Retire:
		details = append(details, count(len(s.Objects), "object"))
		for _, shared := range s.Shared {
			details = append(details, "last user of "+shared.Object.ID.String())
		}
	case *plan.Repoint:
		details, addresses = append(details, "in "+s.At.String()), s.Addresses
		if len(s.Readers) > 0 {
			details = append(details, "read by "+names(s.Readers))
		}
	case *plan.Unflip:
		details = append(details, string(s.Cutover))
	case *plan.Finish:
		details = append(details, "of "+names(s.Apps))
	case *plan.Relay:
	}
	for _, a := range addresses {
		details = append(details, fmt.Sprintf("%s is called in %s", a.Service.ID.Name, a.At))
	}
	if len(details) == 0 {
		return ""
	}
	return ": " + strings.Join(details, "; ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func writeGate(b *text, g plan.Gate) {
	for _, w := range g.Rollouts {
		b.linef("  gate: %s %s/%s is available", w.Kind, w.Place, w.Name)
	}
	for _, w := range g.Gone {
		b.linef("  gate: %s %s/%s has ended", w.Kind, w.Place, w.Name)
	}
	for _, a := range g.Approvals {
		b.linef("  gate: %s", a)
	}
	for _, p := range g.Probes {
		b.linef("  gate: from %s: %s %s:%d%s with host %s", p.From, p.Protocol, p.Door, p.Port, p.Path, p.Host)
	}
	if g.Wait > 0 {
		b.linef("  gate: wait %s: %s", g.Wait, g.WaitWhy)
	}
}

// writeCopies shows what a phase writes anew and how it differs from the object of
// today that it is a copy of: the summary of the phases names only what is made.
func writeCopies(b *text, r *rehome.Result) {
	today := map[*manifest.Source]*manifest.Object{}
	for _, o := range r.Inventory.Objects {
		today[o.Source()] = o
	}
	for _, state := range r.States[1:] {
		for _, c := range state.Changes {
			if c.Before != nil || today[c.After.Source()] == nil {
				continue
			}
			original := today[c.After.Source()]
			b.linef("%s  of %s at %s", c.Key.ID, original.ID, original.Pos())
			for _, e := range manifest.Diff(original.Root(), c.After.Root()) {
				b.linef("  %s: %s -> %s", e.Path, value(c, e.Old), value(c, e.New))
			}
		}
	}
}

// value shows a node on one line, but never that of a Secret.
func value(c render.Change, n *manifest.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case c.Key.Kind == "Secret" && n.Value() != c.Key.Namespace:
		return "(secret)"
	}
	return string(n.AppendJSON(nil))
}

func writeProof(b *text, p *verify.Proof) {
	b.linef("%s today", count(p.Calls, "call"))
	for _, broken := range p.Broken {
		b.linef("broken today: %s", broken)
	}
	for _, phase := range p.Phases {
		b.linef("phase %d %s: %s, %s%s", phase.Phase.Number, phase.Phase.Name, count(phase.Calls, "call"), count(phase.States, "mixed state"), failures(phase.Failed))
	}
	b.linef("last state%s", failures(p.Final))
	for _, a := range p.Assumptions {
		b.linef("assumed: %s", a)
	}
}

func failures(failed map[diag.Code]int) string {
	if len(failed) == 0 {
		return ": ok"
	}
	var out strings.Builder
	for _, code := range slices.Sorted(maps.Keys(failed)) {
		fmt.Fprintf(&out, ": %s failed %d times", code, failed[code])
	}
	return out.String()
}

func names(apps []*plan.App) string {
	out := make([]string, len(apps))
	for i, a := range apps {
		out[i] = a.Name
	}
	return strings.Join(out, ", ")
}
