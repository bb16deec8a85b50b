package plan

import (
	"cmp"
	"strconv"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// app checks one app.
func (v *validator) app(i int) {
	v.places(i)
	v.dependencies(i)
	v.services(i)
	a := &v.plan.Spec.Apps[i]
	if a.To != nil {
		if a.Frozen {
			v.key(appPath(i, "to"), "app %q is frozen and cannot move", a.Name).
				WithFix("remove `frozen` or `to`").WithApp(a.Name)
		}
		return
	}
	if a.Cutover != "" && !v.given(appPath(i, "to")) {
		v.key(appPath(i, "cutover"), "`cutover` has no effect: app %q stays where it is", a.Name).
			WithFix("remove it, or say where the app goes with `to`").WithApp(a.Name)
	}
}

// places checks where an app is and where it goes.
func (v *validator) places(i int) {
	a := &v.plan.Spec.Apps[i]
	for _, key := range [...]string{"from", "to"} {
		at := appPath(i, key)
		if n := v.tree.Root.Get(at...); n.Kind() == manifest.Mapping && n.Len() == 0 {
			v.errorf(at, "%s names no place", at).WithFix("give a namespace, or leave it out").WithApp(a.Name)
		}
	}
	if a.To == nil || a.To.Cluster == "" && a.To.Namespace == "" {
		return
	}
	today := v.today(a)
	if a.To.Cluster != "" && today.Cluster != "" && a.To.Cluster != today.Cluster {
		missingHops(&v.plan.Spec, a.Name, [2]string{today.Cluster, a.To.Cluster}, func(format string, args ...any) *diag.Diagnostic {
			return v.errorf(appPath(i, "to", "cluster"), format, args...)
		})
		return
	}
	if today.Namespace != "" && cmp.Or(a.To.Namespace, today.Namespace) == today.Namespace && cmp.Or(a.To.Cluster, today.Cluster) == today.Cluster {
		v.errorf(appPath(i, "to"), "app %q is in %s already", a.Name, today).WithFix("remove its `to`").WithApp(a.Name)
	}
}

// today returns the place that an app is in, as far as the plan says so. The
// namespace of a source says nothing: its objects may state others.
func (v *validator) today(a *AppSpec) Place {
	p := Place{}
	if a.From != nil {
		p.Cluster, p.Namespace = a.From.Cluster, a.From.Namespace
	}
	if p.Cluster == "" {
		p.Cluster = v.sourceCluster(a)
	}
	return p
}

// sourceCluster returns the cluster of the manifests that an app is found in,
// "" when the plan does not say which these are.
func (v *validator) sourceCluster(a *AppSpec) string {
	if a.Manifests != "" {
		return DefaultCluster
	}
	cluster := ""
	for _, s := range v.plan.Spec.Sources {
		c := cmp.Or(s.Cluster, DefaultCluster)
		if cluster != "" && c != cluster {
			return ""
		}
		cluster = c
	}
	return cluster
}

// dependencies checks the declared edges of an app.
func (v *validator) dependencies(i int) {
	a := &v.plan.Spec.Apps[i]
	type edge struct{ app, service, port string }
	seen := map[edge]int{}
	for j, dep := range a.DependsOn {
		at := appPath(i, "dependsOn", strconv.Itoa(j), "app")
		if dep.App == "" || !v.appExists(dep.App, at) {
			continue
		}
		if dep.App == a.Name {
			v.errorf(at, "app %q depends on itself", a.Name).WithFix("remove it: an app always reaches itself").WithApp(a.Name)
		}
		e := edge{dep.App, dep.Service, dep.Port}
		first, twice := seen[e]
		if !twice {
			seen[e] = j
			continue
		}
		v.errorf(at, "app %q depends on %q twice", a.Name, dep.App).WithApp(a.Name).
			WithNote(a.DependsOn[first].Pos, "first named")
	}
}

// services checks the Services of an app that the plan names.
func (v *validator) services(i int) {
	a := &v.plan.Spec.Apps[i]
	seen := map[string]int{}
	for j, s := range a.Services {
		if s.Name == "" {
			continue
		}
		first, twice := seen[s.Name]
		if !twice {
			seen[s.Name] = j
			continue
		}
		v.errorf(appPath(i, "services", strconv.Itoa(j), "name"), "Service %q of app %q is there twice", s.Name, a.Name).WithApp(a.Name).
			WithNote(a.Services[first].Pos, "first named")
	}
	if a.To == nil && len(a.Services) > 0 && !v.given(appPath(i, "to")) {
		v.key(appPath(i, "services"), "`services` has no effect: app %q stays where it is", a.Name).
			WithFix("remove it, or say where the app goes with `to`").WithApp(a.Name)
	}
}

// wavesNamed checks that apps name their waves where the plan says that they
// do, and only there.
func (v *validator) wavesNamed() {
	order := v.plan.Spec.Schedule.Order
	if order == "" {
		return
	}
	for i, a := range v.plan.Spec.Apps {
		at := appPath(i, "wave")
		moves := v.given(appPath(i, "to"))
		switch {
		case order == Explicit && moves && !v.given(at):
			v.errorf(appPath(i, "name"), "app %q names no wave, and spec.schedule.order is %s", a.Name, order).
				WithFix("add `wave: 1` or another number from 1").WithApp(a.Name)
		case order == Explicit && !moves && v.given(at):
			v.key(at, "`wave` has no effect: app %q stays where it is", a.Name).
				WithFix("remove it, or say where the app goes with `to`").WithApp(a.Name)
		case order != Explicit && v.given(at):
			v.key(at, "`wave` has no effect: spec.schedule.order is %s", order).
				WithFix("remove it, or set `order: %s`", Explicit).WithApp(a.Name)
		}
	}
}
