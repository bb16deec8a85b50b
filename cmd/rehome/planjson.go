package main

import (
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// planReport is a migration as programs read it. Names and order of its fields
// are stable; of objects it holds names only, so no value of a Secret.
type planReport struct {
	Name   string        `json:"name"`
	Phases []phaseReport `json:"phases"`
	Kept   []keptReport  `json:"kept"` // old names that stay after the last phase
}

type phaseReport struct {
	Number  int            `json:"number"`
	Name    string         `json:"name"`
	Kind    string         `json:"kind"`
	Wave    int            `json:"wave"`
	Why     []string       `json:"why"`
	Steps   []stepReport   `json:"steps"`
	Changes []changeReport `json:"changes"`
	Gate    gateReport     `json:"gate"`
}

type stepReport struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
}

type objectReport struct {
	Cluster   string `json:"cluster"`
	Group     string `json:"group"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"` // "" of objects that are in none
	Name      string `json:"name"`
}

type changeReport struct {
	Action string       `json:"action"` // create, change or delete
	Object objectReport `json:"object"`
}

type workloadReport struct {
	Cluster   string `json:"cluster"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type gateReport struct {
	Rollouts    []workloadReport `json:"rollouts"` // must be available
	Gone        []workloadReport `json:"gone"`     // must have ended
	WaitSeconds int64            `json:"waitSeconds"`
	WaitWhy     string           `json:"waitWhy"`
	Approvals   []string         `json:"approvals"`
}

type keptReport struct {
	Service string   `json:"service"` // namespace/name
	Cutover string   `json:"cutover"`
	For     []string `json:"for"` // the callers that still use it
	Until   string   `json:"until"`
}

func newPlanReport(r *rehome.Result) planReport {
	out := planReport{Name: r.Plan.Metadata.Name, Phases: []phaseReport{}, Kept: []keptReport{}}
	for _, s := range r.States {
		if s.Phase != nil { // state 0 is today
			out.Phases = append(out.Phases, newPhaseReport(s))
		}
	}
	for _, k := range r.Schedule.Kept {
		id := k.Service.ID
		kept := keptReport{Service: id.Namespace + "/" + id.Name, Cutover: string(k.Cutover), For: []string{}, Until: k.Until}
		for _, a := range k.For {
			kept.For = append(kept.For, a.Name)
		}
		out.Kept = append(out.Kept, kept)
	}
	return out
}

func newPhaseReport(s *render.State) phaseReport {
	p := s.Phase
	out := phaseReport{
		Number: p.Number, Name: p.Name, Kind: p.Kind.String(), Wave: p.Wave.Number, Why: orEmpty(p.Why),
		Steps: []stepReport{}, Changes: []changeReport{},
		Gate: gateReport{
			Rollouts: workloadReports(p.Gate.Rollouts), Gone: workloadReports(p.Gate.Gone),
			WaitSeconds: int64(time.Duration(p.Gate.Wait) / time.Second), WaitWhy: p.Gate.WaitWhy,
			Approvals: orEmpty(p.Gate.Approvals),
		},
	}
	for _, step := range p.Steps {
		out.Steps = append(out.Steps, stepReport{step.Kind().String(), step.Subject()})
	}
	for _, c := range s.Changes {
		k := c.Key
		out.Changes = append(out.Changes, changeReport{action(c), objectReport{clusterName(k.Cluster), k.Group, k.Kind, k.Namespace, k.Name}})
	}
	return out
}

func workloadReports(workloads []plan.WorkloadAt) []workloadReport {
	out := []workloadReport{}
	for _, w := range workloads {
		out = append(out, workloadReport{clusterName(w.Place.Cluster), w.Kind, w.Place.Namespace, w.Name})
	}
	return out
}

func action(c render.Change) string {
	switch {
	case c.Before == nil:
		return "create"
	case c.After == nil:
		return "delete"
	}
	return "change"
}

func clusterName(cluster string) string {
	if cluster == "" {
		return plan.DefaultCluster
	}
	return cluster
}

// orEmpty makes a list of nothing an empty one: readers need not tell it from
// null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
