//go:build unix

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rehome-dev/rehome/internal/corpus"
)

// interruption is a repository with an output that runs are interrupted at.
type interruption struct {
	t      *testing.T
	binary string
	dir    string
}

func newInterruption(t *testing.T) *interruption {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The test binary is rehome when that is its name.
	r := &interruption{t: t, binary: filepath.Join(t.TempDir(), "rehome"), dir: t.TempDir()}
	if err := os.Symlink(self, r.binary); err != nil {
		t.Fatal(err)
	}
	if err := corpus.Write(r.dir, corpus.Generate(4, corpus.Kustomizations)); err != nil {
		t.Fatal(err)
	}
	return r
}

// command returns a run that has much to write: full manifests in one, overlays
// in the next.
func (r *interruption) command(i int) *exec.Cmd {
	args := []string{"render", corpus.PlanPath, "-o", "out", "-q"}
	if i%2 == 1 {
		args = append(args, "--flat")
	}
	cmd := exec.Command(r.binary, args...)
	cmd.Dir = r.dir
	return cmd
}

// render runs to the end.
func (r *interruption) render(i int) {
	r.t.Helper()
	if out, err := r.command(i).CombinedOutput(); err != nil {
		r.t.Fatalf("%v\n%s", err, out)
	}
}

// interrupt starts a run, waits until it writes and then a while, and sends a
// signal. It returns how the run ended.
func (r *interruption) interrupt(i int, signal syscall.Signal, wait time.Duration) (*os.ProcessState, string) {
	r.t.Helper()
	before := r.staged()
	cmd := r.command(i)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the state says how it ended
		close(ended)
	}()
	for !r.stages(before) {
		select {
		case <-ended:
			return cmd.ProcessState, stderr.String()
		case <-time.After(50 * time.Microsecond):
		}
	}
	time.Sleep(wait)
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		r.t.Fatal(err)
	}
	<-ended
	return cmd.ProcessState, stderr.String()
}

// staged returns the staging directories.
func (r *interruption) staged() []string {
	r.t.Helper()
	names, err := filepath.Glob(filepath.Join(r.dir, ".out.rehome-*"))
	if err != nil {
		r.t.Fatal(err)
	}
	return names
}

// stages reports whether there is a staging directory that was not there before.
func (r *interruption) stages(before []string) bool {
	return slices.ContainsFunc(r.staged(), func(name string) bool { return !slices.Contains(before, name) })
}

// mode returns how the output was written, after it was found to be complete.
func (r *interruption) mode() string {
	r.t.Helper()
	if err := verifySums(filepath.Join(r.dir, "out")); err != nil {
		r.t.Fatal(err)
	}
	lock, err := os.ReadFile(filepath.Join(r.dir, "out", lockFile))
	if err != nil {
		r.t.Fatal(err)
	}
	for line := range strings.Lines(string(lock)) {
		if mode, ok := strings.CutPrefix(line, "mode: "); ok {
			return strings.TrimSpace(mode)
		}
	}
	r.t.Fatal("the lock names no mode")
	return ""
}

var modes = []string{"overlay", "flat"}

// attempts is how often a run is interrupted, each time a little later.
const (
	attempts = 12
	later    = 500 * time.Microsecond
)

func TestInterrupted(t *testing.T) {
	r := newInterruption(t)
	r.render(0)
	interrupted := 0
	current := 0 // of modes
	for i := range attempts {
		state, stderr := r.interrupt(current+1, syscall.SIGINT, time.Duration(i)*later)
		if left := r.staged(); len(left) > 0 {
			t.Fatalf("left behind: %s", left)
		}
		switch state.ExitCode() {
		case exitClean:
			current = 1 - current
		case exitFailure:
			interrupted++
			if !strings.HasPrefix(lastLine(stderr), "rehome: out is as it was: ") || !strings.Contains(stderr, "interrupt") {
				t.Errorf("said %q", stderr)
			}
		default:
			if status, ok := state.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
				t.Fatalf("%v: %s", state, stderr)
			}
			current = slices.Index(modes, r.mode()) // it had finished, or not begun
		}
		if got := r.mode(); got != modes[current] {
			t.Fatalf("output is of mode %s, want %s", got, modes[current])
		}
	}
	if interrupted == 0 {
		t.Error("no run was interrupted")
	}
	t.Logf("%d of %d runs were interrupted", interrupted, attempts)
}

func TestKilled(t *testing.T) {
	r := newInterruption(t)
	r.render(0)
	left := 0
	for i := range attempts {
		current := slices.Index(modes, r.mode())
		r.interrupt(current+1, syscall.SIGKILL, time.Duration(i)*later)
		r.mode() // complete, whichever it is
		staged := r.staged()
		if len(staged) > 1 {
			t.Fatalf("not removed by the next run: %s", staged)
		}
		left += len(staged)
	}
	if left == 0 {
		t.Error("no run was killed while it wrote")
	}
	t.Logf("%d of %d runs were killed while they wrote", left, attempts)
	r.render(0)
	if staged := r.staged(); len(staged) > 0 {
		t.Errorf("not removed: %s", staged)
	}
}

// TestFullDisk limits the size of files, which fails like a disk that is full.
func TestFullDisk(t *testing.T) {
	r := newInterruption(t)
	for _, first := range []bool{true, false} {
		limited := r.command(1)
		limited.Path = "/bin/sh"
		limited.Args = append([]string{"sh", "-c", `ulimit -f 1 && exec "$0" "$@"`, r.binary}, limited.Args[1:]...)
		out, err := limited.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitFailure || !strings.Contains(string(out), "file too large") {
			t.Fatalf("%v: %s", err, out)
		}
		if left := r.staged(); len(left) > 0 {
			t.Fatalf("left behind: %s", left)
		}
		if !first {
			if !strings.HasPrefix(lastLine(string(out)), "rehome: out is as it was: ") || r.mode() != "overlay" {
				t.Errorf("said %s", out)
			}
			continue
		}
		if _, err := os.Lstat(filepath.Join(r.dir, "out")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("out exists: %v", err)
		}
		r.render(0)
	}
}

// TestReadOnlyDirectory runs as a user that may not write beside the output.
func TestReadOnlyDirectory(t *testing.T) {
	r := newInterruption(t)
	readOnly := filepath.Join(r.dir, "ro")
	if err := os.Mkdir(readOnly, 0o555); err != nil {
		t.Fatal(err)
	}
	cmd := r.command(0)
	cmd.Args[4] = "ro/out"
	if os.Geteuid() == 0 {
		// The superuser may write everywhere.
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		r.open()
	}
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exitFailure {
		t.Fatalf("%v: %s", err, out)
	}
	if want := "rehome: nothing was written to ro/out: "; !strings.HasPrefix(lastLine(string(out)), want) || !strings.HasSuffix(string(out), "permission denied\n") {
		t.Errorf("said %q", out)
	}
}

// open lets other users reach the repository and the binary.
func (r *interruption) open() {
	r.t.Helper()
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, path := range []string{r.dir, filepath.Dir(r.binary), self} {
		if !within(os.TempDir(), path) {
			r.t.Skipf("another user cannot reach %s", path)
		}
		for dir := path; dir != os.TempDir(); dir = filepath.Dir(dir) {
			if err := os.Chmod(dir, 0o755); err != nil {
				r.t.Skipf("another user cannot reach %s: %v", dir, err)
			}
		}
	}
}

// lastLine returns the last line of what a command said: warnings about the plan
// stand before the failure that ended it.
func lastLine(said string) string {
	said = strings.TrimSuffix(said, "\n")
	return said[strings.LastIndexByte(said, '\n')+1:]
}
