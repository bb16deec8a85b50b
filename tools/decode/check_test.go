package decode

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"regexp"

	traefikmux "github.com/traefik/traefik/v3/pkg/muxer/http"
	traefiktcp "github.com/traefik/traefik/v3/pkg/muxer/tcp"
	traefik "github.com/traefik/traefik/v3/pkg/provider/kubernetes/crd/traefikio/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	externaldns "sigs.k8s.io/external-dns/apis/v1alpha1"
	"sigs.k8s.io/external-dns/endpoint"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
)

// routes gives every rule to Traefik's own parser, and wants a Service behind it.
func routes(o runtime.Object) error {
	parser, err := traefikmux.NewSyntaxParser()
	if err != nil {
		return err
	}
	mux := traefikmux.NewMuxer(parser)
	for _, r := range o.(*traefik.IngressRoute).Spec.Routes {
		if r.Kind != "Rule" || len(r.Services) == 0 {
			return fmt.Errorf("kind %q, %d services", r.Kind, len(r.Services))
		}
		if err := mux.AddRoute(r.Match, "", r.Priority, http.NotFoundHandler()); err != nil {
			return err
		}
	}
	return nil
}

// tcpRoutes is routes for TCP.
func tcpRoutes(o runtime.Object) error {
	mux, err := traefiktcp.NewMuxer()
	if err != nil {
		return err
	}
	for _, r := range o.(*traefik.IngressRouteTCP).Spec.Routes {
		if len(r.Services) == 0 {
			return errors.New("no services")
		}
		if err := mux.AddRoute(r.Match, "", r.Priority, nil); err != nil {
			return err
		}
	}
	return nil
}

// hostname is what the API server takes for a Hostname
// (gateway-api apis/v1/shared_types.go).
var hostname = regexp.MustCompile(`^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// maxHostnames is how many a route may have.
const maxHostnames = 16

func hostnames(all []gateway.Hostname) error {
	if len(all) > maxHostnames {
		return fmt.Errorf("%d hostnames, at most %d are allowed", len(all), maxHostnames)
	}
	for _, h := range all {
		if !hostname.MatchString(string(h)) {
			return fmt.Errorf("hostname %q", h)
		}
	}
	return nil
}

func httpRoute(o runtime.Object) error {
	spec := o.(*gateway.HTTPRoute).Spec
	for _, r := range spec.Rules {
		for _, b := range r.BackendRefs {
			if b.Port == nil {
				return fmt.Errorf("backend %s without a port", b.Name)
			}
		}
	}
	return hostnames(spec.Hostnames)
}

func grpcRoute(o runtime.Object) error {
	spec := o.(*gateway.GRPCRoute).Spec
	for _, r := range spec.Rules {
		for _, b := range r.BackendRefs {
			if b.Port == nil {
				return fmt.Errorf("backend %s without a port", b.Name)
			}
		}
	}
	return hostnames(spec.Hostnames)
}

// endpoints wants records of addresses that external-dns does not skip.
func endpoints(o runtime.Object) error {
	for _, e := range o.(*externaldns.DNSEndpoint).Spec.Endpoints {
		if !e.CheckEndpoint() {
			return fmt.Errorf("external-dns refuses the record %s", e.DNSName)
		}
		if e.RecordType != endpoint.RecordTypeA && e.RecordType != endpoint.RecordTypeAAAA {
			continue
		}
		if !e.RecordTTL.IsConfigured() || len(e.Targets) == 0 {
			return fmt.Errorf("%s: TTL %d, targets %v", e.DNSName, e.RecordTTL, e.Targets)
		}
		for _, target := range e.Targets {
			if _, err := netip.ParseAddr(target); err != nil {
				return err
			}
		}
	}
	return nil
}
