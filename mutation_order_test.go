package rehome_test

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// orderFaults get the order of phases wrong.
func orderFaults() []fault {
	return []fault{
		{"swap two phases", []diag.Code{"P1", "P3", "P4", "P6", "P7"}, swapPhases},
		{"merge two phases (drop a gate)", []diag.Code{"P1", "P6", "P7"}, mergePhases},
		{"drop a phase", []diag.Code{"P1", "P3", "P4", "P6", "P8", "H58"}, dropPhases},
		{"flip before the target runs", []diag.Code{"P1"}, earlier(plan.FlipKind, plan.DeployKind)},
		{"flip before the relay runs", []diag.Code{"P1"}, earlier(plan.FlipKind, plan.RelayKind)},
		{"retire before the flip", []diag.Code{"P1"}, earlier(plan.RetireKind, plan.FlipKind)},
		{"unflip before the callers know", []diag.Code{"P1"}, unflipEarly},
		{"repoint before the target runs", []diag.Code{"P1"}, repointEarly},
		{"flip and delete in one", []diag.Code{"P1"}, aliasDropped},
	}
}

// swapPhases exchanges neighbours of which the second needs the first.
func swapPhases(f *film) (out []mutant) {
	for i := range len(f.scenes) - 1 {
		if f.needs(i+1, i) {
			out = append(out, f.mutate(func(f *film) { f.move(i, i+1) }, "%s after %s", f.scenes[i].phase.Name, f.scenes[i+1].phase.Name))
		}
	}
	return out
}

// mergePhases drops the gate between neighbours of which the second needs what
// the gate of the first waits for. A workload may start before its namespace's
// configuration exists: it waits, and nothing leads to it yet.
func mergePhases(f *film) (out []mutant) {
	for i := range len(f.scenes) - 1 {
		if !f.needs(i+1, i) || f.scenes[i].phase.Kind == plan.PrepareKind {
			continue
		}
		out = append(out, f.mutate(func(f *film) { f.merge(i) }, "%s with %s", f.scenes[i].phase.Name, f.scenes[i+1].phase.Name))
	}
	return out
}

// needs reports whether a phase breaks something when another one has not been
// applied before it, for reasons that can be read from the steps alone.
func (f *film) needs(later, first int) bool {
	a, b := f.scenes[first], f.scenes[later]
	switch b.phase.Kind {
	case plan.DeployKind:
		return a.phase.Kind == plan.PrepareKind && makesInput(a, b) || a.phase.Kind == plan.RetireKind && f.startsAgain(a, b)
	case plan.FlipKind:
		return slices.ContainsFunc(b.phase.Steps, func(s plan.Step) bool {
			flip := s.(*plan.Flip)
			return f.unused(flip.Service) == "" && !f.left(flip.App, flip.Service, later) && (makes(a, flip.App.To, flip.Service) || relays(a, flip.Service))
		})
	case plan.RetireKind:
		return slices.ContainsFunc(b.phase.Steps, func(s plan.Step) bool {
			app := s.(*plan.Retire).App
			return slices.ContainsFunc(app.Services, func(o *manifest.Object) bool {
				return f.unused(o) == "" && !f.left(app, o, first) && flips(a, o)
			})
		})
	case plan.UnflipKind:
		return slices.ContainsFunc(b.phase.Steps, func(s plan.Step) bool { return repointsTo(a, s.(*plan.Unflip).Service) })
	}
	return false
}

// makes reports whether a phase makes a Service's copy at a place.
// left reports whether all callers of a Service have left its old cluster before a
// phase.
func (f *film) left(a *plan.App, service *manifest.Object, n int) bool {
	return a.From.Cluster != a.To.Cluster && f.deserted(service, a.From.Cluster, n)
}

func makes(s scene, at plan.Place, service *manifest.Object) bool {
	return s.phase.Kind == plan.DeployKind && s.after[render.Key{Cluster: at.Cluster, ID: service.ID.In(at.Namespace)}] != nil
}

func relays(s scene, service *manifest.Object) bool {
	return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
		relay, ok := step.(*plan.Relay)
		return ok && relay.Service == service
	})
}

func flips(s scene, service *manifest.Object) bool {
	return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
		flip, ok := step.(*plan.Flip)
		return ok && flip.Service == service
	})
}

// repointsTo reports whether a phase gives somebody the final address of a Service.
func repointsTo(s scene, service *manifest.Object) bool {
	return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
		repoint, ok := step.(*plan.Repoint)
		return ok && slices.ContainsFunc(repoint.Addresses, func(a plan.Address) bool { return a.Service == service })
	})
}

// makesInput reports whether a phase makes a namespace that another one makes
// objects in.
func makesInput(a, b scene) bool {
	for key, o := range a.after {
		if key.Kind != "Namespace" || o == nil {
			continue
		}
		for other, made := range b.after {
			if made != nil && other.Namespace == key.Name {
				return true
			}
		}
	}
	return false
}

