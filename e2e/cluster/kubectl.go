package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Kubectl runs kubectl, of the same release as the cluster, and returns what it
// printed.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) (string, error) {
	return c.KubectlWith(ctx, nil, args...)
}

// KubectlWith runs kubectl with an input.
func (c *Cluster) KubectlWith(ctx context.Context, in io.Reader, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.opts.Programs.Kube, append([]string{"kubectl"}, args...)...)
	cmd.Stdin = in
	return c.run(cmd)
}

// Shell runs a line as a person types it into a shell in a directory, with
// kubectl on the path. A command that fails ends the line.
func (c *Cluster) Shell(ctx context.Context, dir, line string) (string, error) {
	bin, err := c.kubectlDir()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	return c.run(cmd)
}

func (c *Cluster) run(cmd *exec.Cmd) (string, error) {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	// kubectl keeps what it discovered in the home directory by default.
	cmd.Env = append(cmd.Env, "KUBECONFIG="+c.kubeconfig, "KUBECACHEDIR="+filepath.Join(c.opts.Dir, "kubecache"))
	var out, diags bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diags
	if err := cmd.Run(); err != nil {
		return out.String(), errors.Join(fmt.Errorf("%s: %w\n%s%s", strings.Join(cmd.Args[1:], " "), err, out.String(), diags.String()), c.Err())
	}
	return out.String(), nil
}

// kubectlDir returns a directory in which kubectl has its own name.
func (c *Cluster) kubectlDir() (string, error) {
	dir := filepath.Join(c.opts.Dir, "bin")
	script := filepath.Join(dir, "kubectl")
	if _, err := os.Stat(script); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	text := fmt.Sprintf("#!/bin/sh\nexec %s kubectl \"$@\"\n", c.opts.Programs.Kube)
	return dir, os.WriteFile(script, []byte(text), 0o755)
}
