package kubelet

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// pool gives addresses to pods, each as late as possible a second time.
type pool struct {
	in    netip.Prefix
	first netip.Addr // of the node's side of every pod

	mu    sync.Mutex
	last  netip.Addr
	taken map[netip.Addr]bool
}

func newPool(in netip.Prefix) *pool {
	first := in.Masked().Addr().Next()
	return &pool{in: in, first: first, last: first, taken: map[netip.Addr]bool{}}
}

// take returns a free address.
func (p *pool) take() (netip.Addr, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for a, wrapped := p.last.Next(), false; ; a = a.Next() {
		if !p.in.Contains(a.Next()) { // the last one is for broadcasts
			if wrapped {
				return netip.Addr{}, fmt.Errorf("no address of %s is free", p.in)
			}
			a, wrapped = p.first.Next(), true
		}
		if !p.taken[a] {
			p.taken[a] = true
			p.last = a
			return a, nil
		}
	}
}

func (p *pool) free(a netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.taken, a)
}

// connect makes the pod's namespace and its link to the node.
func (p *pod) connect(ctx context.Context) error {
	k := p.kubelet
	var err error
	if p.address, err = k.addresses.take(); err != nil {
		return err
	}
	if p.space, err = netns.New(); err != nil {
		return err
	}
	link, gateway := linkName(p.address), k.addresses.first.String()
	err = k.Node.Space.Script(ctx,
		"link add "+link+" type veth peer name eth0 netns "+p.space.Path(),
		"addr add "+gateway+"/32 dev "+link,
		"link set "+link+" up",
		"route add "+p.address.String()+"/32 dev "+link)
	if err != nil {
		return err
	}
	err = p.space.Script(ctx,
		"addr add "+p.address.String()+"/32 dev eth0",
		"link set eth0 up",
		"route add "+gateway+" dev eth0 scope link",
		"route add default via "+gateway)
	if err != nil {
		return err
	}
	// Container runtimes let every user listen on every port (containerd's
	// enable_unprivileged_ports, moby's default).
	return p.space.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0o644)
	})
}

// disconnect gives the address back and lets go of the namespace.
func (p *pod) disconnect(ctx context.Context) error {
	if p.space == nil {
		return nil
	}
	// The namespace ends later than its last process; the link, now.
	err := p.kubelet.Node.Space.Script(ctx, "link del "+linkName(p.address))
	p.kubelet.addresses.free(p.address)
	return errors.Join(err, p.space.Close())
}

// linkName is the name of the node's side of a pod's link.
func linkName(a netip.Addr) string { return "pod" + strings.ReplaceAll(a.String(), ".", "") }
