package plan

import (
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// PodTemplatePath returns where an object holds its pod template, nil when it
// runs no pods. Kinds that rehome has never seen count as workloads when they
// have a template with containers where the built-in kinds have it.
func PodTemplatePath(o *manifest.Object) manifest.Path {
	switch _, at := podTemplate(o); at {
	case atSpec:
		return manifest.Path{"spec", "template"}
	case atJob:
		return manifest.Path{"spec", "jobTemplate", "spec", "template"}
	case atRoot:
		return manifest.Path{}
	case nowhere:
	}
	return nil
}

// templatePlace is where an object holds its pod template.
type templatePlace uint8

const (
	nowhere templatePlace = iota
	atSpec
	atJob
	atRoot
)

// podTemplate finds the pod template of an object.
func podTemplate(o *manifest.Object) (*manifest.Node, templatePlace) {
	if !mayRunPods(o.ID) {
		return nil, nowhere
	}
	spec := o.Get("spec")
	if t := spec.Child("template"); t.Get("spec", "containers").Len() > 0 {
		return t, atSpec
	}
	if t := spec.Get("jobTemplate", "spec", "template"); t.Get("spec", "containers").Len() > 0 {
		return t, atJob
	}
	if o.ID.Group == "" && o.ID.Kind == "Pod" {
		return o.Root(), atRoot
	}
	return nil, nowhere
}

// mayRunPods tells at a glance that most built-in kinds run no pods: it is asked
// of every object in every state.
func mayRunPods(id manifest.ID) bool {
	switch id.Group {
	case "":
		return id.Kind == "Pod" || id.Kind == "ReplicationController" || id.Kind == "PodTemplate"
	case "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "autoscaling":
		return false
	}
	return true
}

// PodTemplate returns the pod template of a workload (metadata and spec of its
// pods), nil when the object runs no pods.
func PodTemplate(o *manifest.Object) *manifest.Node {
	template, _ := podTemplate(o)
	return template
}

// Replicas returns how many pods a workload asks for. An absent field means 1,
// as the API server defaults it; a CronJob counts as one pod.
func Replicas(o *manifest.Object) int64 {
	if n, ok := o.Get("spec", "replicas").Int(); ok {
		return n
	}
	if n, ok := o.Get("spec", "parallelism").Int(); ok {
		return n
	}
	return 1
}

// RunsOnSchedule reports whether the object is a CronJob, whose runs must not be
// doubled by a second copy.
func RunsOnSchedule(o *manifest.Object) bool {
	return o.ID.Group == "batch" && o.ID.Kind == "CronJob"
}

// ClusterOf returns the cluster that an object of the inventory runs in.
func ClusterOf(o *manifest.Object) string { return o.Cluster() }

// Headless reports whether a Service has no virtual IP of its own.
func Headless(service *manifest.Object) bool {
	return service.Text("spec", "clusterIP") == "None"
}

// ExposedOutside reports whether a Service is reachable from outside the
// cluster by its type.
func ExposedOutside(service *manifest.Object) bool {
	t := service.Text("spec", "type")
	return t == "LoadBalancer" || t == "NodePort"
}

// ResolvePort returns the number of a Service's port that is named by its
// number or its name, 0 when the Service has no such port.
func ResolvePort(service *manifest.Object, port string) int64 {
	for _, p := range service.Get("spec", "ports").Items() {
		number, _ := p.Get("port").Int()
		if port == p.Text("name") && port != "" || port == strconv.FormatInt(number, 10) {
			return number
		}
	}
	return 0
}

// IsRoute reports whether an object leads traffic from outside to Services:
// its references are no calls of an app, and it moves before the Service does.
func IsRoute(o *manifest.Object) bool {
	_, ok := routeRules[o.ID.Group+"/"+o.ID.Kind]
	return ok
}

// RouteRules returns where a route object holds its rules and, within a rule,
// its backends; ok is false for objects that are no routes.
func RouteRules(o *manifest.Object) (rules []manifest.Path, ok bool) {
	r, ok := routeRules[o.ID.Group+"/"+o.ID.Kind]
	return r, ok
}

// routeRules lists the kinds of routes with the path of their rules.
var routeRules = map[string][]manifest.Path{
	"networking.k8s.io/Ingress":           {{"spec", "rules"}},
	"extensions/Ingress":                  {{"spec", "rules"}},
	"gateway.networking.k8s.io/HTTPRoute": {{"spec", "rules"}},
	"gateway.networking.k8s.io/GRPCRoute": {{"spec", "rules"}},
	"gateway.networking.k8s.io/TCPRoute":  {{"spec", "rules"}},
	"gateway.networking.k8s.io/TLSRoute":  {{"spec", "rules"}},
	"gateway.networking.k8s.io/UDPRoute":  {{"spec", "rules"}},
	"traefik.io/IngressRoute":             {{"spec", "routes"}},
	"traefik.io/IngressRouteTCP":          {{"spec", "routes"}},
	"traefik.io/IngressRouteUDP":          {{"spec", "routes"}},
	"traefik.containo.us/IngressRoute":    {{"spec", "routes"}},
	"traefik.containo.us/IngressRouteTCP": {{"spec", "routes"}},
	"traefik.containo.us/IngressRouteUDP": {{"spec", "routes"}},
	"projectcontour.io/HTTPProxy":         {{"spec", "routes"}},
	"route.openshift.io/Route":            nil,
	"networking.istio.io/VirtualService":  {{"spec", "http"}, {"spec", "tcp"}, {"spec", "tls"}},
}

// appLabels are the labels that name an app, in the order they are looked at.
var appLabels = [...]string{"app.kubernetes.io/name", "app"}

// labelledApp returns the app that an object's labels name, "" when they name
// none.
func labelledApp(o *manifest.Object) string {
	for _, l := range appLabels {
		if name := o.Text("metadata", "labels", l); name != "" {
			return name
		}
	}
	return ""
}

// joinNames returns "a, b and c".
func joinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
