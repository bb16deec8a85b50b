package refs_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rehome-dev/rehome/internal/realdata"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// TestOnlineBoutique holds every call between Services that the manifests of
// the Online Boutique show, with its position, and that nothing else is found.
func TestOnlineBoutique(t *testing.T) {
	fsys, dir := realdata.OnlineBoutique(t)
	inv, diags := manifest.Read(fsys, []*manifest.Root{{Path: dir + "/base", Namespace: "boutique"}}, manifest.ReadOptions{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	found, findings := refs.Scan(inv, refs.Options{})
	if len(findings) > 0 {
		t.Errorf("unexpected findings: %v", findings)
	}
	var got []string
	for _, r := range found {
		if r.Refers == refs.ToService {
			got = append(got, fmt.Sprintf("%s -> %s:%s known=%t", r.Pos(), r.Target.Name, r.Port, r.Known))
		}
	}
	want := []string{
		"online-boutique/base/cartservice.yaml:51:18 -> redis-cart:6379 known=true",
		"online-boutique/base/checkoutservice.yaml:58:20 -> productcatalogservice:3550 known=true",
		"online-boutique/base/checkoutservice.yaml:60:20 -> shippingservice:50051 known=true",
		"online-boutique/base/checkoutservice.yaml:62:20 -> paymentservice:50051 known=true",
		"online-boutique/base/checkoutservice.yaml:64:20 -> emailservice:5000 known=true",
		"online-boutique/base/checkoutservice.yaml:66:20 -> currencyservice:7000 known=true",
		"online-boutique/base/checkoutservice.yaml:68:20 -> cartservice:7070 known=true",
		"online-boutique/base/frontend.yaml:70:20 -> productcatalogservice:3550 known=true",
		"online-boutique/base/frontend.yaml:72:20 -> currencyservice:7000 known=true",
		"online-boutique/base/frontend.yaml:74:20 -> cartservice:7070 known=true",
		"online-boutique/base/frontend.yaml:76:20 -> recommendationservice:8080 known=true",
		"online-boutique/base/frontend.yaml:78:20 -> shippingservice:50051 known=true",
		"online-boutique/base/frontend.yaml:80:20 -> checkoutservice:5050 known=true",
		"online-boutique/base/frontend.yaml:82:20 -> adservice:9555 known=true",
		"online-boutique/base/frontend.yaml:84:20 -> shoppingassistantservice:80 known=false",
		"online-boutique/base/loadgenerator.yaml:83:18 -> frontend:80 known=true",
		"online-boutique/base/loadgenerator.yaml:70:18 -> frontend:80 known=true",
		"online-boutique/base/recommendationservice.yaml:61:18 -> productcatalogservice:3550 known=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
}
