package sim

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/rehome-dev/rehome/manifest"
)

// flip holds the objects of a namespace move at the flip.
type flip struct {
	w                       *World
	oldService, aliasObject *manifest.Object
	oldPods, newPods        *manifest.Object
}

func newFlip(t testing.TB) flip {
	t.Helper()
	all := objects(t,
		deployment("web", "front"),
		serviceText("web", "cart", "ports: [{port: 80, targetPort: 7070}]"), alias("web", "cart", "cart.shop.svc.cluster.local"),
		deployment("web", "cart", "7070"), deployment("shop", "cart", "7070"),
		serviceText("shop", "cart", "ports: [{port: 80, targetPort: 7070}]"))
	f := flip{w: New(Cluster{Name: "c"}), oldService: all[1], aliasObject: all[2], oldPods: all[3], newPods: all[4]}
	for _, o := range []*manifest.Object{all[0], all[1], all[3], all[4], all[5]} {
		f.w.Put("c", o)
	}
	return f
}

// TestChangesAreReversible walks through every combination of the changes of a
// flip, forward and back.
func TestChangesAreReversible(t *testing.T) {
	f := newFlip(t)
	call := to(t, f.w, "web/front", "cart:80")
	want := func(flipped, retired, ready bool) (Outcome, string) {
		switch {
		case flipped && ready:
			return OK, "shop/cart:7070"
		case flipped || retired:
			return Refused, ""
		}
		return OK, "web/cart:7070"
	}
	for round := range 2 {
		for set := range 8 {
			flipped, retired, ready := set&1 != 0, set&2 != 0, set&4 != 0
			f.w.Put("c", f.oldService)
			if flipped {
				f.w.Put("c", f.aliasObject)
			}
			f.w.Put("c", f.oldPods)
			if retired {
				f.w.Remove("c", f.oldPods.ID)
			}
			f.w.Put("c", f.newPods)
			if !ready {
				f.w.SetPods("c", f.newPods.ID, f.w.Pods(f.newPods, NotReady))
			}
			outcome, backends := want(flipped, retired, ready)
			check(t, f.w, call, outcome, backends)
			if t.Failed() {
				t.Fatalf("round %d: flipped %v, retired %v, ready %v", round, flipped, retired, ready)
			}
		}
	}
}

func TestTerminatingPodsOutliveTheirWorkload(t *testing.T) {
	f := newFlip(t)
	f.w.Remove("c", f.oldPods.ID)
	f.w.SetPods("c", f.oldPods.ID, f.w.Pods(f.oldPods, Terminating))
	check(t, f.w, to(t, f.w, "web/front", "cart:80"), OK, "web/cart:7070")
	if f.w.Object("c", f.oldPods.ID) != nil {
		t.Error("the removed workload is still an object of the world")
	}
	f.w.Remove("c", f.oldPods.ID)
	check(t, f.w, to(t, f.w, "web/front", "cart:80"), Refused, "")
}

func TestCloneIsIndependent(t *testing.T) {
	f := newFlip(t)
	f.w.SetPods("c", f.newPods.ID, f.w.Pods(f.newPods, NotReady))
	clone := f.w.Clone()
	clone.Put("c", f.aliasObject)
	call := to(t, f.w, "web/front", "cart:80")
	check(t, f.w, call, OK, "web/cart:7070")
	check(t, clone, call, Refused, "")
	clone.Put("c", f.newPods)
	check(t, clone, call, OK, "shop/cart:7070")
	check(t, f.w, call, OK, "web/cart:7070")
}

// TestIndexesForget puts and removes objects at random and compares with a
// world that was built at once.
func TestIndexesForget(t *testing.T) {
	all := objects(t,
		deployment("web", "front"), deployment("web", "cart", "grpc=7070"), deployment("shop", "cart", "grpc=7070"),
		serviceText("web", "cart", "ports: [{port: 80, targetPort: grpc}]"),
		alias("web", "away", "cart.shop.svc.cluster.local"), serviceText("shop", "cart", "ports: [{port: 80, targetPort: grpc}]"),
		policyText("web", "deny", "podSelector: {}"), policyText("web", "allow", "podSelector: {matchLabels: {app: cart}}, ingress: [{}]"),
		policyText("shop", "deny", "podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: blue}}}]}]"),
		namespaceText("web", "team: blue"), namespaceText("shop", ""),
		"apiVersion: v1\nkind: Endpoints\nmetadata: {name: away, namespace: web}\nsubsets: [{addresses: [{ip: 192.0.2.7}], ports: [{port: 8080}]}]\n")
	rng := rand.New(rand.NewPCG(3, 4))
	w := New(Cluster{Name: "c"})
	w.Put("c", all[0])
	present := map[int]bool{0: true}
	for i := range 2000 {
		k := 1 + rng.IntN(len(all)-1)
		if present[k] {
			w.Remove("c", all[k].ID)
		} else {
			w.Put("c", all[k])
		}
		present[k] = !present[k]
		fresh := New(Cluster{Name: "c"})
		for j, o := range all {
			if present[j] {
				fresh.Put("c", o)
			}
		}
		for _, host := range []string{"cart", "away", "cart.shop"} {
			c := Call{Cluster: "c", From: from(t, w, "web/front"), Host: host, Port: 80, Libc: Glibc}
			got, want := w.Explain(c), fresh.Explain(c)
			if !strings.Contains(want.String(), "not in the manifests") && got.String() != want.String() {
				t.Fatalf("step %d, %s: got\n%s\nwant\n%s", i, host, got, want)
			}
		}
	}
}

