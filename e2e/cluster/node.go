package cluster

import (
	"context"
	"path/filepath"
	"sync"

	"k8s.io/client-go/informers"

	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/policy"
)

// startNode starts a node: its kubelet, what enforces policies, and kube-proxy.
func (c *Cluster) startNode(ctx context.Context, i int) error {
	n, err := c.plan.connect(ctx, i)
	if err != nil {
		return err
	}
	c.closing(func() { c.note(n.Space.Close()) })
	enforcer, err := policy.NewEnforcer(n.Space)
	if err != nil {
		return err
	}
	// Not the context of the start: the node lives until it is closed.
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	c.closing(func() {
		stop()
		running.Wait()
	})
	k := &kubelet.Kubelet{
		Node: *n, Client: c.Client, Player: c.playDNS, Programs: c.opts.Programs,
		Dir: filepath.Join(c.opts.Dir, n.Name), Log: c.opts.Log,
	}
	running.Go(func() { c.note(k.Run(alive)) })
	running.Go(func() {
		c.note(policy.Watch(alive, informers.NewSharedInformerFactory(c.Client, 0), n.Name, enforcer))
	})
	return c.procs.start("kube-proxy-"+n.Name, n.Space, c.opts.Programs.Kube, "kube-proxy",
		"--kubeconfig="+c.kubeconfig, "--hostname-override="+n.Name, "--proxy-mode="+string(c.opts.Proxy),
		"--cluster-cidr="+c.plan.allPods().String(),
		"--conntrack-max-per-core=0") // the kernel's limit belongs to the machine
}
