package deliver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// nameFields are fields that hold the name of an object of one kind. kustomize
// changes them with the name of that object (its default name references,
// api/internal/konfig/builtinpluginconsts/namereference.go).
var nameFields = []struct {
	within string // the mapping that the field stands in, "" for any
	field  string
	kind   string
}{
	{"", "serviceAccountName", "ServiceAccount"},
	{"", "volumeName", "PersistentVolume"},
	{"", "claimName", "PersistentVolumeClaim"},
	{"", "storageClassName", "StorageClass"},
	{"", "priorityClassName", "PriorityClass"},
	{"", "ingressClassName", "IngressClass"},
	{"", "serviceName", "Service"},
	{"service", "name", "Service"},
	{"", "secretName", "Secret"},
	{"secretRef", "name", "Secret"},
	{"secretKeyRef", "name", "Secret"},
	{"imagePullSecrets", "name", "Secret"},
	{"configMap", "name", "ConfigMap"},
	{"configMapRef", "name", "ConfigMap"},
	{"configMapKeyRef", "name", "ConfigMap"},
	{"scaleTargetRef", "name", "Deployment"},
	{"scaleTargetRef", "name", "StatefulSet"},
}

// namedKinds returns the kinds that the text at a path may name an object of.
func namedKinds(at manifest.Path) []string {
	within := ""
	for _, elem := range at[:len(at)-1] {
		if _, err := strconv.Atoi(elem); err != nil {
			within = elem
		}
	}
	var kinds []string
	for _, f := range nameFields {
		if at[len(at)-1] == f.field && (f.within == "" || f.within == within) {
			kinds = append(kinds, f.kind)
		}
	}
	return kinds
}

// wholeFields returns the fields of a kept object that are written as they have
// to be, whether they differ from the base or not, and are not tested. kustomize
// fills in such a field at the end of a build, from the object that it names:
// from one that is not there any more (it is at another place, or written in
// full) nothing is filled in, so the field would keep the name and namespace
// from before the prefixes and namespaces of the user's kustomization.
func (o *overlay) wholeFields(p pair) []manifest.Path {
	var paths []manifest.Path
	is := p.is
	switch is.ID.Kind {
	case "RoleBinding", "ClusterRoleBinding":
		paths = o.bindingFields(p)
	case "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration":
		for i := range is.Get("webhooks").Items() {
			paths = o.serviceField(paths, p, manifest.P("webhooks", strconv.Itoa(i), "clientConfig", "service"))
		}
	case "APIService":
		paths = o.serviceField(paths, p, manifest.P("spec", "service"))
	}
	is.Root().Scalars(func(at manifest.Path, s *manifest.Node) {
		if s.Tag() == manifest.StrTag && len(at) > 0 && !covered(paths, at) && o.unfilled(at, s.Value()) {
			paths = append(paths, slices.Clone(at))
		}
	})
	return paths
}

// unfilled reports whether kustomize does not fill in what stands at a path, or
// fills in something else.
func (o *overlay) unfilled(at manifest.Path, value string) bool {
	if o.base.bare[value] != "" && o.bare[value] == "" && !isName(at) {
		return true // a generated object that is not the one that the base becomes
	}
	return o.base.names[value] && slices.ContainsFunc(namedKinds(at), func(kind string) bool { return o.gone(kind, value) })
}

// bindingFields returns the fields of a binding that are written whole.
func (o *overlay) bindingFields(p pair) []manifest.Path {
	var paths []manifest.Path
	written := !p.is.Get("subjects").Equal(p.base.Get("subjects"))
	for _, s := range p.is.Get("subjects").Items() {
		written = written || o.gone("ServiceAccount", s.Text("name"))
	}
	if written && p.is.Get("subjects") != nil {
		paths = append(paths, manifest.P("subjects"))
	}
	if o.gone(p.is.Text("roleRef", "kind"), p.is.Text("roleRef", "name")) {
		paths = append(paths, manifest.P("roleRef", "name"))
	}
	return paths
}

// serviceField adds a field that names a Service with its namespace.
func (o *overlay) serviceField(paths []manifest.Path, p pair, field manifest.Path) []manifest.Path {
	is := p.is.Get(field...)
	if is == nil || p.base.Get(field...) == nil {
		return paths
	}
	if !is.Equal(p.base.Get(field...)) || o.gone("Service", is.Text("name")) {
		return append(paths, field)
	}
	return paths
}

// gone reports whether the base builds objects of a kind and name, and the
// overlay keeps none of them.
func (o *overlay) gone(kind, name string) bool {
	objects := o.base.named[kindOf{kind, name}]
	return len(objects) > 0 && !slices.ContainsFunc(objects, func(b *manifest.Object) bool { return o.keeps[b] })
}

// covered reports whether a path lies at or below one of those that are written
// whole.
func covered(whole []manifest.Path, p manifest.Path) bool {
	return slices.ContainsFunc(whole, func(w manifest.Path) bool {
		return strings.HasPrefix(p.Pointer()+"/", w.Pointer()+"/")
	})
}
