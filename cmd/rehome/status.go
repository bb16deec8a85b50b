package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/observe"
	"github.com/rehome-dev/rehome/plan"
)

// statusFlags are the flags of rehome status.
type statusFlags struct {
	compileFlags
	dumps  []string
	format string
}

func newStatusCommand() *cobra.Command {
	var flags statusFlags
	cmd := &cobra.Command{
		Use:   "status DIR",
		Short: "Show which phase is live, what changed since, and whether the next is safe",
		Long: `Show how far a migration is: the phase that live/ points at; which inputs changed
since the output was rendered, and what rendering again would change; whether the proof
of the output as it lies there still holds.

With --dump it is compared with what a cluster holds: the phase that the cluster is in,
what it lacks for that, and what the gate still waits for. Nothing is asked of a
cluster: the dump is what kubectl printed, of all kinds that the migration changes.

The exit code is 0 when, as far as can be seen, the next phase may be applied now.`,
		Example: "  rehome status out\n  kubectl get deploy,svc,cm,sa,netpol,ing,hpa,pdb,ns -A -o yaml > cluster.yaml\n  rehome status out --dump cluster.yaml\n  rehome status out --dump old=old.yaml --dump new=new.yaml",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	cmd.Flags().StringArrayVar(&flags.dumps, "dump", nil, "`[cluster=]file` that kubectl get -o yaml wrote; may be repeated")
	formatFlag(cmd, &flags.format, formatText, formatJSON)
	return cmd
}

// statusReport is how far a migration is, as programs read it.
type statusReport struct {
	Live    string         `json:"live"` // title of the phase; "" when places are in several
	Places  []string       `json:"places"`
	Inputs  []inputReport  `json:"inputs"`  // that changed since the render
	Changes []string       `json:"changes"` // files of the output that rendering again would change
	Errors  int            `json:"errors"`  // of the proof of the output as it lies there
	Cluster *clusterReport `json:"cluster"` // null without dumps
	Safe    bool           `json:"safe"`    // to apply the next phase
}

// inputReport is an input that is not what it was.
type inputReport struct {
	Path string   `json:"path"`
	How  string   `json:"how"`
	Apps []string `json:"apps"` // that have objects in it
}

// clusterReport is what dumps show.
type clusterReport struct {
	Phase       string   `json:"phase"`
	Reached     bool     `json:"reached"`
	Differences []string `json:"differences"`
	Waiting     []string `json:"waiting"` // of the gate
	Unseen      []string `json:"unseen"`  // what the gate asks for and no dump shows
	Unknown     []string `json:"unknown"` // objects of kinds that no dump holds
	Next        string   `json:"next"`    // "" when nothing remains
}

func (f *statusFlags) run(cmd *cobra.Command, dir string) error {
	if err := checkFormat(f.format, formatText, formatJSON); err != nil {
		return err
	}
	r, err := f.rendered(dir)
	if err != nil {
		return err
	}
	if r.Proof == nil {
		return r.sound(cmd, &f.compileFlags)
	}
	report, err := f.report(r)
	if err != nil {
		return err
	}
	if f.format == formatJSON {
		err = printJSON(cmd.OutOrStdout(), report)
	} else {
		_, err = cmd.OutOrStdout().Write(report.text())
	}
	if err == nil && !report.Safe {
		err = errFindings
	}
	return err
}

// report finds out everything that is shown.
func (f *statusFlags) report(r *rendered) (*statusReport, error) {
	standing, diags := deliver.ReadStanding(r.work.disk, r.path)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s: %s", r.work.display(diags[0].Pos.File), diags[0].Message)
	}
	report := &statusReport{Places: standing.Told(), Errors: r.findings.Count(diag.Error)}
	latest, ok := standing.Latest()
	if ok {
		report.Live = standing.Phases[latest]
	}
	var err error
	if report.Inputs, err = r.changedInputs(); err != nil {
		return nil, err
	}
	if report.Changes, err = r.outdated(f.workers); err != nil {
		return nil, err
	}
	report.Safe = ok && report.Errors == 0
	if len(f.dumps) > 0 {
		if report.Cluster, err = f.cluster(r); err != nil {
			return nil, err
		}
		report.Safe = report.Safe && report.Cluster.Reached && len(report.Cluster.Waiting) == 0
	}
	return report, nil
}

