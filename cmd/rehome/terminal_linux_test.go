package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestColour runs rehome with its standard error on a terminal: colour is for
// terminals whose user does not object (https://no-color.org).
func TestColour(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "rehome") // the test binary is rehome when that is its name
	if err := os.Symlink(self, binary); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte("kind: MigrationPlan\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		env  []string
		want bool
	}{
		{"terminal", []string{"TERM=xterm"}, true},
		{"NO_COLOR", []string{"TERM=xterm", "NO_COLOR=1"}, false},
		{"NO_COLOR that is empty", []string{"TERM=xterm", "NO_COLOR="}, true},
		{"dumb terminal", []string{"TERM=dumb"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			terminal, user := openTerminal(t)
			cmd := exec.Command(binary, "plan", "plan.yaml")
			cmd.Dir, cmd.Env, cmd.Stderr = dir, tt.env, terminal
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitFindings {
				t.Fatal(err)
			}
			seen := make([]byte, 1<<12)
			n, err := user.Read(seen)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(seen[:n]), "plan.yaml") {
				t.Fatalf("printed %q", seen[:n])
			}
			if got := bytes.Contains(seen[:n], []byte("\x1b[")); got != tt.want {
				t.Errorf("colour %v, want %v: %q", got, tt.want, seen[:n])
			}
		})
	}
}

// openTerminal returns both ends of a pseudo-terminal (pty(7)).
func openTerminal(t *testing.T) (terminal, user *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	t.Cleanup(func() { _ = user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	number, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return terminal, user
}
