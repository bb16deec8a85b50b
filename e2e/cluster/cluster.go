// Package cluster runs real Kubernetes clusters in a sandbox: etcd, the API
// server, controllers and scheduler of one release, two nodes with kube-proxy,
// CoreDNS as kubeadm configures it, and hollow kubelets that run stand-ins in
// place of images. NetworkPolicies are enforced on both nodes.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/kubelet"
)

// ProxyMode is how kube-proxy writes its rules.
type ProxyMode string

// The modes of kube-proxy.
const (
	NFTables ProxyMode = "nftables"
	IPTables ProxyMode = "iptables"
)

// Nodes is how many nodes a cluster has.
const Nodes = 2

// DNSAddress is the address of the cluster's DNS, as kubeadm chooses it.
const DNSAddress = "10.96.0.10"

// Options are what a cluster is started with.
type Options struct {
	Number   int    // tells clusters of one sandbox apart; 0 to 40
	Dir      string // for logs and state; it is made
	Programs *build.Programs
	Proxy    ProxyMode      // NFTables when empty
	Player   kubelet.Player // what containers run; CoreDNS needs no player
	Log      *slog.Logger
}

// Cluster is a running cluster.
type Cluster struct {
	Client kubernetes.Interface
	Config *rest.Config

	opts       Options
	plan       plan
	pki        *authority
	kubeconfig string
	procs      *processes
	closers    []func() // in the order in which what they close was opened

	mu   sync.Mutex
	died error
}

// Start starts a cluster and waits until it resolves names. On an error nothing
// of it is left.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	if opts.Proxy == "" {
		opts.Proxy = NFTables
	}
	c := &Cluster{opts: opts, plan: plan{opts.Number}, procs: &processes{dir: filepath.Join(opts.Dir, "logs")}}
	if err := errors.Join(os.MkdirAll(c.procs.dir, 0o755), kubelet.MakeOpen(kubelet.Shared)); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("start a cluster: %w", errors.Join(err, c.Err()))
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	if err := c.plan.lan(ctx); err != nil {
		return err
	}
	c.closing(func() { c.note(c.plan.removeLAN(context.Background())) })
	c.closing(c.procs.stop)
	if err := c.startControl(ctx); err != nil {
		return err
	}
	for i := range Nodes {
		if err := c.startNode(ctx, i); err != nil {
			return err
		}
	}
	return c.startDNS(ctx)
}

// Close ends the cluster. The test's context may have ended before.
func (c *Cluster) Close() {
	for _, f := range slices.Backward(c.closers) {
		f()
	}
	c.closers = nil
}

func (c *Cluster) closing(f func()) { c.closers = append(c.closers, f) }

// note keeps an error of a part of the cluster that runs by itself.
func (c *Cluster) note(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	c.mu.Lock()
	c.died = errors.Join(c.died, err)
	c.mu.Unlock()
}

// Err returns what ended or failed that should have gone on.
func (c *Cluster) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Join(c.died, c.procs.err())
}
