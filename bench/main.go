// Command bench compares rehome with the copy bound and with kustomize on
// generated corpora, all measured in one run, and prints which of the promised
// ratios are kept: make bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/internal/bench"
)

// flags are the flags of the command.
type flags struct {
	sizes   string
	rounds  int
	oneRoot int
	strict  bool
	profile profiles
}

func main() {
	var f flags
	flag.StringVar(&f.sizes, "n", "100,1000", "numbers of apps")
	flag.IntVar(&f.rounds, "rounds", 5, "how often everything is measured; the median counts")
	flag.IntVar(&f.oneRoot, "one-root", 200, "number of apps in the single kustomize build; 0: none")
	flag.BoolVar(&f.strict, "strict", false, "fail when a promised ratio is missed")
	flag.StringVar(&f.profile.cpu, "cpuprofile", "", "write a CPU profile to this file")
	flag.StringVar(&f.profile.memory, "memprofile", "", "write a profile of allocations to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := f.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (f *flags) run(ctx context.Context) (err error) {
	sizes, err := parseSizes(f.sizes)
	if err != nil {
		return err
	}
	dir, err := bench.WorkDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	stop, err := f.profile.start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	command, err := buildCommand(ctx, dir)
	if err != nil {
		return err
	}
	missed, err := bench.Run(ctx, os.Stdout, bench.Config{
		Render: render, Command: command, Prove: prove, Sizes: sizes, Rounds: f.rounds, Dir: dir, OneRoot: f.oneRoot,
	})
	if err == nil && f.strict && len(missed) > 0 {
		return fmt.Errorf("%d targets missed", len(missed))
	}
	return err
}

func parseSizes(list string) ([]int, error) {
	var sizes []int
	for _, s := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-n %s: %q is no number of apps", list, s)
		}
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	return sizes, nil
}
