package deliver

import (
	"fmt"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// probeCommand returns the command that makes the request of a probe.
func probeCommand(p plan.Probe) string {
	door := fmt.Sprintf("%s:%d", p.Door, p.Port)
	switch p.Protocol {
	case plan.GRPC:
		return fmt.Sprintf("grpcurl -plaintext -authority %s %s grpc.health.v1.Health/Check", quote(p.Host), quote(door))
	case plan.TLS:
		return fmt.Sprintf("openssl s_client -connect %s -servername %s </dev/null", quote(door), quote(p.Host))
	case plan.TCP:
		return fmt.Sprintf("nc -vz %s %d", quote(p.Door), p.Port)
	case plan.HTTP:
	}
	if p.Port == 80 {
		door = p.Door
	}
	if p.Path == "/" {
		return fmt.Sprintf("curl -sS -i -H %s %s", quote("Host: "+p.Host), quote("http://"+door+"/"))
	}
	return fmt.Sprintf("curl -fsS -i -H %s %s", quote("Host: "+p.Host), quote("http://"+door+p.Path))
}

// probeText says what a probe is for.
func probeText(p plan.Probe) string {
	return fmt.Sprintf("from a pod in cluster %s, %s is answered by the app and not by the ingress: no 404, no redirect", clusterDir(p.From.Cluster), probeCommand(p))
}

// probeNodes returns the probes of a gate for machines, nil when there are none.
func probeNodes(probes []plan.Probe) *manifest.Node {
	if len(probes) == 0 {
		return nil
	}
	nodes := make([]*manifest.Node, len(probes))
	for i, p := range probes {
		nodes[i] = manifest.Map(
			manifest.F("protocol", manifest.Str(string(p.Protocol))),
			manifest.F("host", manifest.Str(p.Host)),
			manifest.F("command", manifest.Str(probeCommand(p))),
		)
	}
	return manifest.Seq(nodes...)
}
