package traffic

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"
)

// TestToldReadiness tells a stand-in at its control socket whether it is ready.
func TestToldReadiness(t *testing.T) {
	port, socket := freePort(t), filepath.Join(t.TempDir(), "control")
	play(t, &Descriptor{Self: Identity{"a", "b", "c"}, Listen: []Listen{{Port: port}}, Control: socket})
	for _, ready := range []Readiness{Ready, NotReady, Ready} {
		if err := SetReady(context.Background(), socket, ready); err != nil {
			t.Fatal(err)
		}
		r, err := http.Get("http://" + local(port) + ReadyPath)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if got := r.StatusCode == http.StatusOK; got != bool(ready) {
			t.Errorf("told %t, answers %d", ready, r.StatusCode)
		}
	}
}

func TestQuestions(t *testing.T) {
	port := freePort(t)
	socket := filepath.Join(t.TempDir(), "control")
	self := Identity{"shop", "cart", "cart-0"}
	play(t, &Descriptor{Self: self, Listen: []Listen{{Port: port}, {Port: port, Protocol: "UDP"}}, Control: socket})
	tests := []struct {
		q      Question
		found  Found
		reason string // of every attempt
	}{
		{Question{Host: "127.0.0.1", Port: port, Tries: 3}, Addresses, ""},
		{Question{Host: "localhost", Port: port, Protocol: "UDP"}, Addresses, ""},
		{Question{Host: "127.0.0.1", Port: freePort(t)}, Addresses, "refused"},
		{Question{Host: "127.0.0.1", Port: freePort(t), Protocol: "UDP"}, Addresses, "refused"},
	}
	for _, tt := range tests {
		o, err := Ask(context.Background(), socket, tt.q)
		if err != nil || o.Found != tt.found || len(o.Attempts) != max(tt.q.Tries, 1) {
			t.Errorf("%s: got %+v, %v", tt.q, o, err)
			continue
		}
		for _, a := range o.Attempts {
			if a.Reason != tt.reason || tt.reason == "" && a.By != self {
				t.Errorf("%s: attempt %+v", tt.q, a)
			}
		}
	}
}

func TestCalls(t *testing.T) {
	t.Setenv("CART", "http://cart.shop:8080/")
	socket := Socket(t.TempDir(), "web", "front", "main")
	edges := []Edge{
		{Name: "cart", From: []Place{{Env: "CART"}}, Hosts: []string{"cart.shop"}, Expect: []string{"shop/cart"}},
		{Name: "pay", From: []Place{{Env: "PAY"}}, Hosts: []string{"pay.shop"}, Protocol: "UDP"},
	}
	play(t, &Descriptor{Self: Identity{"web", "front", "front"}, Control: socket, Edges: edges, Warmup: 60000, Ledger: filepath.Join(t.TempDir(), "l.jsonl")})
	var calls []Call
	var err error
	for range 100 {
		if calls, err = Calls(context.Background(), socket); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err != nil || len(calls) != 2 {
		t.Fatalf("%+v, %v", calls, err)
	}
	if calls[0] != (Call{"cart", Target{"cart.shop", 8080}, "TCP", ""}) || calls[1].Unnamed == "" || calls[1].Protocol != "UDP" {
		t.Errorf("got %+v", calls)
	}
}
