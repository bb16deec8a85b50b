// Package bench measures rehome on generated corpora. Seconds say little on a
// shared machine, so everything is compared with yardsticks that are measured in
// the same run, taking turns: the copy bound, which reads and writes the bytes
// and does nothing else, and kustomize, called as a library.
package bench

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// Render is what is measured: it reads the plan of a file system, works out the
// migration and writes all of its output to a directory that does not exist yet.
type Render func(source fs.FS, plan, dir string) (*Outcome, error)

// Command is the same from outside: the command, as a user runs it on the plan
// of a directory.
type Command func(source, out string) error

// Outcome says how much a render did.
type Outcome struct {
	Phases, Edges, Files int
	Bytes                int64 // written
	Keep                 any   // what a caller would hold on to: its size is measured
	Stages               []Stage
}

// Stage is the time that a part of a render took.
type Stage struct {
	Name string
	Time time.Duration
}

// Config is a run of the measurements.
type Config struct {
	Render  Render         // nil: only the yardsticks
	Command Command        // what is timed; nil: Render
	Prove   func(keep any) // proves once more what a Render kept; nil: not measured
	Sizes   []int          // numbers of apps, ascending
	Rounds  int            // the median of so many is taken; big corpora get fewer
	Dir     string         // where to work; see [WorkDir]
	OneRoot int            // number of apps in the single kustomize build that is compared; 0: none
}

// WorkDir returns a directory to measure in: in memory where there is such a
// one, because creating files on a disk takes times that vary too much.
func WorkDir() (string, error) {
	base := "/dev/shm"
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		base = ""
	}
	dir, err := os.MkdirTemp(base, "rehome-bench-")
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	return dir, nil
}

// Run measures every size, prints the tables and the targets to w, and returns
// the targets that were missed.
func Run(ctx context.Context, w io.Writer, cfg Config) ([]Target, error) {
	sizes := make([]*Size, 0, len(cfg.Sizes))
	for _, n := range cfg.Sizes {
		s, err := measure(ctx, cfg, n)
		if err != nil {
			return nil, err
		}
		s.print(w)
		sizes = append(sizes, s)
	}
	var oneRoot time.Duration
	if cfg.OneRoot > 0 {
		var err error
		if oneRoot, err = oneRootBuild(ctx, cfg.Dir, cfg.OneRoot); err != nil {
			return nil, err
		}
		fmt.Fprintf(w, "kustomize API, one root of %d apps with a namespace transformer: %v\n\n", cfg.OneRoot, oneRoot.Round(time.Millisecond))
	}
	if cfg.Render == nil {
		return nil, nil
	}
	all := targets(sizes, oneRoot, cfg.OneRoot)
	var missed []Target
	for _, t := range all {
		fmt.Fprintln(w, t)
		if !t.Met() {
			missed = append(missed, t)
		}
	}
	return missed, nil
}

// Size holds what was measured with one number of apps.
type Size struct {
	N       int
	Objects int
	Bytes   int64 // of the manifests

	Copy           time.Duration // copy bound: read, and write CopyFactor times as much
	KustomizeLoop  time.Duration // kustomize API, a build per app
	Flat           time.Duration // render, a file of manifests per app
	Kustomizations time.Duration // render, a kustomization per app
	Proof          time.Duration // the proof of Flat by itself

	Outcome   *Outcome // of Flat
	Allocated uint64   // bytes, during Flat
	Retained  uint64   // bytes, by the Outcome's Keep
}

// bigCorpus is the number of apps from which on one round has to do.
const bigCorpus = 5000

// measure lays out the two corpora of n apps and lets everything that is
// compared take turns on them.
func measure(ctx context.Context, cfg Config, n int) (*Size, error) {
	dir, err := os.MkdirTemp(cfg.Dir, fmt.Sprintf("n%d-", n))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the whole working directory is removed in the end
	plain, kust := filepath.Join(dir, "files"), filepath.Join(dir, "kustomizations")
	files := corpus.Generate(n, corpus.Files)
	if err := corpus.Write(plain, files); err != nil {
		return nil, err
	}
	if err := corpus.Write(kust, corpus.Generate(n, corpus.Kustomizations)); err != nil {
		return nil, err
	}
	s := &Size{N: n, Bytes: corpus.Bytes(files), Objects: (len(files) - 1) * corpus.ObjectsPerApp}
	contests := []contest{
		{&s.Copy, func(out string) error { return copyFiles(plain, out, files) }},
		{&s.KustomizeLoop, func(out string) error { return kustomizeEach(kust, out, files) }},
	}
	if cfg.Render != nil {
		if err := s.memory(cfg.Render, plain, filepath.Join(dir, "memory")); err != nil {
			return nil, err
		}
		if keep := s.Outcome.Keep; cfg.Prove != nil {
			contests = append(contests, contest{&s.Proof, func(string) error { cfg.Prove(keep); return nil }})
		}
		contests = append(contests,
			contest{&s.Flat, func(out string) error { return cfg.run(plain, out) }},
			contest{&s.Kustomizations, func(out string) error { return cfg.run(kust, out) }},
		)
	}
	rounds := cfg.Rounds
	if n >= bigCorpus {
		rounds = 1
	}
	return s, takeTurns(ctx, contests, rounds, filepath.Join(dir, "out"))
}

// run does what is timed.
func (c *Config) run(source, out string) error {
	if c.Command != nil {
		return c.Command(source, out)
	}
	_, err := c.Render(os.DirFS(source), corpus.PlanPath, out)
	return err
}

// contest is one thing that is timed, and where its median goes.
type contest struct {
	result *time.Duration
	run    func(out string) error
}

// takeTurns runs all contests once a round, so that what else the machine does
// hits all of them alike, and keeps each one's median.
func takeTurns(ctx context.Context, contests []contest, rounds int, out string) error {
	times := make([][]time.Duration, len(contests))
	for range rounds {
		for i, c := range contests {
			if err := ctx.Err(); err != nil {
				return err
			}
			d, err := timed(func() error { return c.run(out) })
			if err != nil {
				return err
			}
			times[i] = append(times[i], d)
			if err := os.RemoveAll(out); err != nil {
				return fmt.Errorf("bench: %w", err)
			}
		}
	}
	for i, c := range contests {
		slices.Sort(times[i])
		*c.result = times[i][len(times[i])/2]
	}
	return nil
}
