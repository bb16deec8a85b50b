package verify

import (
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// forwards returns the call that a relay makes for a connection on one of its
// ports: what its own configuration says, read back.
func (a *asker) forwards(relay render.Key, port int32) (sim.Call, bool) {
	config := a.world.Object(relay.Cluster, manifest.ID{Kind: "ConfigMap", Namespace: relay.Namespace, Name: relay.Name})
	if config == nil {
		return sim.Call{}, false
	}
	host, dial, ok := relayTarget(config.Text("data", "haproxy.cfg"), port)
	return sim.Call{Cluster: relay.Cluster, Host: host, Port: dial}, ok
}

// relayTarget finds where an haproxy configuration forwards what arrives on a
// port: the server of the section that binds it.
func relayTarget(config string, port int32) (host string, dial int32, ok bool) {
	bound := false
	for line := range strings.Lines(config) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case line[0] != ' ':
			bound = false
		case fields[0] == "bind" && len(fields) > 1:
			bound = strings.HasSuffix(fields[1], ":"+strconv.Itoa(int(port)))
		case fields[0] == "server" && bound && len(fields) > 2:
			h, d, found := strings.Cut(fields[2], ":")
			n, err := strconv.ParseUint(d, 10, 16)
			return h, int32(n), found && err == nil
		}
	}
	return "", 0, false
}

// configOfRelay returns the key of the configuration of the relay that a Service
// selects.
func configOfRelay(at service, o *manifest.Object) render.Key {
	return render.Key{Cluster: at.cluster, ID: manifest.ID{Kind: "ConfigMap", Namespace: at.namespace, Name: plan.RelayName(o)}}
}

// relayHosts lists the hosts that a relay forwards to.
func relayHosts(config string) []string {
	var out []string
	for line := range strings.Lines(config) {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "server" {
			host, _, _ := strings.Cut(fields[2], ":")
			out = append(out, host)
		}
	}
	return out
}

// relayService returns the Service that a relay's target is.
func (p *prover) relayServices(relay render.Key, versions func(render.Key) []*manifest.Object) []service {
	var out []service
	key := render.Key{Cluster: relay.Cluster, ID: manifest.ID{Kind: "ConfigMap", Namespace: relay.Namespace, Name: relay.Name}}
	for _, o := range versions(key) {
		for _, r := range p.referencesOf(o) {
			out = append(out, service{relay.Cluster, r.Target.Namespace, r.Target.Name})
		}
	}
	return out
}
