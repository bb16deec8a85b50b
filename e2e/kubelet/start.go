package kubelet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/container"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// programDir is where a container finds the program that plays it.
const programDir = "/program"

// start makes the container and starts its program.
func (c *containerRun) start(ctx context.Context) (*process, error) {
	k := c.pod.kubelet
	program, err := k.Player(c.pod.current(), c.spec)
	if err != nil {
		return nil, err
	}
	spec, err := c.prepare(ctx, program)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(c.dir(), "container.json")
	if err := spec.Write(file); err != nil {
		return nil, err
	}
	out, err := c.output()
	if err != nil {
		return nil, err
	}
	defer out.Close() //nolint:errcheck // the program has its own handle
	p := &process{env: spec.Env, begun: time.Now(), done: make(chan struct{})}
	p.cmd = exec.Command(k.Programs.Container, file) //nolint:noctx // it ends by signals, after its grace period
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC}
	if err := c.pod.space.Do(p.cmd.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.spec.Name, err)
	}
	go p.wait()
	return p, nil
}

// wait notes the end of a program.
func (p *process) wait() {
	var exit *exec.ExitError
	err := p.cmd.Wait()
	if errors.As(err, &exit) {
		p.code = exit.ExitCode()
		if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
			p.code = 128 + int(s.Signal()) // as shells and runtimes count
		}
	} else if err != nil {
		p.code = 128
	}
	close(p.done)
}

// prepare works out everything about the container.
func (c *containerRun) prepare(ctx context.Context, program Program) (*container.Spec, error) {
	env, err := c.environment(ctx)
	if err != nil {
		return nil, err
	}
	mounts, err := c.mounts(ctx)
	if err != nil {
		return nil, err
	}
	args, from := c.command(program, env)
	if program.Standin != nil {
		text, err := json.Marshal(program.Standin)
		if err != nil {
			return nil, err
		}
		env.with(traffic.DescriptorVariable, string(text)).
			with(CommandVariable, env.expand(strings.Join(append(slices.Clone(c.spec.Command), c.spec.Args...), " ")))
	}
	root := filepath.Join(c.dir(), "root")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	uid, gid := c.identity()
	mounts = append(mounts,
		container.Mount{From: from, To: args[0], ReadOnly: true}, container.Mount{From: Shared, To: Shared})
	return &container.Spec{
		Root: root, Hostname: c.pod.hostname(), Mounts: mounts, Args: args, Env: env.list(), Dir: c.spec.WorkingDir, UID: uid, GID: gid,
	}, nil
}

// command returns what is run, and where the machine has its program.
func (c *containerRun) command(program Program, env *environment) (args []string, from string) {
	if program.Standin != nil {
		from = c.pod.kubelet.Programs.Standin
		return []string{filepath.Join(programDir, "standin")}, from
	}
	from = program.Path
	args = append(args, c.spec.Command...)
	args = append(args, c.spec.Args...)
	if len(args) > 0 && filepath.Base(args[0]) == filepath.Base(from) {
		args = args[1:]
	}
	for i := range args {
		args[i] = env.expand(args[i])
	}
	return append([]string{filepath.Join(programDir, filepath.Base(from))}, args...), from
}

// identity returns as whom the container runs.
func (c *containerRun) identity() (uid, gid int) {
	if s := c.pod.object.Spec.SecurityContext; s != nil {
		uid, gid = number(s.RunAsUser, uid), number(s.RunAsGroup, gid)
	}
	if s := c.spec.SecurityContext; s != nil {
		uid, gid = number(s.RunAsUser, uid), number(s.RunAsGroup, gid)
	}
	return uid, gid
}

func number(n *int64, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return int(*n)
}

// dir is where the files of the container are.
func (c *containerRun) dir() string {
	return filepath.Join(c.pod.kubelet.podDir(c.pod.object), "containers", c.spec.Name)
}

// output opens the file that the program writes to.
func (c *containerRun) output() (*os.File, error) {
	o := c.pod.object
	path := filepath.Join(c.pod.kubelet.Dir, "logs", o.Namespace+"_"+o.Name+"_"+c.spec.Name+".log")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}

// current is the pod as it is now, with its address.
func (p *pod) current() *corev1.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.latest.DeepCopy()
	out.Status.PodIP, out.Status.HostIP = p.address.String(), p.kubelet.Node.Address.String()
	return out
}

// hostname is the name by which the pod knows itself (GeneratePodHostNameAndDomain
// in pkg/kubelet/kubelet_pods.go).
func (p *pod) hostname() string {
	if p.object.Spec.Hostname != "" {
		return p.object.Spec.Hostname
	}
	const most = 63
	if len(p.object.Name) > most {
		return p.object.Name[:most]
	}
	return p.object.Name
}
