// Package build makes the programs of a test cluster from source and keeps them
// in the user's cache directory by the content that they were made from, so that
// only the first run pays for compiling Kubernetes.
package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// KubernetesVersion is the release that bin/kube is built from.
const KubernetesVersion = "v1.36.3"

// Programs are the paths of the programs.
type Programs struct {
	Kube      string // etcd, the control plane, kube-proxy and kubectl
	CoreDNS   string
	Standin   string // what runs in place of every image
	Container string // starts a program as a container
}

// program says how one is made.
type program struct {
	name    string
	dir     string // where it is built, below the module
	pkg     string // what is built there
	sources string // whose content names the result, below the module
	skip    string // a directory below sources that is no part of it
	ldflags string
}

// version are linker flags that tell a Kubernetes program its version: kubectl
// refuses servers that do not know theirs.
func version() string {
	parts := strings.Split(strings.TrimPrefix(KubernetesVersion, "v"), ".")
	const p = " -X k8s.io/component-base/version."
	return p + "gitVersion=" + KubernetesVersion + p + "gitMajor=" + parts[0] + p + "gitMinor=" + parts[1] + p + "gitTreeState=clean"
}

// All builds what is not there yet. The module is the directory of e2e/go.mod;
// progress is told line by line.
func All(ctx context.Context, module string, tell func(string)) (*Programs, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	b := &builder{module: module, cache: filepath.Join(cache, "rehome-e2e"), tell: tell}
	out := &Programs{}
	for _, p := range []struct {
		path *string
		program
	}{
		{&out.Kube, program{name: "kube", dir: "bin/kube", pkg: ".", sources: "bin/kube", ldflags: version()}},
		{&out.CoreDNS, program{name: "coredns", dir: "bin/coredns", pkg: ".", sources: "bin/coredns"}},
		{&out.Standin, program{name: "standin", dir: ".", pkg: "./cmd/standin", sources: ".", skip: "bin"}},
		{&out.Container, program{name: "container", dir: ".", pkg: "./cmd/container", sources: ".", skip: "bin"}},
	} {
		if *p.path, err = b.build(ctx, &p.program); err != nil {
			return nil, fmt.Errorf("build %s: %w", p.name, err)
		}
	}
	return out, nil
}

type builder struct {
	module, cache string
	tell          func(string)
}

// build returns the path of a program, after making it if need be.
func (b *builder) build(ctx context.Context, p *program) (string, error) {
	key, err := contentKey(filepath.Join(b.module, p.sources), p.skip)
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.cache, p.name+"-"+key)
	now := time.Now()
	if os.Chtimes(path, now, now) == nil { // it is there, and used
		return path, nil
	}
	b.tell("building " + p.name + " from source")
	if err := b.compile(ctx, p, path); err != nil {
		return "", err
	}
	b.tell(fmt.Sprintf("built %s in %.0f s", p.name, time.Since(now).Seconds()))
	return path, b.forget(p.name, path)
}

// compile builds beside the path and renames: a run at the same time finds all of
// a program or none.
func (b *builder) compile(ctx context.Context, p *program, path string) error {
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	part := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.Remove(part) //nolint:errcheck // it is renamed, or half a program that nobody finds
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"+p.ldflags, "-o", part, p.pkg)
	cmd.Dir = filepath.Join(b.module, p.dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return os.Rename(part, path)
}

// keep is how long a program that nobody runs stays in the cache.
const keep = 14 * 24 * time.Hour

// forget removes old builds of a program.
func (b *builder) forget(name, current string) error {
	builds, err := filepath.Glob(filepath.Join(b.cache, name+"-*"))
	if err != nil {
		return err
	}
	for _, old := range builds {
		info, err := os.Stat(old)
		if err != nil || old == current || time.Since(info.ModTime()) < keep {
			continue
		}
		if err := os.Remove(old); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
