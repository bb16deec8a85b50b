package rehome_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rehome-dev/rehome/internal/kustbuild"
)

// newClusterWorld draws a world whose apps move to another cluster: to the
// namespace that they have, or to another one.
func newClusterWorld(seed uint64) *world {
	w := newWorld(seed)
	r := rand.New(rand.NewPCG(seed, 0x686f70))
	for _, a := range w.apps {
		a.frozen = false
		if a.target != "" && r.IntN(2) == 0 {
			a.target = w.namespaces[a.home].name
		}
		for i := range a.calls {
			a.calls[i].form = strings.Replace(a.calls[i].form, "https://", "http://", 1)
		}
	}
	for i := range w.namespaces {
		for j := range w.namespaces[i].shared {
			w.namespaces[i].shared[j] = strings.Replace(w.namespaces[i].shared[j], "https://", "http://", 1)
		}
	}
	if !slices.ContainsFunc(w.apps, func(a *worldApp) bool { return a.target != "" }) {
		w.apps[0].target = w.namespaces[w.apps[0].home].name
		w.apps[0].wave = 1
	}
	w.clusters = []string{
		"clusters:",
		"  old: {hop: {" + hopText(r, "old", 10) + "}}",
		"  new: {domain: " + pick(r, "cluster.local", "new.example") + ", hop: {" + hopText(r, "new", 20) + "}}",
		"dns: {zone: corp.example, provider: " + pick(r, "external-dns", "zonefile", "config-connector, managedZone: corp") + ", ttl: 90s}",
	}
	return w
}

// hopText draws the ingress of a cluster.
func hopText(r *rand.Rand, cluster string, address int) string {
	kind := pick(r, "flavour: traefik", "flavour: ingress, ingressClassName: nginx",
		"flavour: gateway, gateway: {name: gw, namespace: infra}", "flavour: gateway, gateway: {name: gw, namespace: infra, allowedRoutes: Same}")
	return fmt.Sprintf("%s, host: %s.corp.example, address: 192.0.2.%d, entryPoints: {web: 80}, rehearsal: %s", kind, cluster, address, pick(r, "always", "never"))
}

// TestRandomClusters tries on moves between clusters what must hold for every
// migration: the proof is clean, the way back leads back, equal input gives equal
// bytes, and what is written builds.
func TestRandomClusters(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			w := newClusterWorld(seed)
			files := w.write(nil)
			r, diags := compile(t, files, 1)
			flat := seed%4 == 0
			out := outputOf(t, r, nil, flat)
			foldBack(t, r)
			if seed%2 == 0 {
				checkOrderMeansNothing(t, w, seed, out, flat)
			} else {
				checkWorkersMeanNothing(t, files, int(seed), out, diags)
			}
			if seed%16 == 0 { // builds are slow
				kustbuild.CheckBuild(t, files, outDir, out, r.States)
			}
		})
	}
}