// startsAgain reports whether a phase makes what another deletes and what must
// not run twice.
func (f *film) startsAgain(retire, deploy scene) bool {
	for _, o := range deploy.after {
		if o == nil || plan.PodTemplate(o) == nil {
			continue
		}
		original := f.original(o)
		if gone, ok := retire.after[keyOf(original)]; ok && gone == nil {
			return true
		}
	}
	return false
}

// dropPhases leaves out phases that something later needs.
func dropPhases(f *film) (out []mutant) {
	for i, s := range f.scenes {
		if f.matters(i) {
			out = append(out, f.mutate(func(f *film) { f.scenes = slices.Delete(f.scenes, i, i+1) }, "%s", s.phase.Name))
		}
	}
	return out
}

// matters reports whether a phase is needed by what can be read from it.
func (f *film) matters(i int) bool {
	s := f.scenes[i]
	if len(s.after) == 0 {
		return false
	}
	switch s.phase.Kind {
	case plan.PrepareKind:
		return slices.ContainsFunc(f.scenes[i+1:], func(later scene) bool { return makesInput(s, later) })
	case plan.FlipKind, plan.RelayKind:
		return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
			switch step := step.(type) {
			case *plan.Flip:
				return f.unused(step.Service) == "" && !f.left(step.App, step.Service, i)
			case *plan.Relay:
				return f.unused(step.Service) == ""
			}
			return false
		})
	case plan.RepointKind:
		return slices.ContainsFunc(f.scenes, func(later scene) bool {
			return slices.ContainsFunc(later.phase.Steps, func(step plan.Step) bool {
				unflip, ok := step.(*plan.Unflip)
				return ok && repointsTo(s, unflip.Service)
			})
		})
	case plan.DeployKind, plan.RouteKind, plan.UnrouteKind, plan.RetireKind, plan.UnflipKind, plan.FinishKind:
	}
	return true
}

// earlier moves phases of a kind before the phase of another kind that they need.
func earlier(kind, before plan.StepKind) func(*film) []mutant {
	return func(f *film) (out []mutant) {
		for i, s := range f.scenes {
			if s.phase.Kind != kind {
				continue
			}
			for j := range i {
				if f.scenes[j].phase.Kind == before && f.needs(i, j) {
					out = append(out, f.mutate(func(f *film) { f.move(i, j) }, "%s before %s", s.phase.Name, f.scenes[j].phase.Name))
				}
			}
		}
		return out
	}
}

// unflipEarly deletes an old name right after its flip, while callers use it.
func unflipEarly(f *film) (out []mutant) {
	for i, s := range f.scenes {
		for _, step := range s.phase.Steps {
			unflip, ok := step.(*plan.Unflip)
			if !ok {
				continue
			}
			j := f.indexOf(plan.RepointKind, func(step plan.Step) bool {
				return repointsTo(scene{phase: &plan.Phase{Steps: []plan.Step{step}}}, unflip.Service)
			})
			if j >= 0 && j < i {
				out = append(out, f.mutate(func(f *film) { f.move(i, j) }, "%s before %s", s.phase.Name, f.scenes[j].phase.Name))
			}
		}
	}
	return out
}

// repointEarly gives callers the new name before anything has it.
func repointEarly(f *film) (out []mutant) {
	for i, s := range f.scenes {
		if s.phase.Kind != plan.RepointKind {
			continue
		}
		j := slices.IndexFunc(f.scenes[:i], func(d scene) bool {
			return slices.ContainsFunc(s.phase.Steps, func(step plan.Step) bool {
				repoint := step.(*plan.Repoint)
				return slices.ContainsFunc(repoint.Addresses, func(a plan.Address) bool {
					return a.At.Namespace != a.Service.ID.Namespace && makes(d, a.At, a.Service)
				})
			})
		})
		if j < 0 || !f.stays(s) {
			continue
		}
		out = append(out, f.mutate(func(f *film) { f.move(i, j) }, "%s before %s", s.phase.Name, f.scenes[j].phase.Name))
	}
	return out
}

// stays reports whether a repoint changes workloads, or what they read, that
// exist today.
func (f *film) stays(s scene) bool {
	for key, o := range s.after {
		if today := f.today[key]; o != nil && today != nil && f.runs(today) {
			return true
		}
	}
	return false
}

// aliasDropped deletes an old name where it should become an alias.
func aliasDropped(f *film) (out []mutant) {
	for _, s := range f.changed("Service") {
		m := f.mutate(func(f *film) { f.lose(s) }, "%s at %s", s.key.ID, f.scenes[s.scene].phase.Name)
		original := f.original(s.after)
		harmless := f.unused(original)
		if harmless == "" && f.deserted(original, s.key.Cluster, s.scene) && !s.after.Get("spec", "externalName").IsNull() {
			harmless = "nobody calls it there any more"
		}
		out = append(out, m.unless(harmless))
	}
	return out
}
