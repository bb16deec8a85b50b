//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// promotions is a repository in which promotions are killed.
type promotions struct {
	*interruption
	env []string
}

func newPromotions(t *testing.T) *promotions {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	p := &promotions{interruption: newInterruption(t)}
	p.env = append(os.Environ(), "HOME="+p.dir, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Author", "GIT_AUTHOR_EMAIL=author@example.org", "GIT_COMMITTER_NAME=Author", "GIT_COMMITTER_EMAIL=author@example.org")
	p.git("init", "-q", "-b", "main", ".")
	p.render(0)
	p.git("add", "-A")
	p.git("commit", "-q", "-m", "render")
	return p
}

// git runs git and returns what it prints.
func (p *promotions) git(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %s: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// promote starts a run that commits all phases to a branch.
func (p *promotions) promote(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, append([]string{"promote", "out", "-q"}, args...)...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// check fails unless the branch that is checked out is at a commit and its work
// tree is what that commit holds.
func (p *promotions) check(head string) {
	p.t.Helper()
	if now := p.git("rev-parse", "HEAD"); now != head {
		p.t.Fatalf("the branch moved from %s to %s", head, now)
	}
	if status := p.git("status", "--porcelain"); status != "" {
		p.t.Fatalf("the work tree changed:\n%s", status)
	}
}

func TestPromotionKilled(t *testing.T) {
	p := newPromotions(t)
	head := p.git("rev-parse", "HEAD")
	begin := time.Now()
	if out, err := p.promote("--stack", "--branch", "whole").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(begin)
	want := p.git("rev-list", "--count", "main..whole")
	killed, left := 0, 0
	for i := range attempts {
		cmd := p.promote("--stack", "--branch", "killed")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole * time.Duration(i+1) / (attempts + 1))
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the state says how it ended
		if !cmd.ProcessState.Success() {
			killed++
		}
		if _, err := os.Stat(filepath.Join(p.dir, ".git", draftDir)); err == nil {
			left++
		}
		p.check(head)
		if p.git("branch", "--list", "killed") != "" {
			if got := p.git("rev-list", "--count", "main..killed"); got != want {
				t.Fatalf("a branch holds %s of %s phases", got, want)
			}
			p.git("branch", "-q", "-D", "killed")
		}
	}
	if left == 0 {
		t.Errorf("no run of %d was killed while it made commits", killed)
	}
	if out, err := p.promote("--phase", "1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p.check(p.git("rev-parse", "main"))
	if list := p.git("worktree", "list"); strings.Contains(list, draftDir) {
		t.Errorf("left behind: %s", list)
	}
	t.Logf("%d of %d runs were killed, %d of them while they made commits", killed, attempts, left)
}

func TestPromotionInterrupted(t *testing.T) {
	p := newPromotions(t)
	head := p.git("rev-parse", "HEAD")
	cmd := p.promote("--stack", "--branch", "interrupted")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for { // until it makes commits
		if _, err := os.Stat(filepath.Join(p.dir, ".git", draftDir)); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the state says how it ended
	if cmd.ProcessState.ExitCode() != exitFailure || !strings.Contains(said.String(), "is as it was: ") {
		t.Fatalf("%v: %s", cmd.ProcessState, said.String())
	}
	p.check(head)
	if _, err := os.Stat(filepath.Join(p.dir, ".git", draftDir)); err == nil {
		t.Error("the draft was not removed")
	}
	if p.git("branch", "--list", "interrupted") != "" {
		t.Error("the branch was made")
	}
}
