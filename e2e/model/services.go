package model

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// addService adds a Service of a random type under a name that is free.
func (g *generator) addService() {
	namespace, name := g.namespace(), one(g.Rand, "cart", "front", "pay", "peers", "old", "api")
	if g.world.service(namespace, name) != nil {
		return
	}
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
	}
	switch kind := g.IntN(100); {
	case kind < 25:
		g.alias(s)
	case kind < 42 || name == "peers":
		g.headless(s)
	default:
		g.virtual(s)
	}
	g.world.Services = append(g.world.Services, s)
}

// service returns a Service of the world, nil when it has none of that name.
func (w *World) service(namespace, name string) *corev1.Service {
	for _, s := range w.Services {
		if s.Namespace == namespace && s.Name == name {
			return s
		}
	}
	return nil
}

// alias makes an ExternalName Service: to another one, which may itself be an
// alias, to itself, to nothing, or to what is no name.
func (g *generator) alias(s *corev1.Service) {
	s.Spec.Type = corev1.ServiceTypeExternalName
	s.Spec.ExternalName = fmt.Sprintf("%s.%s.svc.cluster.local", one(g.Rand, "cart", "front", "pay", "peers", "old", "api"), g.namespace())
	switch kind := g.IntN(100); {
	case kind < 70 && len(g.world.Services) > 0:
		to := one(g.Rand, g.world.Services...)
		s.Spec.ExternalName = to.Name + "." + to.Namespace + ".svc.cluster.local"
	case kind < 75:
		s.Spec.ExternalName = s.Name + "." + s.Namespace + ".svc.cluster.local"
	case kind < 80:
		s.Spec.ExternalName += "."
	case kind < 83:
		s.Spec.ExternalName = "10.96.200.200"
	case kind < 86:
		s.Spec.ExternalName = "nowhere.svc.cluster.local"
	}
	if chance(g.Rand, 50) { // as an alias that keeps what it was
		s.Spec.Selector = map[string]string{"app": g.app()}
		s.Spec.Ports = g.ports(corev1.ServiceTypeExternalName)
	}
}

// headless makes a Service without a virtual address, with or without ports.
func (g *generator) headless(s *corev1.Service) {
	s.Spec.Type = corev1.ServiceTypeClusterIP
	s.Spec.ClusterIP = corev1.ClusterIPNone
	g.selecting(s)
	if chance(g.Rand, 80) {
		s.Spec.Ports = g.ports(s.Spec.Type)
	}
}

// virtual makes a Service with a virtual address.
func (g *generator) virtual(s *corev1.Service) {
	s.Spec.Type = one(g.Rand, corev1.ServiceTypeClusterIP, corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer)
	g.selecting(s)
	s.Spec.Ports = g.ports(s.Spec.Type)
}

func (g *generator) selecting(s *corev1.Service) {
	if chance(g.Rand, 90) {
		s.Spec.Selector = map[string]string{"app": g.appIn(s.Namespace)}
		if chance(g.Rand, 20) {
			s.Spec.Selector["tier"] = "back"
		}
	}
	s.Spec.PublishNotReadyAddresses = chance(g.Rand, 15)
}

// appIn returns the label of some pod of a namespace most often, else any.
func (g *generator) appIn(namespace string) string {
	if chance(g.Rand, 20) {
		return g.app()
	}
	for _, i := range g.Perm(len(g.world.Pods)) {
		if p := g.world.Pods[i]; p.Namespace == namespace {
			return p.Labels["app"]
		}
	}
	return g.app()
}

// ports returns one to three ports. Numbers at pods are those that every pod
// declares; by name a port may mean another number in each pod, or none.
func (g *generator) ports(kind corev1.ServiceType) []corev1.ServicePort {
	out := []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: g.target()}}
	if chance(g.Rand, 15) {
		out[0].Port = sharedPort
		out[0].TargetPort = intstr.IntOrString{}
		if kind == corev1.ServiceTypeExternalName {
			out[0].TargetPort = intstr.FromInt32(sharedPort)
		}
	}
	if chance(g.Rand, 40) {
		out = append(out, corev1.ServicePort{Name: "second", Port: 81, TargetPort: g.target()})
	}
	if chance(g.Rand, 30) {
		out = append(out, corev1.ServicePort{Name: "udp", Port: 80, Protocol: corev1.ProtocolUDP, TargetPort: intstr.FromString(one(g.Rand, "web", "data"))})
	}
	return out
}

func (g *generator) target() intstr.IntOrString {
	if chance(g.Rand, 60) {
		return intstr.FromInt32(sharedPort)
	}
	return intstr.FromString(one(g.Rand, "web", "web", "admin", "data", "grpc"))
}