// changedInputs returns what is different about the inputs, and whose they are.
func (r *rendered) changedInputs() ([]inputReport, error) {
	drifts, diags := rehome.Drifts(r.work.disk, r.path, r.inputs)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s", diags[0].Message)
	}
	out := make([]inputReport, len(drifts))
	for i, d := range drifts {
		out[i] = inputReport{r.work.display(d.Path), string(d.How), r.appsIn(d.Path)}
	}
	return out, nil
}

// appsIn returns the apps that have objects in a file, or in the kustomization
// that it is part of.
func (r *rendered) appsIn(file string) []string {
	var apps []string
	for _, a := range r.Graph.Apps {
		if slices.ContainsFunc(a.Objects, func(o *manifest.Object) bool {
			return o.Pos().File == file || o.Build() != nil && strings.HasPrefix(file, o.Source().Root.Path+"/")
		}) {
			apps = append(apps, a.Name)
		}
	}
	return apps
}

// outdated returns the files of the output that rendering again would change. The
// lock, which lists the digests of the inputs, is not one of them.
func (r *rendered) outdated(workers int) ([]string, error) {
	planPath, diags := rehome.PlanOf(r.work.disk, r.path)
	if diags.HasErrors() {
		return nil, fmt.Errorf("%s", diags[0].Message)
	}
	now, diags := rehome.Compile(r.work.disk, planPath, rehome.Options{Workers: workers})
	if diags.HasErrors() {
		return []string{"(the plan has errors now: rehome verify " + r.work.display(planPath) + ")"}, nil
	}
	opts, err := r.work.deliveryTo(filepath.Join(r.work.dir, filepath.FromSlash(r.path)))
	if err != nil {
		return nil, err
	}
	opts.Flat, opts.Findings, opts.Workers = rehome.IsFlat(r.work.disk, r.path), diags, workers
	files, _ := deliver.Files(now.Schedule, now.States, opts)
	var out []string
	for _, file := range files {
		if file.Path == lockFile || isLive(file.Path) { // a report is not made here
			continue
		}
		data, err := fs.ReadFile(r.work.disk, path.Join(r.path, file.Path))
		if err != nil || !bytes.Equal(data, file.Data) {
			out = append(out, file.Path)
		}
	}
	return out, nil
}

// cluster compares dumps with the states.
func (f *statusFlags) cluster(r *rendered) (*clusterReport, error) {
	dumps, err := f.readDumps()
	if err != nil {
		return nil, err
	}
	position := observe.Locate(r.States, dumps)
	out := &clusterReport{
		Phase: deliver.StateName(r.States[position.Phase]), Reached: position.Reached(),
		Differences: []string{}, Waiting: []string{}, Unseen: []string{}, Unknown: []string{},
	}
	for _, d := range position.Differences {
		line := fmt.Sprintf("%s: %s", d.Key, d.How)
		for _, p := range d.Fields {
			line += " " + p.String()
		}
		out.Differences = append(out.Differences, line)
	}
	for _, k := range position.Unknown {
		out.Unknown = append(out.Unknown, k.String())
	}
	if phase := r.States[position.Phase].Phase; phase != nil {
		out.Waiting = append(out.Waiting, observe.Waiting(phase.Gate, dumps)...)
		out.Unseen = append(out.Unseen, observe.Unseen(phase.Gate)...)
	}
	if position.Phase+1 < len(r.States) {
		out.Next = deliver.StateName(r.States[position.Phase+1])
	}
	return out, nil
}

// readDumps reads the files that the command line names.
func (f *statusFlags) readDumps() ([]*observe.Dump, error) {
	var out []*observe.Dump
	for _, arg := range f.dumps {
		cluster, file, named := strings.Cut(arg, "=")
		if !named {
			cluster, file = plan.DefaultCluster, arg
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, notThere(file)
		}
		d, diags := observe.Read(cluster, file, data)
		if diags.HasErrors() {
			first := diags.Sorted()[0]
			return nil, fmt.Errorf("%s: %s", first.Pos, first.Message)
		}
		out = append(out, d)
	}
	return out, nil
}
