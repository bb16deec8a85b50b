package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// relayHealthPort is where a relay says whether it reaches its target. It moves
// up when the Service uses it.
const relayHealthPort = 9404

// relayPort is one port of the old Service and what the relay does with it.
type relayPort struct {
	name   string // of the container's port: what a named targetPort means
	listen int64  // where the old Service sends traffic to
	dial   int64  // the port of the target Service
}

// relay starts the relay of a Service beside it.
func (f *folder) relay(s *plan.Relay) {
	owner := f.graph.UnitOf(s.Service)
	f.relays[hopSide{s.Service, s.At}] = s
	for _, o := range f.relayObjects(s) {
		f.make(Key{Cluster: s.At.Cluster, ID: o.ID}, o, owner, "")
	}
	if s.Opening != nil {
		f.openAll([]*plan.Opening{s.Opening})
	}
}

// relayObjects returns the objects of a relay: its configuration, its pods, and
// a budget that keeps one of them running when nodes are drained.
func (f *folder) relayObjects(s *plan.Relay) []*manifest.Object {
	service, ports := s.Service, f.relayPorts(s)
	config := relayConfig(f.relayTarget(s), ports)
	objects := []*manifest.Object{
		relayObject("v1", "ConfigMap", service, manifest.F("data", manifest.Map(manifest.F("haproxy.cfg", manifest.Str(config))))),
		relayObject("apps/v1", "Deployment", service, manifest.F("spec", f.relayDeployment(service, ports, config))),
		relayObject("policy/v1", "PodDisruptionBudget", service, manifest.F("spec", manifest.Map(
			manifest.F("maxUnavailable", manifest.Int(1)),
			manifest.F("selector", manifest.Map(manifest.F("matchLabels", plan.RelayLabels(service.ID.Name)))),
		))),
	}
	for i, o := range objects {
		objects[i] = o.In(s.At.Namespace)
	}
	return objects
}

// relayTarget returns the name that a relay dials.
func (f *folder) relayTarget(s *plan.Relay) string {
	switch s.Lead {
	case plan.ToOldHop:
		return f.graph.Plan.Spec.HopOf(s.App.From.Cluster).Host
	case plan.ToNewHop:
		return f.graph.Plan.Spec.HopOf(s.App.To.Cluster).Host
	case plan.ToTarget, plan.ToItself:
	}
	return s.Service.ID.Name + "." + s.App.To.Namespace + ".svc." + f.domain(s.App.To.Cluster)
}

func relayObject(apiVersion, kind string, service *manifest.Object, content manifest.Field) *manifest.Object {
	return manifest.New(manifest.Map(
		manifest.F("apiVersion", manifest.Str(apiVersion)),
		manifest.F("kind", manifest.Str(kind)),
		manifest.F("metadata", manifest.Map(
			manifest.F("name", manifest.Str(plan.RelayName(service))),
			manifest.F("namespace", manifest.Str(service.ID.Namespace)),
			manifest.F("labels", plan.RelayLabels(service.ID.Name)),
		)),
		content,
	))
}

// relayPorts finds where the old Service sends the traffic of each of its
// ports: there the relay listens, so that the Service's ports stay as they are.
func (f *folder) relayPorts(s *plan.Relay) []relayPort {
	a, service := s.App, s.Service
	var out []relayPort
	for i, p := range service.Get("spec", "ports").Items() {
		number, _ := p.Get("port").Int()
		rp := relayPort{listen: number, dial: number}
		if s.Ports != nil {
			i := slices.IndexFunc(s.Ports, func(h plan.HopPort) bool { return h.Port == number })
			if i < 0 {
				continue // nobody calls it, and no ingress carries it
			}
			rp.dial = s.Ports[i].Dial
		}
		switch target := p.Get("targetPort"); target.Tag() {
		case manifest.IntTag:
			rp.listen, _ = target.Int()
		case manifest.StrTag:
			rp.name = target.Value()
			rp.listen = containerPort(a, rp.name)
		case manifest.FloatTag, manifest.BoolTag, manifest.NullTag:
		}
		if rp.listen == 0 {
			f.diags.Errorf("H14", service.Pos("spec", "ports", fmt.Sprint(i), "targetPort"), "%s leads to a port named %q that no container of app %s has", service.ID, rp.name, a.Name).
				WithFix("name the container's port, or use its number").WithApp(a.Name)
		}
		out = append(out, rp)
	}
	return out
}

// containerPort returns the number of a TCP port that a container of the app
// names, 0 when none does.
func containerPort(a *plan.App, name string) int64 {
	for _, w := range a.Workloads {
		for _, c := range plan.PodTemplate(w).Get("spec", "containers").Items() {
			for _, p := range c.Get("ports").Items() {
				if p.Text("name") == name && (p.Text("protocol") == "" || p.Text("protocol") == "TCP") {
					n, _ := p.Get("containerPort").Int()
					return n
				}
			}
		}
	}
	return 0
}

// relayConfig writes the configuration of the relay: one TCP proxy for each
// port, which resolves the target's name again and again, and a health page
// that fails while a target does not answer.
func relayConfig(target string, ports []relayPort) string {
	var b strings.Builder
	b.WriteString(`global
  maxconn 4096
  hard-stop-after 30s

defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  default-server init-addr none resolvers cluster resolve-prefer ipv4 check inter 2s fall 2 rise 1

resolvers cluster
  parse-resolv-conf
  hold valid 5s
  hold nx 30s
  hold timeout 30s
  hold refused 30s
`)
	health := healthPort(ports)
	for _, p := range uniqueListens(ports) {
		fmt.Fprintf(&b, "\nlisten port-%d\n  bind :::%d v4v6\n  server target %s:%d\n", p.listen, p.listen, target, p.dial)
	}
	fmt.Fprintf(&b, "\nfrontend health\n  mode http\n  bind :::%d v4v6\n  timeout client 5s\n  monitor-uri /ready\n", health)
	for _, p := range uniqueListens(ports) {
		fmt.Fprintf(&b, "  monitor fail if { nbsrv(port-%d) lt 1 }\n", p.listen)
	}
	return b.String()
}

