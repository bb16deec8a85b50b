package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// hops checks the ingresses of the clusters and the zone.
func (v *validator) hops() {
	names := slices.Sorted(maps.Keys(v.plan.Spec.Clusters))
	seen := map[string]manifest.Path{}
	for _, name := range names {
		h := v.plan.Spec.Clusters[name].Hop
		if h == nil {
			continue
		}
		at := manifest.P("spec", "clusters", name, "hop")
		v.flavour(h, at)
		v.inZone(h, at)
		v.ports(h, at)
		v.once(seen, at.Join("host"), "host "+h.Host, "each ingress has a name of its own")
		v.once(seen, at.Join("address"), "address "+h.Address, "each cluster has an ingress of its own")
		if d := v.plan.Spec.DNS; d != nil && d.Provider == ExternalDNS {
			v.owner(seen, h, name)
		}
	}
	v.zone()
	v.idleHops(names)
}

// flavour checks what only one flavour needs or knows.
func (v *validator) flavour(h *Hop, at manifest.Path) {
	only := func(key string, f Flavour, needed bool) {
		given := v.given(at.Join(key))
		switch {
		case h.Flavour == "":
		case given && h.Flavour != f:
			v.key(at.Join(key), "`%s` has no effect with the flavour %s", key, h.Flavour).WithFix("remove it")
		case !given && h.Flavour == f && needed:
			v.errorf(at, "%s has no %q, which the flavour %s needs", at, key, f)
		}
	}
	only("group", TraefikHop, false)
	only("priority", TraefikHop, false)
	only("ingressClassName", IngressHop, true)
	only("gateway", GatewayHop, true)
}

// inZone checks that the name of an ingress lies in the zone.
func (v *validator) inZone(h *Hop, at manifest.Path) {
	if d := v.plan.Spec.DNS; d != nil && d.Zone != "" && h.Host != "" && !strings.HasSuffix(h.Host, "."+d.Zone) {
		v.errorf(at.Join("host"), "%s is not in the zone %s", h.Host, d.Zone).WithFix("write a name that ends in .%s", d.Zone)
	}
}

// ports checks the numbers of entry points.
func (v *validator) ports(h *Hop, at manifest.Path) {
	for _, name := range slices.Sorted(maps.Keys(h.EntryPoints)) {
		if h.EntryPoints[name].Port > 65535 {
			v.errorf(at.Join("entryPoints", name), "%d is no port number from 1 to 65535", h.EntryPoints[name].Port)
		}
	}
}

// once reports a text that two ingresses have.
func (v *validator) once(seen map[string]manifest.Path, at manifest.Path, what, why string) {
	first, twice := seen[what]
	if !twice {
		seen[what] = at
		return
	}
	v.errorf(at, "the %s is there twice: %s", what, why).WithNote(v.tree.Pos(first...), "first named")
}

// owner checks that no two instances of external-dns take each other's records
// for their own (H81).
func (v *validator) owner(seen map[string]manifest.Path, h *Hop, cluster string) {
	at := manifest.P("spec", "clusters", cluster, "hop")
	what := "owner id " + h.Owner(cluster)
	first, twice := seen[what]
	if !twice {
		seen[what] = at
		return
	}
	v.diags.Errorf("H81", v.tree.Pos(at.Join("ownerID")...), "the %s is there twice: with the policy sync, each external-dns would delete the records of the other", what).
		WithFix("give each cluster's external-dns a --txt-owner-id of its own, and state it here").
		WithNote(v.tree.Pos(first...), "first named")
}

// zone checks what only one DNS provider needs or knows.
func (v *validator) zone() {
	d := v.plan.Spec.DNS
	if d == nil || d.Provider == "" {
		return
	}
	at := manifest.P("spec", "dns")
	for _, key := range [...]string{"managedZone", "project"} {
		if v.given(at.Join(key)) && d.Provider != ConfigConnector {
			v.key(at.Join(key), "`%s` has no effect with the provider %s", key, d.Provider).WithFix("remove it")
		}
	}
	if d.Provider == ConfigConnector && d.ManagedZone == "" {
		v.errorf(at, "%s has no %q, which the provider %s needs", at, "managedZone", d.Provider)
	}
}

// idleHops reports ingresses and a zone in a plan that moves nothing between
// clusters.
func (v *validator) idleHops(clusters []string) {
	if v.plan.Spec.DNS == nil && !slices.ContainsFunc(clusters, func(c string) bool { return v.plan.Spec.Clusters[c].Hop != nil }) {
		return
	}
	for i := range v.plan.Spec.Apps {
		a := &v.plan.Spec.Apps[i]
		if a.To != nil && a.To.Cluster != "" && v.today(a).Cluster != a.To.Cluster {
			return
		}
	}
	for _, c := range clusters {
		if v.plan.Spec.Clusters[c].Hop != nil {
			v.key(manifest.P("spec", "clusters", c, "hop"), "`hop` has no effect: no app moves to another cluster").WithFix("remove it")
		}
	}
	if v.plan.Spec.DNS != nil {
		v.key(manifest.P("spec", "dns"), "`dns` has no effect: no app moves to another cluster").WithFix("remove it")
	}
}

// missingHops reports what the plan does not say of the two clusters that an app
// moves between.
func missingHops(spec *Spec, app string, clusters [2]string, errorf func(format string, args ...any) *diag.Diagnostic) {
	from, to := clusters[0], clusters[1]
	for _, cluster := range clusters {
		if spec.HopOf(cluster) == nil {
			errorf("app %q moves from cluster %s to %s, and the plan does not say how other clusters reach %s", app, from, to, cluster).
				WithFix("add spec.clusters.%s.hop: {flavour: traefik, host: %s.mycompany.internal, address: 192.168.100.16, entryPoints: {web: 80}}", cluster, cluster).WithApp(app)
		}
	}
	if spec.DNS == nil {
		errorf("app %q moves from cluster %s to %s, and the plan names no zone in which their ingresses get names", app, from, to).
			WithFix("add spec.dns: {zone: mycompany.internal, provider: external-dns}").WithApp(app)
	}
}
