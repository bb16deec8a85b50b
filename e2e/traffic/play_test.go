package traffic

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) int32 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return int32(l.Addr().(*net.TCPAddr).Port)
}

// play runs a stand-in until the test ends, or stop is called.
func play(t *testing.T, d *Descriptor) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Play(ctx, d) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stand-in %s: %v", d.Self, err)
		}
	}
	t.Cleanup(stop)
	for _, l := range d.Listen {
		if l.Protocol != "UDP" {
			await(t, l.Port)
		}
	}
	return stop
}

func await(t *testing.T, port int32) {
	t.Helper()
	for range 200 {
		c, err := net.Dial("tcp", local(port))
		if err == nil {
			c.Close()
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("nobody listens on %d", port)
}

func local(port int32) string { return "127.0.0.1:" + strconv.Itoa(int(port)) }

func TestAnswersInEveryProtocol(t *testing.T) {
	port := freePort(t)
	d := &Descriptor{Self: Identity{"shop", "cart", "cart-0"}, Listen: []Listen{{Port: port}, {Port: port, Protocol: "UDP"}}}
	play(t, d)
	for _, protocol := range []string{"HTTP", "TCP", "UDP"} {
		for _, kind := range []Client{Fresh, Cached, KeepAlive} {
			a, err := newAsker(protocol, kind)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), Patience)
			defer cancel()
			for range 3 {
				by, err := a.ask(ctx, Target{"localhost", port})
				if err != nil || by != d.Self {
					t.Errorf("%s %s: answered by %s, %v", protocol, kind, by, err)
				}
			}
		}
	}
}

func TestReadyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ready")
	port := freePort(t)
	play(t, &Descriptor{Self: Identity{"a", "b", "c"}, Listen: []Listen{{Port: port}}, ReadyFile: file})
	status := func(path string) int {
		r, err := http.Get("http://" + local(port) + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode
	}
	if s := status(ReadyPath); s != http.StatusServiceUnavailable {
		t.Errorf("ready without the file: %d", s)
	}
	if s := status("/"); s != http.StatusOK {
		t.Errorf("alive: %d", s)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := status(ReadyPath); s != http.StatusOK {
		t.Errorf("ready with the file: %d", s)
	}
}

func TestOccupiedPortIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := &Descriptor{Listen: []Listen{{Port: int32(l.Addr().(*net.TCPAddr).Port)}}}
	if err := Play(context.Background(), d); err == nil {
		t.Error("a stand-in plays without its port")
	}
	if err := Play(context.Background(), &Descriptor{Listen: []Listen{{Port: 1, Protocol: "SCTP"}}}); err == nil {
		t.Error("a stand-in claims to speak SCTP")
	}
}

// callOnce runs a caller for a while and returns what it sent.
func callOnce(t *testing.T, during func(), edges ...Edge) []Total {
	t.Helper()
	dir := t.TempDir()
	from := time.Now()
	stop := play(t, &Descriptor{Self: Identity{"web", "front", "front-0"}, Edges: edges, Ledger: filepath.Join(dir, "front.jsonl")})
	during()
	stop()
	rows, err := Rows(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	return Sum(rows, from.Truncate(time.Second), time.Now().Add(2*time.Second))
}

func TestLedgerOfAnOutage(t *testing.T) {
	port := freePort(t)
	server := &Descriptor{Self: Identity{"shop", "cart", "cart-0"}, Listen: []Listen{{Port: port}}}
	stop := play(t, server)
	edge := Edge{Name: "front -> cart", Hosts: []string{"localhost"}, Port: port, Expect: []string{"shop/cart"}, Rate: 50}
	var down, up time.Time
	totals := callOnce(t, func() {
		time.Sleep(600 * time.Millisecond)
		down = time.Now()
		stop()
		time.Sleep(400 * time.Millisecond)
		up = time.Now()
		play(t, server)
		time.Sleep(600 * time.Millisecond)
	}, edge)
	if len(totals) != 3 {
		t.Fatalf("got %d totals, want one for each client: %+v", len(totals), totals)
	}
	for _, got := range totals {
		if got.Sent < 60 || got.Sent > 90 || got.Lost < 12 || got.Lost > 30 || got.Skipped != 0 {
			t.Errorf("%s: sent %d, lost %d, skipped %d", got.Client, got.Sent, got.Lost, got.Skipped)
		}
		if got.Sent != got.Lost+got.By["shop/cart"] {
			t.Errorf("%s: %d sent are not %d lost and %v", got.Client, got.Sent, got.Lost, got.By)
		}
		if got.First.Before(down.Add(-Patience)) || got.Last.After(up.Add(500*time.Millisecond)) {
			t.Errorf("%s: lost from %s to %s, down from %s to %s", got.Client, got.First, got.Last, down, up)
		}
	}
}

func TestLosses(t *testing.T) {
	port := freePort(t)
	play(t, &Descriptor{Self: Identity{"foo", "cart", "cart-0"}, Listen: []Listen{{Port: port}}})
	tests := []struct {
		edge   Edge
		reason string
	}{
		{Edge{Hosts: []string{"localhost"}, Port: port, Expect: []string{"shop/cart"}}, "answered by foo/cart"},
		{Edge{Hosts: []string{"localhost"}, Port: freePort(t), Expect: []string{"shop/cart"}}, "refused"},
		{Edge{Hosts: []string{"nothing.invalid"}, From: []Place{{Env: "NOT_SET"}}}, "not named"},
	}
	for _, tt := range tests {
		tt.edge.Name, tt.edge.Rate, tt.edge.Clients = tt.reason, 20, []Client{Fresh}
		totals := callOnce(t, func() { time.Sleep(300 * time.Millisecond) }, tt.edge)
		if len(totals) != 1 || totals[0].Lost == 0 || totals[0].Lost != totals[0].Sent || totals[0].Reasons[tt.reason] != totals[0].Lost {
			t.Errorf("%s: got %+v", tt.reason, totals)
		}
	}
}

func TestUnknownClientAndProtocol(t *testing.T) {
	for _, e := range []Edge{{Clients: []Client{"psychic"}}, {Protocol: "SCTP"}} {
		e.Name, e.Hosts = "x", []string{"localhost"}
		err := Play(context.Background(), &Descriptor{Edges: []Edge{e}, Ledger: filepath.Join(t.TempDir(), "l.jsonl")})
		if err == nil {
			t.Errorf("%+v plays", e)
		}
	}
}

func TestSumCutsLosses(t *testing.T) {
	base := time.Unix(1000, 0)
	rows := []Row{
		{Second: 1000, Edge: "e", Client: Fresh, Sent: 10, Lost: []Loss{{base.Add(100 * time.Millisecond), "refused"}, {base.Add(900 * time.Millisecond), "timeout"}}},
		{Second: 1001, Edge: "e", Client: Fresh, Sent: 10, Lost: []Loss{{base.Add(1200 * time.Millisecond), "refused"}, {base.Add(1700 * time.Millisecond), "late"}}},
	}
	got := Sum(rows, base.Add(500*time.Millisecond), base.Add(1500*time.Millisecond))
	if len(got) != 1 || got[0].Sent != 10 || got[0].Lost != 2 || fmt.Sprint(got[0].Reasons) != "map[refused:1 timeout:1]" {
		t.Errorf("got %+v", got)
	}
}
