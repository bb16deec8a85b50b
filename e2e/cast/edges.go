package cast

import (
	"slices"
	"strconv"

	"github.com/rehome-dev/rehome/e2e/traffic"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// edgesOf returns what the programs of an app call: every edge that their
// manifests show. One that only the plan declares has no address to call.
func edgesOf(g *plan.Graph, app *plan.App) []call {
	var out []call
	for _, e := range g.EdgesFrom(app) {
		if len(e.Evidence) == 0 || e.Denied {
			continue
		}
		out = append(out, call{
			Edge: traffic.Edge{
				Name: Name(e), Hosts: spellings(e), Port: port(e), Protocol: protocol(e),
				Expect: places2(e.Callee),
			},
			hints: hintsOf(e.Evidence),
		})
	}
	return out
}

// Name is what an edge is called in ledgers.
func Name(e *plan.Edge) string {
	name := e.Caller.Name + " to " + e.Service.ID.Name
	if e.Port != "" {
		name += ":" + e.Port
	}
	return name
}

// places2 names the callee in both of its places, which are the ones meant.
func places2(callee *plan.App) []string {
	var out []string
	for _, p := range []plan.Place{callee.From, callee.To} {
		out = append(out, traffic.Identity{Namespace: p.Namespace, App: callee.Name}.Place())
	}
	return slices.Compact(out)
}

// spellings are the names of the edge's Service in every state.
func spellings(e *plan.Edge) []string {
	name := e.Service.ID.Name
	out := []string{name}
	for _, p := range []plan.Place{e.Callee.From, e.Callee.To} {
		full := name + "." + p.Namespace
		out = append(out, full, full+".svc", full+".svc."+refs.DefaultDomain)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// port is the port that is called where the address names none: that of the
// edge, or the first one of the Service.
func port(e *plan.Edge) int32 {
	ports := e.Service.Get("spec", "ports")
	if n, err := strconv.ParseInt(e.Port, 10, 32); err == nil {
		return int32(n)
	}
	for _, p := range ports.Items() {
		if e.Port == "" || p.Text("name") == e.Port {
			return number(p.Text("port"))
		}
	}
	return 0
}

// protocol is that of the Service's port: UDP, or HTTP over TCP.
func protocol(e *plan.Edge) string {
	for _, p := range e.Service.Get("spec", "ports").Items() {
		if number(p.Text("port")) == port(e) && p.Text("protocol") == "UDP" {
			return "UDP"
		}
	}
	return ""
}

func number(text string) int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0 // a name
	}
	return int32(n)
}

// hintsOf returns the keys under which manifests have the addresses: names of
// variables, keys of ConfigMaps and Secrets, and the command line.
func hintsOf(evidence []*refs.Reference) []string {
	var out []string
	for _, r := range evidence {
		out = append(out, hint(r.Object, r.Path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// commandLine stands for the command and arguments of a container.
const commandLine = "(command line)"

func hint(o *manifest.Object, path manifest.Path) string {
	for i, key := range path {
		switch {
		case key == "env" && i+1 < len(path):
			return o.Text(path[:i+2].Join("name")...)
		case key == "args" || key == "command":
			return commandLine
		}
	}
	return path[len(path)-1]
}
