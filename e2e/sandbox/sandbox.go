// Package sandbox runs a test in namespaces of its own: process identifiers,
// mounts, and the network. Whatever the test starts and mounts, the kernel ends
// with it, however it ends, and two tests side by side do not see each other.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// marker tells a process that it is the one inside.
const marker = "REHOME_E2E_SANDBOX"

// Dir is a directory in memory that is the own one of each sandbox.
const Dir = "/run/rehome"

// Inside reports whether this process runs in a sandbox.
func Inside() bool { return os.Getenv(marker) != "" }

// Missing says what this machine lacks for a sandbox with clusters in it, empty
// when nothing.
func Missing() string {
	if why := netns.Missing(); why != "" {
		return why
	}
	var missing []string
	for command, pkg := range packages() {
		if _, err := exec.LookPath(command); err != nil {
			missing = append(missing, pkg)
		}
	}
	if len(missing) > 0 {
		return "these Debian packages are not installed: " + strings.Join(sorted(missing), " ")
	}
	return ""
}

// Enter runs this program again, with the same arguments, in a sandbox, and
// returns its exit code. Variables are added to its environment.
func Enter(ctx context.Context, variables ...string) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	// The kernel kills the inner process when the thread that started it ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// What is measured is what a migration loses, not what the machine's other
	// work does to latency.
	cmd := exec.CommandContext(ctx, "nice", append([]string{"-n", priority, self}, os.Args[1:]...)...)
	cmd.Env = append(append(os.Environ(), marker+"=inside"), variables...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// priority is the nice value of everything in a sandbox.
const priority = "-10"

// Settle makes a new sandbox usable; the process inside calls it first.
func Settle() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts to oneself: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	// All of /run: programs of the network keep names and locks there.
	if err := unix.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	if err := os.MkdirAll(Dir, 0o755); err != nil {
		return err
	}
	out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip link set lo up: %w: %s", err, out)
	}
	return nil
}
