package traffic

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/rehome-dev/rehome/e2e/netns"
)

// nameserver answers one name with 127.0.0.1 and remembers what it was asked.
type nameserver struct {
	knows string
	mu    sync.Mutex
	asked []string
}

func (n *nameserver) serve(conn net.PacketConn) {
	buffer := make([]byte, 1500)
	for {
		size, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		n.answer(&m)
		if reply, err := m.Pack(); err == nil {
			conn.WriteTo(reply, from)
		}
	}
}

func (n *nameserver) answer(m *dnsmessage.Message) {
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	if q.Type == dnsmessage.TypeA {
		n.mu.Lock()
		n.asked = append(n.asked, q.Name.String())
		n.mu.Unlock()
	}
	switch {
	case q.Name.String() != n.knows:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 5},
			Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
		}}
	}
}

// TestResolvesAsAPod runs the real binary with the resolv.conf of a pod.
func TestResolvesAsAPod(t *testing.T) {
	if why := netns.Missing("go"); why != "" {
		t.Skip(why)
	}
	binary := filepath.Join(t.TempDir(), "standin")
	build := exec.Command("go", "build", "-o", binary, "../cmd/standin")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const cluster = "search web.svc.cluster.local svc.cluster.local cluster.local\n"
	tests := []struct {
		name, options, host, knows string
		asked                      []string // the first lookup, in order
	}{
		{"short name", "options ndots:5", "cart", "cart.web.svc.cluster.local.", []string{"cart.web.svc.cluster.local."}},
		{
			"fewer dots than ndots", "options ndots:5", "cart.shop.svc.cluster.local", "cart.shop.svc.cluster.local.",
			[]string{
				"cart.shop.svc.cluster.local.web.svc.cluster.local.", "cart.shop.svc.cluster.local.svc.cluster.local.",
				"cart.shop.svc.cluster.local.cluster.local.", "cart.shop.svc.cluster.local.",
			},
		},
		{"enough dots", "options ndots:1", "cart.shop", "cart.shop.svc.cluster.local.", []string{"cart.shop.", "cart.shop.web.svc.cluster.local.", "cart.shop.svc.cluster.local."}},
		{"absolute", "options ndots:5", "cart.example.", "cart.example.", []string{"cart.example."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conf := filepath.Join(t.TempDir(), "resolv.conf")
			if err := os.WriteFile(conf, []byte("nameserver 127.0.0.1\n"+cluster+tt.options+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			ns := &nameserver{knows: tt.knows}
			totals := playInSpace(t, binary, ns, &Descriptor{
				Self: Identity{"shop", "cart", "cart-0"}, Listen: []Listen{{Port: 80}}, ResolvConf: conf, Warmup: 100,
				Edges: []Edge{{Name: "self", Hosts: []string{tt.host}, Port: 80, Expect: []string{"shop/cart"}, Clients: []Client{Fresh}, Rate: 20}},
			})
			if len(totals) != 1 || totals[0].Sent == 0 || totals[0].Lost != 0 {
				t.Errorf("got %+v", totals)
			}
			if got := ns.asked[:min(len(ns.asked), len(tt.asked))]; !slices.Equal(got, tt.asked) {
				t.Errorf("asked for\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.asked, "\n"))
			}
		})
	}
}

// playInSpace runs the binary in a namespace of its own beside a nameserver.
func playInSpace(t *testing.T, binary string, ns *nameserver, d *Descriptor) []Total {
	t.Helper()
	space, err := netns.New()
	if err != nil {
		t.Fatal(err)
	}
	defer space.Close()
	dir := t.TempDir()
	d.Ledger = filepath.Join(dir, "self.jsonl")
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now().Truncate(time.Second)
	var conn net.PacketConn
	var out strings.Builder
	cmd := exec.Command(binary)
	cmd.Env = []string{DescriptorVariable + "=" + string(text)}
	cmd.Stderr = &out
	err = space.Do(func() (err error) {
		if conn, err = net.ListenPacket("udp", "127.0.0.1:53"); err != nil {
			return err
		}
		go ns.serve(conn)
		return cmd.Start()
	})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(600 * time.Millisecond)
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, out.String())
	}
	conn.Close()
	rows, err := Rows(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return Sum(rows, from, time.Now().Add(2*time.Second))
}
