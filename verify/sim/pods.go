package sim

import (
	"strconv"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// Readiness is the condition that all pods of a group are in.
type Readiness uint8

// The readinesses.
const (
	// Ready pods take traffic.
	Ready Readiness = iota + 1
	// NotReady pods have just been created or changed; they open connections of
	// their own already, but are no endpoints yet.
	NotReady
	// Terminating pods still serve; they are endpoints only where no ready one is left.
	Terminating
)

// String returns the word that traces use.
func (r Readiness) String() string {
	switch r {
	case Ready:
		return "ready"
	case NotReady:
		return "not ready"
	case Terminating:
		return "terminating"
	}
	return "unknown"
}

// PodGroup is pods of one workload that are alike: made from one template and
// in one readiness. While a workload is rolled out it has two groups.
type PodGroup struct {
	Workload  manifest.ID
	App       string // the app that owns the pods, as the caller of the simulator names it
	Template  *Template
	Readiness Readiness
	Replicas  int64 // 0: the group is empty and ignored
}

// hostname returns the hostname of the only pod of a group, empty where it is
// made up when the pod is.
func (g *PodGroup) hostname() string {
	switch {
	case g.Template.Hostname != "":
		return g.Template.Hostname
	case g.Template.Ordinals:
		return g.Workload.Name + "-" + strconv.FormatInt(g.Template.First, 10)
	case g.Workload.Kind == "Pod":
		return g.Workload.Name
	}
	return ""
}

// Template is what the simulator reads of a pod template.
type Template struct {
	Labels         map[string]string
	Ports          []ContainerPort // of containers, then of sidecars: the order of podutil.FindPort
	ServiceAccount string          // "default" when none is named
	HostNetwork    bool
	DNSPolicy      string // "ClusterFirst" when none is given
	DNS            DNSConfig
	HostAliases    []HostAlias
	Hostname       string // of the pods, where the template sets it
	Subdomain      string // the Service that makes the hostnames resolvable
	// Ordinals is set for the pods of a StatefulSet: their hostnames are the
	// workload's name and a number, from First on.
	Ordinals bool
	First    int64
}

// ContainerPort is a port that a container declares.
type ContainerPort struct {
	Name     string
	Number   int32
	Protocol string
}

// DNSConfig is the dnsConfig of a pod.
type DNSConfig struct {
	Nameservers []string
	Searches    []string
	Options     []DNSOption
}

// DNSOption is an option of resolv.conf.
type DNSOption struct{ Name, Value string }

// HostAlias is a line of the pod's /etc/hosts.
type HostAlias struct {
	IP    string
	Names []string
}

// port returns the number of a named port with a protocol, 0 when no container
// has it (k8s.io/kubernetes/pkg/api/v1/pod.FindPort).
func (t *Template) port(name, protocol string) int32 {
	for _, p := range t.Ports {
		if p.Name == name && p.Protocol == protocol {
			return p.Number
		}
	}
	return 0
}

// declares reports whether a container declares a port.
func (t *Template) declares(number int32, protocol string) bool {
	for _, p := range t.Ports {
		if p.Number == number && p.Protocol == protocol {
			return true
		}
	}
	return false
}

// workload is a decoded object that runs pods.
type workload struct {
	group PodGroup // its pods when nothing is said of them
}

// enter and leave count the object; its pods come and go by setPods.
func (w *workload) enter(c *cluster) { c.namespace(w.group.Workload.Namespace).population++ }
func (w *workload) leave(c *cluster) { c.namespace(w.group.Workload.Namespace).population-- }

func decodeWorkload(o *manifest.Object, template *manifest.Node) *workload {
	g := PodGroup{Workload: o.ID, Template: decodeTemplate(o, template), Readiness: Ready, Replicas: plan.Replicas(o)}
	if o.ID.Group == "batch" {
		// Pods that run to completion come and go: nobody can count on them as
		// endpoints.
		g.Readiness = NotReady
	}
	return &workload{group: g}
}

// DecodeTemplate returns what the simulator reads of a workload's pods, nil when
// the object runs none. It knows Deployment, StatefulSet, DaemonSet, ReplicaSet,
// ReplicationController, Job, CronJob, Pod, and every kind that has its pod
// template where these have it.
func DecodeTemplate(o *manifest.Object) *Template {
	template := plan.PodTemplate(o)
	if template == nil {
		return nil
	}
	return decodeTemplate(o, template)
}

func decodeTemplate(o *manifest.Object, template *manifest.Node) *Template {
	spec := template.Get("spec")
	t := &Template{
		Labels:         textMap(template.Get("metadata", "labels")),
		Ports:          containerPorts(spec),
		ServiceAccount: orDefault(spec.Text("serviceAccountName"), orDefault(spec.Text("serviceAccount"), "default")),
		HostNetwork:    spec.Get("hostNetwork").Bool(),
		DNSPolicy:      orDefault(spec.Text("dnsPolicy"), clusterFirst),
		DNS:            decodeDNSConfig(spec.Get("dnsConfig")),
		Hostname:       spec.Text("hostname"),
		Subdomain:      spec.Text("subdomain"),
	}
	for _, a := range spec.Get("hostAliases").Items() {
		t.HostAliases = append(t.HostAliases, HostAlias{IP: a.Text("ip"), Names: texts(a.Get("hostnames"))})
	}
	if o.ID.Group == "apps" && o.ID.Kind == "StatefulSet" {
		t.Ordinals = true
		t.First, _ = o.Get("spec", "ordinals", "start").Int()
		t.Subdomain = o.Text("spec", "serviceName")
	}
	return t
}

// containerPorts lists the ports of containers and then of sidecars, which are
// init containers that are always restarted.
func containerPorts(spec *manifest.Node) []ContainerPort {
	var out []ContainerPort
	for _, c := range spec.Get("containers").Items() {
		out = appendPorts(out, c)
	}
	for _, c := range spec.Get("initContainers").Items() {
		if c.Text("restartPolicy") == "Always" {
			out = appendPorts(out, c)
		}
	}
	return out
}

func appendPorts(out []ContainerPort, container *manifest.Node) []ContainerPort {
	for _, p := range container.Get("ports").Items() {
		out = append(out, ContainerPort{
			Name:     p.Text("name"),
			Number:   portNumber(p.Get("containerPort")),
			Protocol: orDefault(p.Text("protocol"), tcp),
		})
	}
	return out
}

func decodeDNSConfig(n *manifest.Node) DNSConfig {
	c := DNSConfig{Nameservers: texts(n.Get("nameservers")), Searches: texts(n.Get("searches"))}
	for _, o := range n.Get("options").Items() {
		c.Options = append(c.Options, DNSOption{Name: o.Text("name"), Value: o.Text("value")})
	}
	return c
}

// texts returns the items of a sequence of texts.
func texts(n *manifest.Node) []string {
	if n.Len() == 0 {
		return nil
	}
	out := make([]string, 0, n.Len())
	for _, item := range n.Items() {
		out = append(out, item.Value())
	}
	return out
}

// orDefault returns the value, or what stands for an absent one.
func orDefault(value, absent string) string {
	if value == "" {
		return absent
	}
	return value
}
