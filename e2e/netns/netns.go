// Package netns runs code in network namespaces.
package netns

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Space is a network namespace that this process holds open.
type Space struct{ handle *os.File }

// New makes a network namespace with its loopback up. It has no name and ends
// with the last process that holds it, however that ends.
func New() (*Space, error) {
	var s *Space
	err := onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make a network namespace: %w", err)
		}
		var err error
		s, err = Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()))
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, s.Command(context.Background(), "ip", "link", "set", "lo", "up")
}

// Open opens the namespace of a path, such as /run/netns/NAME.
func Open(path string) (*Space, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open a network namespace: %w", err)
	}
	return &Space{f}, nil
}

// Path is a path that names the namespace to other programs, as long as this
// process holds it.
func (s *Space) Path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), s.handle.Fd()) }

// Close lets go of the namespace.
func (s *Space) Close() error { return s.handle.Close() }

// Do runs a function on a thread in the namespace. Sockets that it opens and
// programs that it starts stay there; goroutines that it starts do not.
func (s *Space) Do(run func() error) error {
	return onThread(func() error {
		if err := unix.Setns(int(s.handle.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("enter a network namespace: %w", err)
		}
		return run()
	})
}

// Command runs a program in the namespace.
func (s *Space) Command(ctx context.Context, name string, args ...string) error {
	return s.Do(func() error {
		out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
		}
		return nil
	})
}

// Script runs lines of ip's own language in the namespace.
func (s *Space) Script(ctx context.Context, lines ...string) error {
	return s.Do(func() error {
		cmd := exec.CommandContext(ctx, "ip", "-batch", "-")
		cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("ip: %w: %s\n%s", err, out, strings.Join(lines, "\n"))
		}
		return nil
	})
}

// onThread runs a function on a thread that is thrown away afterwards, since it
// may be left in another namespace.
func onThread(run func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := errors.New("the function left its goroutine")
		defer func() { done <- err }()
		err = run()
	}()
	return <-done
}

// Missing says what this machine lacks for network namespaces of its own, empty
// when nothing.
func Missing(programs ...string) string {
	if os.Geteuid() != 0 {
		return "only root may make network namespaces"
	}
	for _, p := range append([]string{"ip"}, programs...) {
		if _, err := exec.LookPath(p); err != nil {
			return p + " is not installed"
		}
	}
	return ""
}
