package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// repository is a git repository, worked on with the user's own git: its
// identity, its hooks and its signing are those of every other commit.
type repository struct {
	dir  string   // the root of the work tree, absolute and without symbolic links
	hold *os.File // a lock that git holds while it runs, so that it outlasts us; nil for none
}

// openRepository finds the repository that holds a directory.
func openRepository(ctx context.Context, dir string) (*repository, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("git is needed to promote a phase: %w", err)
	}
	at, err := realPath(dir)
	if err != nil {
		return nil, err
	}
	r := &repository{dir: at}
	top, err := r.line(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%s is in no work tree of git: %w", dir, err)
	}
	r.dir, err = realPath(top)
	return r, err
}

// run runs git in the repository and returns what it printed.
func (r *repository) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Env = cleanGitEnv(os.Environ())
	if r.hold != nil {
		cmd.ExtraFiles = []*os.File{r.hold}
	}
	detach(cmd)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w%s", args[0], err, saidBy(said.String()+out.String()))
	}
	return out.String(), nil
}

// line runs git and returns the one line that it printed.
func (r *repository) line(ctx context.Context, args ...string) (string, error) {
	out, err := r.run(ctx, args...)
	return strings.TrimSuffix(out, "\n"), err
}

// cleanGitEnv drops what ties git to another repository, as in a hook of it.
func cleanGitEnv(env []string) []string {
	var out []string
	for _, v := range env {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_COMMON_DIR":
		default:
			out = append(out, v)
		}
	}
	return out
}

func saidBy(said string) string {
	said = strings.TrimSpace(said)
	if said == "" {
		return ""
	}
	return "\n  " + strings.ReplaceAll(said, "\n", "\n  ")
}

// clean refuses a work tree with changes: a commit of rehome holds one phase and
// nothing else.
func (r *repository) clean(ctx context.Context) error {
	out, err := r.run(ctx, "status", "--porcelain")
	if err != nil || out == "" {
		return err
	}
	var paths []string
	for line := range strings.Lines(out) {
		paths = append(paths, strings.TrimSpace(line[2:]))
	}
	return fmt.Errorf("%s has changes that are not committed (%s): commit or stash them first", r.dir, firstOf(paths))
}

// branch returns the branch that is checked out, "" when none is.
func (r *repository) branch(ctx context.Context) (string, error) {
	name, err := r.line(ctx, "symbolic-ref", "--quiet", "HEAD")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", nil
	}
	return strings.TrimPrefix(name, "refs/heads/"), err
}

// commitOf returns the commit of a branch, "" when there is no such branch.
func (r *repository) commitOf(ctx context.Context, branch string) (string, error) {
	id, err := r.line(ctx, "rev-parse", "--verify", "--quiet", "refs/heads/"+branch+"^{commit}")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", nil
	}
	return id, err
}

// draft is a work tree of its own, in which commits are made that no branch
// holds yet. Whatever ends the run, the user's work tree and branches are as they
// were; what a killed run leaves is removed by the next.
type draft struct {
	*repository
	of   *repository
	lock *os.File
}

// The names in the directory of git.
const (
	draftDir  = "rehome-promotion"
	draftLock = "rehome-promotion.lock"
)

// openDraft makes a draft that begins at a commit.
func (r *repository) openDraft(ctx context.Context, commit string) (*draft, error) {
	common, err := r.line(ctx, "rev-parse", "--path-format=absolute", "--git-common-dir")
	if err != nil {
		return nil, err
	}
	lock, err := os.Create(filepath.Join(common, draftLock))
	if err != nil {
		return nil, err
	}
	if err := lockSoon(ctx, lock); errors.Is(err, errLocked) {
		return nil, errors.Join(fmt.Errorf("another run of rehome promotes a phase in %s: run again when it has ended", r.dir), lock.Close())
	}
	held := &repository{dir: r.dir, hold: lock}
	d := &draft{repository: &repository{dir: filepath.Join(common, draftDir), hold: lock}, of: held, lock: lock}
	if err := d.remove(ctx); err != nil { // of a run that was killed
		return nil, errors.Join(err, lock.Close())
	}
	if _, err := held.run(ctx, "worktree", "add", "--quiet", "--detach", d.dir, commit); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// lockSoon locks a file. It waits a little for what a killed run left running.
func lockSoon(ctx context.Context, lock *os.File) error {
	const patience, pause = 5 * time.Second, 20 * time.Millisecond
	for begin := time.Now(); ; time.Sleep(pause) {
		if err := tryLock(lock); !errors.Is(err, errLocked) || ctx.Err() != nil || time.Since(begin) > patience {
			return err
		}
	}
}

// remove removes the work tree, if there is one.
func (d *draft) remove(ctx context.Context) error {
	if err := os.RemoveAll(d.dir); err != nil {
		return err
	}
	_, err := d.of.run(ctx, "worktree", "prune")
	return err
}

// close removes the draft; commits that no branch holds are collected by git.
func (d *draft) close() error {
	return errors.Join(d.remove(context.Background()), d.lock.Close())
}

// commit commits files, whose paths are relative to the work tree, and returns
// the commit.
func (d *draft) commit(ctx context.Context, files map[string][]byte, message string) (string, error) {
	args := []string{"add", "--"}
	for path, data := range files { // the index has its own order
		if err := os.WriteFile(filepath.Join(d.dir, filepath.FromSlash(path)), data, 0o644); err != nil {
			return "", err
		}
		args = append(args, path)
	}
	if _, err := d.run(ctx, args...); err != nil {
		return "", err
	}
	// A phase that is only a gate changes no file.
	if _, err := d.run(ctx, "commit", "--quiet", "--allow-empty", "--cleanup=whitespace", "-m", message); err != nil {
		return "", err
	}
	return d.line(ctx, "rev-parse", "HEAD")
}

// publish makes a branch point at a commit, which descends from the one that it
// points at. With the branch that is checked out the work tree moves too.
func (r *repository) publish(branch, old, commit string, checkedOut bool) error {
	ctx := context.Background() // not to be ended half way
	if checkedOut {
		_, err := r.run(ctx, "merge", "--quiet", "--ff-only", commit)
		return err
	}
	if old == "" {
		old = strings.Repeat("0", len(commit)) // there is no such branch yet, and must not be
	}
	_, err := r.run(ctx, "update-ref", "-m", "rehome promote", "refs/heads/"+branch, commit, old)
	return err
}