func TestNobodyCalls(t *testing.T) {
	f := newFlip(t)
	if r := f.w.Call(Call{Cluster: "c", Host: "cart", Port: 80}); r.Outcome != Unknown {
		t.Errorf("outcome %q", r.Outcome)
	}
	if g := f.w.Pods(f.oldService, Ready); g.Template != nil {
		t.Errorf("a Service has pods: %+v", g)
	}
}

// TestTraceReads holds a whole trace: it is what a tired person gets to read.
func TestTraceReads(t *testing.T) {
	f := newFlip(t)
	f.w.Put("c", f.aliasObject)
	for _, o := range objects(t, policyText("shop", "cart", "podSelector: {matchLabels: {app: cart}}, ingress: [{from: [{podSelector: {}}]}]")) {
		f.w.Put("c", o)
	}
	r := f.w.Explain(to(t, f.w, "web/front", "cart:80"))
	want := []string{
		"a pod of Deployment web/front asks for cart:80",
		"lookup: cart.web.svc.cluster.local CNAME cart.shop.svc.cluster.local (ExternalName Service web/cart)",
		"lookup: cart.web.svc.cluster.local is the virtual IP of Service shop/cart",
		"port 80 is targetPort 7070, port 7070 of Deployment shop/cart",
		"ingress denied: of the policies that select pods {app=cart} of shop (cart) none admits pods {app=front} of web on TCP port 7070",
		"outcome: denied by policy",
	}
	var got []string
	for _, h := range r.Trace {
		got = append(got, h.Text)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p := r.Trace[1].Pos; p.File != "m.yaml" || p.Line == 0 {
		t.Errorf("the alias has no position: %v", p)
	}
}

// BenchmarkCall asks for one Service among many, with policies on both sides.
func BenchmarkCall(b *testing.B) {
	var texts []string
	for i := range 500 {
		name := "app" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26))
		texts = append(texts, deployment("shop", name, "grpc=7070"), serviceText("shop", name, "ports: [{port: 80, targetPort: grpc}]"),
			policyText("shop", name, "podSelector: {matchLabels: {app: "+name+"}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}}]}]"))
	}
	texts = append(texts, deployment("web", "front"), allowDNS("web"), alias("web", "cart", "appaa.shop.svc.cluster.local"),
		policyText("web", "front", "podSelector: {matchLabels: {app: front}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]"))
	w := worldOf(b, texts...)
	c := to(b, w, "web/front", "cart:80")
	if r := w.Explain(c); r.Outcome != OK {
		b.Fatal(r)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.Call(c)
	}
}

// BenchmarkPut flips a Service among many and back.
func BenchmarkPut(b *testing.B) {
	f := newFlip(b)
	b.ReportAllocs()
	for b.Loop() {
		f.w.Put("c", f.aliasObject)
		f.w.Put("c", f.oldService)
	}
}

// TestClonesRunSideBySide is for the race detector: clones share decoded objects.
func TestClonesRunSideBySide(t *testing.T) {
	f := newFlip(t)
	call := to(t, f.w, "web/front", "cart:80")
	var group sync.WaitGroup
	for range 4 {
		clone := f.w.Clone()
		group.Go(func() {
			for range 100 {
				clone.Put("c", f.aliasObject)
				if r := clone.Call(call); r.Outcome != OK || r.Backends[0].Workload.Namespace != "shop" {
					t.Errorf("flipped: %v", r.Outcome)
				}
				clone.Put("c", f.oldService)
				if r := clone.Call(call); r.Outcome != OK || r.Backends[0].Workload.Namespace != "web" {
					t.Errorf("back: %v", r.Outcome)
				}
			}
		})
	}
	group.Wait()
}
