package cluster

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"

	"github.com/rehome-dev/rehome/e2e/kubelet"
	"github.com/rehome-dev/rehome/e2e/netns"
)

// plan are the addresses of a cluster. The control plane is outside of its nodes,
// as a managed one is.
type plan struct{ number int }

// control is the address of the API server.
func (p plan) control() netip.Addr { return netip.AddrFrom4([4]byte{10, 10, byte(p.number), 254}) }

// node is the address of a node, counted from 0.
func (p plan) node(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 10, byte(p.number), byte(i + 1)})
}

// pods are the addresses of a node's pods.
func (p plan) pods(i int) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(100 + p.number), byte(i), 0}), 24)
}

// allPods are the addresses of all pods.
func (p plan) allPods() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(100 + p.number), 0, 0}), 16)
}

func (p plan) bridge() string { return fmt.Sprintf("lan%d", p.number) }

// serviceRange are the addresses of Services, as kubeadm chooses them.
const serviceRange = "10.96.0.0/16"

// lan makes the network that joins the control plane and the nodes.
func (p plan) lan(ctx context.Context) error {
	b := p.bridge()
	return script(ctx,
		[]string{"link", "add", b, "type", "bridge"},
		[]string{"addr", "add", p.control().String() + "/24", "dev", b},
		[]string{"link", "set", b, "up"},
	)
}

func (p plan) removeLAN(ctx context.Context) error {
	return script(ctx, []string{"link", "del", p.bridge()})
}

// script runs ip in the namespace of this process.
func script(ctx context.Context, commands ...[]string) error {
	for _, args := range commands {
		if out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %v: %w: %s", args, err, out)
		}
	}
	return nil
}

// connect makes a node and connects it to the network.
func (p plan) connect(ctx context.Context, i int) (*kubelet.Node, error) {
	space, err := netns.New()
	if err != nil {
		return nil, err
	}
	n := &kubelet.Node{Name: fmt.Sprintf("node-%d", i), Address: p.node(i), Pods: p.pods(i), DNS: netip.MustParseAddr(DNSAddress), Space: space}
	link := fmt.Sprintf("%sn%d", p.bridge(), i)
	lines := []string{
		"link set lo up",
		"addr add " + n.Address.String() + "/24 dev eth0",
		"link set eth0 up",
		// What no route leads to vanishes, as behind the router of a cloud.
		"route add blackhole default",
	}
	for j := range Nodes {
		if j != i {
			lines = append(lines, "route add "+p.pods(j).String()+" via "+p.node(j).String())
		}
	}
	if err := script(ctx,
		[]string{"link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space.Path()},
		[]string{"link", "set", link, "master", p.bridge()},
		[]string{"link", "set", link, "up"},
		[]string{"route", "add", n.Pods.String(), "via", n.Address.String()},
	); err != nil {
		return nil, err
	}
	if err := space.Script(ctx, lines...); err != nil {
		return nil, err
	}
	return n, space.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644) })
}
