package traffic

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	spellings := []string{"cart", "cart.shop", "cart.shop.svc.cluster.local"}
	tests := []struct {
		name, text string
		hosts      []string
		want       string // empty: not named
	}{
		{"URL", "http://cart:8080/api", spellings, "cart:8080"},
		{"URL without port", "http://cart/api", spellings, "cart:80"},
		{"the longest spelling", "http://cart.shop.svc.cluster.local:8080", spellings, "cart.shop.svc.cluster.local:8080"},
		{"not within another name", "http://cart.other:8080 shopping-cart", spellings, ""},
		{"a name that ends a sentence", "ask cart. Or not", spellings, "cart:80"},
		{"absolute name", "cart.shop.svc.cluster.local.:7070", spellings, "cart.shop.svc.cluster.local:7070"},
		{"in a file of many", "a: b\ncart:\n  url: amqp://user:pass@cart.shop:5672/v\n", spellings, "cart.shop:5672"},
		{"nothing", "", spellings, ""},
		{"whole URL", "https://cart.shop:8443/x", nil, "cart.shop:8443"},
		{"whole host and port", "cart:7070\n", nil, "cart:7070"},
		{"whole host", "cart", nil, "cart:80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CART", tt.text)
			file := filepath.Join(t.TempDir(), "config")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, place := range []Place{{Env: "CART"}, {File: file}} {
				got, err := (&Edge{From: []Place{place}, Hosts: tt.hosts, Port: 80}).Find()
				switch {
				case tt.want == "" && !errors.Is(err, ErrNotNamed):
					t.Errorf("%+v: found %s, %v", place, got, err)
				case tt.want != "" && (err != nil || got.String() != tt.want):
					t.Errorf("%+v: got %s, %v; want %s", place, got, err, tt.want)
				}
			}
		})
	}
}

func TestFindWithoutPlace(t *testing.T) {
	got, err := (&Edge{Hosts: []string{"cart", "other"}, Port: 7}).Find()
	if err != nil || got.String() != "cart:7" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := (&Edge{Hosts: []string{"cart"}, From: []Place{{File: "/does/not/exist"}}}).Find(); !errors.Is(err, ErrNotNamed) {
		t.Errorf("a missing file: %v", err)
	}
}