// uniqueListens returns the ports without those that listen where another does
// already: two ports of a Service may lead to one port of the pods.
func uniqueListens(ports []relayPort) []relayPort {
	var out []relayPort
	seen := map[int64]bool{}
	for _, p := range ports {
		if !seen[p.listen] {
			out = append(out, p)
		}
		seen[p.listen] = true
	}
	return out
}

// healthPort returns a port for the health page that no port of the relay uses.
func healthPort(ports []relayPort) int64 {
	port := int64(relayHealthPort)
	for i := 0; i < len(ports); i++ {
		if ports[i].listen == port {
			port++
			i = -1
		}
	}
	return port
}

// relayDeployment returns the spec of the relay's Deployment.
func (f *folder) relayDeployment(service *manifest.Object, ports []relayPort, config string) *manifest.Node {
	spec := f.graph.Plan.Spec.Relay
	str, num, m, fld := manifest.Str, manifest.Int, manifest.Map, manifest.F
	return m(
		fld("replicas", num(int64(spec.Replicas))),
		fld("selector", m(fld("matchLabels", plan.RelayLabels(service.ID.Name)))),
		fld("strategy", m(fld("rollingUpdate", m(fld("maxSurge", num(1)), fld("maxUnavailable", num(0)))))),
		fld("template", m(
			fld("metadata", m(
				fld("labels", plan.RelayLabels(service.ID.Name)),
				fld("annotations", m(fld(ChecksumAnnotation, str(textChecksum(config))))),
			)),
			fld("spec", m(
				fld("automountServiceAccountToken", manifest.Bool(false)),
				fld("enableServiceLinks", manifest.Bool(false)),
				fld("terminationGracePeriodSeconds", num(45)),
				fld("securityContext", relayPodSecurity(ports)),
				fld("topologySpreadConstraints", manifest.Seq(m(
					fld("maxSkew", num(1)),
					fld("topologyKey", str("kubernetes.io/hostname")),
					fld("whenUnsatisfiable", str("ScheduleAnyway")),
					fld("labelSelector", m(fld("matchLabels", plan.RelayLabels(service.ID.Name)))),
				))),
				fld("containers", manifest.Seq(relayContainer(spec.Image, ports))),
				fld("volumes", manifest.Seq(m(
					fld("name", str("config")),
					fld("configMap", m(fld("name", str(plan.RelayName(service))))),
				))),
			)),
		)),
	)
}

// relayPodSecurity meets the restricted Pod Security Standard. Ports below 1024
// need a sysctl that Kubernetes counts as safe (1.22 and later).
func relayPodSecurity(ports []relayPort) *manifest.Node {
	fields := []manifest.Field{
		manifest.F("runAsNonRoot", manifest.Bool(true)),
		manifest.F("runAsUser", manifest.Int(65534)),
		manifest.F("seccompProfile", manifest.Map(manifest.F("type", manifest.Str("RuntimeDefault")))),
	}
	for _, p := range ports {
		if p.listen < 1024 {
			fields = append(fields, manifest.F("sysctls", manifest.Seq(manifest.Map(
				manifest.F("name", manifest.Str("net.ipv4.ip_unprivileged_port_start")),
				manifest.F("value", manifest.Str("0")),
			))))
			break
		}
	}
	return manifest.Map(fields...)
}

func relayContainer(image string, ports []relayPort) *manifest.Node {
	str, num, m, fld := manifest.Str, manifest.Int, manifest.Map, manifest.F
	health := healthPort(ports)
	var listed []*manifest.Node
	for _, p := range uniqueListens(ports) {
		var name *manifest.Node
		if p.name != "" {
			name = str(p.name)
		}
		listed = append(listed, m(fld("name", name), fld("containerPort", num(p.listen))))
	}
	return m(
		fld("name", str("relay")),
		fld("image", str(image)),
		fld("args", manifest.Strs("haproxy", "-W", "-db", "-f", "/etc/relay/haproxy.cfg")),
		fld("ports", manifest.Seq(listed...)),
		fld("readinessProbe", m(
			fld("httpGet", m(fld("path", str("/ready")), fld("port", num(health)))),
			fld("periodSeconds", num(2)),
		)),
		fld("lifecycle", m(fld("preStop", m(fld("exec", m(fld("command", manifest.Strs("sleep", "10")))))))),
		fld("resources", m(
			fld("requests", m(fld("cpu", str("50m")), fld("memory", str("64Mi")))),
			fld("limits", m(fld("memory", str("128Mi")))),
		)),
		fld("securityContext", m(
			fld("allowPrivilegeEscalation", manifest.Bool(false)),
			fld("readOnlyRootFilesystem", manifest.Bool(true)),
			fld("capabilities", m(fld("drop", manifest.Strs("ALL")))),
		)),
		fld("volumeMounts", manifest.Seq(m(
			fld("name", str("config")),
			fld("mountPath", str("/etc/relay")),
			fld("readOnly", manifest.Bool(true)),
		))),
	)
}
