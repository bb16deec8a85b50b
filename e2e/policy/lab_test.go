package policy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// lab is two nodes with pods, a machine outside, and a Service address that the
// nodes translate as kube-proxy does.
type lab struct {
	nodes  map[string]*netns.Space
	spaces map[string]*netns.Space // pods, the machine outside and the nodes by name
	pods   []*corev1.Pod
	keep   []*Enforcer
}

// The parts of the lab. Every pod listens on all of these ports, whatever it
// declares.
const (
	outsider = "198.51.100.7"
	vip      = "10.96.0.10" // port 80: shop/cart at 8081
)

func listened() []string { return []string{"8080", "8081", "9090"} }

// labPods returns the pods of the lab: name, node, address, labels, and the ports
// that they declare.
func labPods() []*corev1.Pod {
	pod := func(name, node, address string, labels map[string]string, ports ...corev1.ContainerPort) *corev1.Pod {
		namespace, short, _ := strings.Cut(name, "/")
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: short, Labels: labels},
			Spec:       corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Ports: ports}}},
			Status:     corev1.PodStatus{PodIP: address, Phase: corev1.PodRunning},
		}
	}
	return []*corev1.Pod{
		pod("web/front", "a", "10.9.0.2", map[string]string{"app": "front"}),
		pod("web/cart", "a", "10.9.0.3", map[string]string{"app": "cart", "tier": "back"},
			corev1.ContainerPort{Name: "http", ContainerPort: 8080}, corev1.ContainerPort{Name: "admin", ContainerPort: 9090}),
		pod("shop/cart", "b", "10.9.1.2", map[string]string{"app": "cart", "tier": "back"},
			corev1.ContainerPort{Name: "http", ContainerPort: 8081}, corev1.ContainerPort{Name: "http", ContainerPort: 53, Protocol: corev1.ProtocolUDP}),
		pod("shop/pay", "b", "10.9.1.3", map[string]string{"app": "pay"}),
		pod("kube-system/dns", "a", "10.9.0.4", map[string]string{"k8s-app": "kube-dns"}),
	}
}

