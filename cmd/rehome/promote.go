package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/rehome-dev/rehome/deliver"
)

// promoteFlags are the flags of rehome promote.
type promoteFlags struct {
	compileFlags
	phase  int
	to     string
	branch string
	back   bool
	stack  bool
}

func newPromoteCommand() *cobra.Command {
	var flags promoteFlags
	cmd := &cobra.Command{
		Use:   "promote DIR --phase N",
		Short: "Advance live/ by one phase, as one commit to review",
		Long: `Make a commit that advances the live/ of an output by exactly one phase: a GitOps
controller that follows live/ carries the phase out when the commit reaches it. The
message says what the phase does, why, what may be felt, its gate and the way back.
The commit is made by your git, with your identity and hooks.

The output must be committed in the repository, and be what its plan renders to
today; the phase must be the next one; the proof of the output as it lies there must
hold. Until all commits are made neither branch nor work tree is touched.

With --back the last phase is taken back. With --stack all phases that remain are
committed, each on the one before, on the branch that --branch names.`,
		Example: "  rehome promote out --phase 1\n  rehome promote out --phase 1 --branch move-appa-1\n  rehome promote out --phase 0 --back\n  rehome promote out --stack --branch move-appa",
		Args:    takes(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return flags.run(cmd, args[0])
		},
	}
	flags.bind(cmd)
	cmd.Flags().IntVar(&flags.phase, "phase", 0, "`number` of the phase that is live afterwards; 0 is today")
	cmd.Flags().StringVar(&flags.to, "to", "", "the `repository` that the output is committed in (default: the one that it lies in)")
	cmd.Flags().StringVar(&flags.branch, "branch", "", "`branch` to commit to, made when it is new (default: the one that is checked out)")
	cmd.Flags().BoolVar(&flags.back, "back", false, "take the last phase back")
	cmd.Flags().BoolVar(&flags.stack, "stack", false, "one commit for each phase that remains")
	cmd.MarkFlagsMutuallyExclusive("phase", "stack")
	cmd.MarkFlagsMutuallyExclusive("back", "stack")
	cmd.MarkFlagsOneRequired("phase", "stack")
	cobra.CheckErr(cmd.MarkFlagDirname("to"))
	cobra.CheckErr(cmd.RegisterFlagCompletionFunc("phase", completePhases))
	return cmd
}

