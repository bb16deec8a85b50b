package corpus

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// manifest is the manifest of one app, with ${...} where apps differ.
//
//go:embed app.yaml
var manifest string

// platform is the namespace of the apps that everything ends up calling. They
// stay where they are.
const platform = "platform"

// managed is the domain of what the platform's apps call: outside of the cluster.
const managed = "managed.example.com"

// app is one app of the corpus.
type app struct {
	name, namespace string
	index           int
	calls           [EdgesPerApp]callee
}

// callee is an app as a caller writes it.
type callee struct {
	name, namespace string
}

// everyApp returns the apps by path: those that move, then the platform's.
func everyApp(n int) []app {
	apps := make([]app, 0, n+len(platformApps))
	for i := range n {
		c := calleeAt(i)
		apps = append(apps, app{name: c.name, namespace: c.namespace, index: i, calls: calls(i, n)})
	}
	for i, name := range platformApps {
		a := app{name: name, namespace: platform, index: n + i}
		for j := range a.calls {
			a.calls[j] = callee{name: "db-" + strconv.Itoa(j), namespace: managed}
		}
		apps = append(apps, a)
	}
	return apps
}

// platformApps are called by every app of the lowest layer.
var platformApps = [EdgesPerApp]string{"identity", "ledger", "mail"}

// calleeAt returns the i-th app that moves.
func calleeAt(i int) callee {
	return callee{name: fmt.Sprintf("app-%05d", i), namespace: namespaceOf(i)}
}

func namespaceOf(i int) string { return fmt.Sprintf("ns-%04d", i/AppsPerNamespace) }

// calls returns what the i-th of n apps calls: only apps of lower layers, so
// that no chain of calls is longer than the layers are many, and no cycle exists.
func calls(i, n int) [EdgesPerApp]callee {
	place := i % AppsPerNamespace
	layer := place % Layers
	out := [EdgesPerApp]callee{}
	for j, name := range platformApps {
		out[j] = callee{name: name, namespace: platform}
	}
	if layer == 0 {
		return out
	}
	out[0] = calleeAt(i - 1) // the layer below, same namespace
	if layer > 1 {
		out[1] = calleeAt(i - layer) // the lowest layer, same namespace
	}
	// The layer below, in the namespace after the next.
	if far := i - 1 + 2*AppsPerNamespace; far < n {
		out[2] = calleeAt(far)
	}
	return out
}

// files returns the app's manifests in a layout.
func (a app) files(layout Layout) []File {
	switch layout {
	case Files:
		return []File{{manifestsDir(a.namespace) + "/" + a.name + ".yaml", a.manifest()}}
	case Kustomizations:
		dir := manifestsDir(a.namespace) + "/" + a.name
		return []File{
			{dir + "/app.yaml", a.manifest()},
			{dir + "/kustomization.yaml", []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - app.yaml\n")},
		}
	}
	return nil
}

func manifestsDir(namespace string) string { return "k8s/" + namespace }

// manifest returns the app's seven objects. Sizes and names of owners vary with
// the app's number, so that no two files are equal.
func (a app) manifest() []byte {
	team := teams[a.index%len(teams)]
	return []byte(strings.NewReplacer(
		"${name}", a.name,
		"${namespace}", a.namespace,
		"${part}", team.part,
		"${team}", team.name,
		"${story}", team.story,
		"${version}", fmt.Sprintf("1.%d.%d", a.index%40, a.index%7),
		"${tier}", strconv.Itoa(1+a.index%3),
		"${replicas}", strconv.Itoa(2+a.index%3),
		"${cpu}", strconv.Itoa(100+50*(a.index%5))+"m",
		"${cache}", strconv.Itoa(1000*(1+a.index%9)),
		"${httpHost}", a.host(a.calls[0]),
		"${fileHost}", a.calls[1].fullName(),
		"${grpcHost}", a.host(a.calls[2]),
	).Replace(manifest))
}

// host returns the shortest name by which an app reaches another.
func (a app) host(c callee) string {
	if c.namespace == a.namespace {
		return c.name
	}
	return c.name + "." + c.namespace
}

// fullName returns the callee's name as DNS has it.
func (c callee) fullName() string {
	if c.namespace == managed {
		return c.name + "." + managed
	}
	return c.name + "." + c.namespace + ".svc.cluster.local"
}

// teams own the apps in turn.
var teams = [...]struct{ name, part, story string }{
	{"team-shop", "shop", "answers the shop's pages"},
	{"team-search", "search", "keeps the index of what is for sale"},
	{"team-orders", "orders", "takes orders and follows them up"},
	{"team-data", "reports", "counts what happened yesterday"},
}