func labNamespaces() []*corev1.Namespace {
	var out []*corev1.Namespace
	for name, team := range map[string]string{"web": "red", "shop": "blue", "kube-system": ""} {
		out = append(out, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/metadata.name": name, "team": team}}})
	}
	return out
}

func newLab(t *testing.T) *lab {
	t.Helper()
	if why := netns.Missing("nft"); why != "" {
		t.Skip(why)
	}
	l := &lab{nodes: map[string]*netns.Space{}, spaces: map[string]*netns.Space{}, pods: labPods()}
	for _, name := range []string{"a", "b"} {
		l.nodes[name] = l.space(t, "node/"+name)
		l.script(t, l.nodes[name], "link add uplink type veth peer name node-"+name+" netns "+l.outside(t).Path())
	}
	l.connectNodes(t)
	for _, p := range l.pods {
		l.addPod(t, p)
	}
	l.serve(t, l.spaces["outside"])
	for _, name := range []string{"a", "b"} {
		e, err := NewEnforcer(l.nodes[name])
		if err != nil {
			t.Fatal(err)
		}
		l.keep = append(l.keep, e)
	}
	return l
}

func (l *lab) space(t *testing.T, name string) *netns.Space {
	t.Helper()
	s, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	l.spaces[name] = s
	return s
}

// outside is the machine outside, which also routes between the nodes.
func (l *lab) outside(t *testing.T) *netns.Space {
	t.Helper()
	if s := l.spaces["outside"]; s != nil {
		return s
	}
	return l.space(t, "outside")
}

func (l *lab) script(t *testing.T, s *netns.Space, lines ...string) {
	t.Helper()
	if err := s.Script(context.Background(), lines...); err != nil {
		t.Fatal(err)
	}
}

func (l *lab) connectNodes(t *testing.T) {
	t.Helper()
	out := l.outside(t)
	l.script(t, out, "addr add "+outsider+"/32 dev lo")
	for i, name := range []string{"a", "b"} {
		l.script(t, out, "addr add 10.0."+strconv.Itoa(i)+".1/24 dev node-"+name, "link set dev node-"+name+" up",
			fmt.Sprintf("route add 10.9.%d.0/24 via 10.0.%d.2 src %s", i, i, outsider))
		node := l.nodes[name]
		l.script(t, node, fmt.Sprintf("addr add 10.0.%d.2/24 dev uplink", i), "link set dev uplink up", fmt.Sprintf("route add default via 10.0.%d.1", i))
		l.command(t, node, "nft", "add table ip proxy; add chain ip proxy pre { type nat hook prerouting priority dstnat; }; "+
			"add rule ip proxy pre ip daddr "+vip+" tcp dport 80 dnat to 10.9.1.2:8081")
		l.command(t, node, "sysctl", "-qw", "net.ipv4.ip_forward=1")
	}
	l.command(t, out, "sysctl", "-qw", "net.ipv4.ip_forward=1")
}

func (l *lab) command(t *testing.T, s *netns.Space, name string, args ...string) {
	t.Helper()
	if err := s.Command(context.Background(), name, args...); err != nil {
		t.Fatal(err)
	}
}

func (l *lab) addPod(t *testing.T, p *corev1.Pod) {
	t.Helper()
	s, node, ip := l.space(t, p.Namespace+"/"+p.Name), l.nodes[p.Spec.NodeName], p.Status.PodIP
	gateway := ip[:strings.LastIndexByte(ip, '.')] + ".1"
	veth := "v" + ip[strings.LastIndexByte(ip, '.')+1:]
	l.script(t, node, "link add "+veth+" type veth peer name eth0 netns "+s.Path(),
		"addr add "+gateway+"/32 dev "+veth, "link set "+veth+" up", "route add "+ip+"/32 dev "+veth)
	l.script(t, s, "addr add "+ip+"/32 dev eth0", "link set eth0 up", "route add "+gateway+" dev eth0 scope link", "route add default via "+gateway)
	l.serve(t, s)
}

// serve answers on the ports of a space, TCP and UDP, until the test ends.
func (l *lab) serve(t *testing.T, s *netns.Space) {
	t.Helper()
	err := s.Do(func() error {
		for _, port := range listened() {
			listener, err := net.Listen("tcp4", ":"+port)
			if err != nil {
				return err
			}
			t.Cleanup(func() { listener.Close() })
			go acceptEcho(listener)
		}
		conn, err := net.ListenPacket("udp4", ":53")
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			go echoPackets(conn)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func acceptEcho(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() { io.Copy(c, c); c.Close() }()
	}
}

func echoPackets(c net.PacketConn) {
	buffer := make([]byte, 100)
	for {
		n, from, err := c.ReadFrom(buffer)
		if err != nil {
			return
		}
		c.WriteTo(buffer[:n], from)
	}
}

// enforce puts policies into force on both nodes.
func (l *lab) enforce(t *testing.T, text string) {
	t.Helper()
	for i, name := range []string{"a", "b"} {
		r, err := Compile(&Snapshot{Node: name, Pods: l.pods, Namespaces: labNamespaces(), Policies: readPolicies(t, text)})
		if err == nil {
			err = l.keep[i].Apply(context.Background(), r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func readPolicies(t *testing.T, text string) []*networkingv1.NetworkPolicy {
	t.Helper()
	var out []*networkingv1.NetworkPolicy
	for _, doc := range strings.Split(text, "---\n") {
		p := &networkingv1.NetworkPolicy{}
		if err := yaml.UnmarshalStrict([]byte(doc), p); err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		if p.Name == "" {
			p.Name = fmt.Sprintf("p%d", len(out))
		}
		if p.Namespace != "" {
			out = append(out, p)
		}
	}
	return out
}

// open connects from a space, such as web/front or node/a, to another one or an
// address, at a port of TCP, or of UDP with the suffix /udp.
func (l *lab) open(from, to string) (net.Conn, error) {
	host, port, _ := strings.Cut(to, ":")
	port, network := strings.TrimSuffix(port, "/udp"), "tcp4"
	if strings.HasSuffix(to, "/udp") {
		network = "udp4"
	}
	for _, p := range l.pods {
		if p.Namespace+"/"+p.Name == host {
			host = p.Status.PodIP
		}
	}
	address := netip.AddrPortFrom(netip.MustParseAddr(host), 0).Addr().String() + ":" + port
	var conn net.Conn
	err := l.spaces[from].Do(func() (err error) {
		conn, err = (&net.Dialer{Timeout: 300 * time.Millisecond}).Dial(network, address)
		return err
	})
	return conn, err
}

// say sends a line and reads its echo.
func say(c net.Conn) error {
	c.SetDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := io.WriteString(c, "hello\n"); err != nil {
		return err
	}
	_, err := bufio.NewReader(c).ReadString('\n')
	return err
}

// passes reports whether a new connection carries a line and its echo.
func (l *lab) passes(from, to string) bool {
	c, err := l.open(from, to)
	if err != nil {
		return false
	}
	defer c.Close()
	return say(c) == nil
}