func (f *promoteFlags) run(cmd *cobra.Command, dir string) error {
	if f.stack && f.branch == "" {
		return errors.New("--stack needs --branch: phases are not to be live before their gates hold")
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	r, err := f.rendered(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(r.sound(cmd, &f.compileFlags)); err != nil {
		return err
	}
	if err := r.current(); err != nil {
		return err
	}
	p, err := f.begin(ctx, r)
	if err != nil {
		return err
	}
	said, err := p.carryOut(ctx)
	if err != nil {
		return fmt.Errorf("%s is as it was: %w", p.repository.dir, err)
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), said)
	return err
}

// promotion is what one run commits.
type promotion struct {
	*promoteFlags
	*rendered
	repository *repository
	path       string // of the output, in the repository
	target     string // branch
	checkedOut bool
	tip        string // what the branch points at, "" when it is new
	base       string // commit that the first commit of the run follows
}

// begin finds out where to commit, and refuses a repository that is not ready.
func (f *promoteFlags) begin(ctx context.Context, r *rendered) (*promotion, error) {
	out := filepath.Join(r.work.dir, filepath.FromSlash(r.path))
	to := f.to
	if to == "" {
		to = out
	}
	repo, err := openRepository(ctx, to)
	if err != nil {
		return nil, err
	}
	if !within(repo.dir, out) {
		return nil, fmt.Errorf("%s does not lie in the repository %s: render into it, commit that, and promote from there", r.work.display(r.path), repo.dir)
	}
	rel, err := filepath.Rel(repo.dir, out)
	if err != nil {
		return nil, err
	}
	p := &promotion{promoteFlags: f, rendered: r, repository: repo, path: filepath.ToSlash(rel)}
	if err := repo.clean(ctx); err != nil {
		return nil, err
	}
	if _, err := repo.run(ctx, "ls-files", "--error-unmatch", "--", p.path+"/"+lockFile); err != nil {
		return nil, fmt.Errorf("%s is not committed in %s: commit it first, to be reviewed as a whole", r.work.display(r.path), repo.dir)
	}
	return p, p.findBranch(ctx)
}

// findBranch finds the branch and the commit that the promotion begins at.
func (p *promotion) findBranch(ctx context.Context) error {
	current, err := p.repository.branch(ctx)
	if err != nil {
		return err
	}
	head, err := p.repository.line(ctx, "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	p.target, p.base = p.branch, head
	if p.target == "" {
		p.target = current
	}
	if p.target == "" {
		return errors.New("no branch is checked out: name one with --branch")
	}
	if p.target == current {
		p.tip, p.checkedOut = head, true
		return nil
	}
	if _, err := p.repository.run(ctx, "check-ref-format", "--branch", p.target); err != nil {
		return fmt.Errorf("%q cannot be the name of a branch", p.target)
	}
	if p.tip, err = p.repository.commitOf(ctx, p.target); err != nil || p.tip == "" {
		return err
	}
	p.base = p.tip
	return p.sameRender(ctx, head)
}

// sameRender refuses a branch on which the output, or what it was made from, is
// not what was proved.
func (p *promotion) sameRender(ctx context.Context, head string) error {
	out, err := p.repository.run(ctx, "diff", "--name-only", "-z", head, p.tip)
	if err != nil {
		return err
	}
	inputs := map[string]bool{}
	for _, in := range p.inputs {
		abs := filepath.Join(p.work.dir, filepath.FromSlash(in.Path))
		if rel, err := filepath.Rel(p.repository.dir, abs); err == nil {
			inputs[filepath.ToSlash(rel)] = true
		}
	}
	var other []string
	for path := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		rest, ours := strings.CutPrefix(path, p.path+"/")
		if inputs[path] || ours && !strings.HasPrefix(rest, "live/") {
			other = append(other, path)
		}
	}
	if len(other) > 0 {
		return fmt.Errorf("branch %s holds other files than were proved (%s): bring it up to date first", p.target, firstOf(other))
	}
	return nil
}

// carryOut makes the commits and moves the branch to the last of them.
func (p *promotion) carryOut(ctx context.Context) (said string, err error) {
	d, err := p.repository.openDraft(ctx, p.base)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	steps, err := p.steps(d)
	if err != nil {
		return "", err
	}
	var commit string
	var told strings.Builder
	for _, s := range steps {
		if commit, err = p.commit(ctx, d, s); err != nil {
			return "", err
		}
		fmt.Fprintf(&told, "%.10s %s\n", commit, s.told(p))
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return told.String(), p.repository.publish(p.target, p.tip, commit, p.checkedOut)
}

// standing reads how far the migration is in a draft.
func (p *promotion) standing(d *draft) (*deliver.Standing, error) {
	s, diags := deliver.ReadStanding(os.DirFS(d.dir), p.path)
	if diags.HasErrors() {
		first := diags.Sorted()[0]
		return nil, fmt.Errorf("%s: %s", first.Pos, first.Message)
	}
	return s, nil
}

// steps returns the phases to commit, after it has checked that the first of
// them is the next.
func (p *promotion) steps(d *draft) ([]promotionStep, error) {
	s, err := p.standing(d)
	if err != nil {
		return nil, err
	}
	last := len(p.Schedule.Phases)
	latest, ok := s.Latest()
	switch {
	case len(s.Phases) != last+1:
		return nil, fmt.Errorf("the output in %s has %d phases, the plan has %d: render it again", p.path, len(s.Phases)-1, last)
	case !ok:
		return nil, fmt.Errorf("live/ is not what one phase leaves behind: some places are further than others\n  %s\nfinish that phase, or point them at one", strings.Join(s.Told(), "\n  "))
	case p.stack && latest == last:
		return nil, fmt.Errorf("the last phase, %s, is live: nothing remains", s.Phases[last])
	case p.stack:
		return ahead(latest, last), nil
	}
	return p.single(s, latest)
}

// single checks that one step leads to the phase that is asked for.
func (p *promotion) single(s *deliver.Standing, latest int) ([]promotionStep, error) {
	from := p.phase - 1
	if p.back {
		from = p.phase + 1
	}
	if p.phase < 0 || p.phase >= len(s.Phases) {
		return nil, fmt.Errorf("there is no phase %d: the phases are 0 to %d", p.phase, len(s.Phases)-1)
	}
	if from < 0 || from >= len(s.Phases) || !s.At(from) {
		next := fmt.Sprintf("--phase %d is the next", latest+1)
		if p.back {
			next = fmt.Sprintf("--back leads to --phase %d", latest-1)
		}
		return nil, fmt.Errorf("%s is live, and phases are not skipped: %s", s.Phases[latest], next)
	}
	return []promotionStep{{from, p.phase}}, nil
}

// ahead returns the steps from one phase to another.
func ahead(from, to int) []promotionStep {
	var out []promotionStep
	for ; from < to; from++ {
		out = append(out, promotionStep{from, from + 1})
	}
	return out
}

// promotionStep leads from one phase to a neighbour.
type promotionStep struct{ from, to int }

// told says in one line what a step does.
func (s promotionStep) told(p *promotion) string {
	line := fmt.Sprintf("%s is live on %s", deliver.StateName(p.States[s.to]), p.target)
	if s.to > s.from && s.from > 0 {
		line += fmt.Sprintf("; the gate of %s must hold before it gets there", deliver.StateName(p.States[s.from]))
	}
	return line
}

// commit commits one step in a draft.
func (p *promotion) commit(ctx context.Context, d *draft, step promotionStep) (string, error) {
	s, err := p.standing(d)
	if err != nil {
		return "", err
	}
	files := map[string][]byte{}
	for _, f := range s.Move(step.to) {
		files[f.Path] = f.Data
	}
	state, way := p.States[step.to], deliver.Forward
	if step.to < step.from {
		state, way = p.States[step.from], deliver.Back
	}
	return d.commit(ctx, files, deliver.Message(p.Schedule, state, way))
}

// completePhases completes the phases of the output that the command line names.
func completePhases(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	s, diags := deliver.ReadStanding(os.DirFS(args[0]), ".")
	if diags.HasErrors() {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []cobra.Completion
	for i, title := range s.Phases {
		out = append(out, cobra.CompletionWithDesc(fmt.Sprint(i), title))
	}
	return slices.Clip(out), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
