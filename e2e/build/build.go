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
	Kube      string `json:"kube"` // etcd, the control plane, kube-proxy and kubectl
	CoreDNS   string `json:"coredns"`
	Standin   string `json:"standin"`   // what runs in place of every image
	Container string `json:"container"` // starts a program as a container
	Rehome    string `json:"rehome"`
}

// program says how one is made.
type program struct {
	name    string
	dir     string // where it is built, below the module
	pkg     string // what is built there
	alone   bool   // the directory is a module of nothing else, and names the result
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
		{&out.Kube, program{name: "kube", dir: "bin/kube", pkg: ".", alone: true, ldflags: version()}},
		{&out.CoreDNS, program{name: "coredns", dir: "bin/coredns", pkg: ".", alone: true}},
		{&out.Standin, program{name: "standin", dir: ".", pkg: "./cmd/standin"}},
		{&out.Container, program{name: "container", dir: ".", pkg: "./cmd/container"}},
		{&out.Rehome, program{name: "rehome", dir: "..", pkg: "./cmd/rehome"}},
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

// build returns the path of a program, after making it if need be. A module of
// its own is compiled when its content is new; the others, which Go's own cache
// makes cheap, always, and the result is kept by its content.
func (b *builder) build(ctx context.Context, p *program) (string, error) {
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return "", err
	}
	if !p.alone {
		return b.compile(ctx, p, fileKey)
	}
	dir := filepath.Join(b.module, p.dir)
	key, err := contentKey(dir)
	if err != nil {
		return "", err
	}
	path := b.path(p, key)
	now := time.Now()
	if os.Chtimes(path, now, now) == nil { // it is there, and used
		return path, nil
	}
	b.tell("building " + p.name + " from source, which takes some minutes")
	path, err = b.compile(ctx, p, func(string) (string, error) { return key, nil })
	if err != nil {
		return "", err
	}
	b.tell(fmt.Sprintf("built %s in %.0f s", p.name, time.Since(now).Seconds()))
	return path, nil
}

func (b *builder) path(p *program, key string) string { return filepath.Join(b.cache, p.name+"-"+key) }

// compile builds under another name and renames: a run at the same time finds all
// of a program or none.
func (b *builder) compile(ctx context.Context, p *program, key func(file string) (string, error)) (string, error) {
	part := filepath.Join(b.cache, fmt.Sprintf("part-%s-%d", p.name, os.Getpid()))
	defer os.Remove(part) //nolint:errcheck // it is renamed, or half a program that nobody finds
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"+p.ldflags, "-o", part, p.pkg)
	cmd.Dir = filepath.Join(b.module, p.dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	k, err := key(part)
	if err != nil {
		return "", err
	}
	path := b.path(p, k)
	if err := os.Rename(part, path); err != nil {
		return "", err
	}
	return path, b.forget(p.name, path)
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
