package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// stopPatience is how long a program may take to end before it is killed.
const stopPatience = 5 * time.Second

// process is a program of the control plane.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// processes are the programs of a cluster, in the order in which they were
// started.
type processes struct {
	dir string // for their output

	mu       sync.Mutex
	list     []*process
	stopping bool
	died     error
}

// start starts a program, in a network namespace unless that is nil.
func (ps *processes) start(name string, space *netns.Space, args ...string) error {
	out, err := os.Create(filepath.Join(ps.dir, name+".log"))
	if err != nil {
		return err
	}
	defer out.Close()                                                                             //nolint:errcheck // the program has its own handle
	p := &process{name: name, cmd: exec.Command(args[0], args[1:]...), done: make(chan struct{})} //nolint:noctx // it ends by stop
	p.cmd.Stdout, p.cmd.Stderr = out, out
	start := p.cmd.Start
	if space != nil {
		start = func() error { return space.Do(p.cmd.Start) }
	}
	if err := start(); err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	ps.mu.Lock()
	ps.list = append(ps.list, p)
	ps.mu.Unlock()
	go ps.watch(p)
	return nil
}

// watch notes the end of a program that should have gone on.
func (ps *processes) watch(p *process) {
	err := p.cmd.Wait()
	ps.mu.Lock()
	if !ps.stopping {
		ps.died = errors.Join(ps.died, fmt.Errorf("%s ended (%w): %s", p.name, err, tail(filepath.Join(ps.dir, p.name+".log"))))
	}
	ps.mu.Unlock()
	close(p.done)
}

// err returns what ended that should have gone on.
func (ps *processes) err() error {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.died
}

// stop ends all programs, the last one first.
func (ps *processes) stop() {
	ps.mu.Lock()
	ps.stopping = true
	list := ps.list
	ps.mu.Unlock()
	for i := len(list) - 1; i >= 0; i-- {
		p := list[i]
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended already
		select {
		case <-p.done:
		case <-time.After(stopPatience):
			_ = p.cmd.Process.Kill() // likewise
			<-p.done
		}
	}
}

// tail returns the end of a file, for a message.
func tail(path string) string {
	const most = 2000
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-most):])
}
