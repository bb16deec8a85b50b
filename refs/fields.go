package refs

import (
	"cmp"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// add records a reference at the scalar that the walk stands at.
func (w *walk) add(r Reference) *Reference {
	r.Object, r.Path = w.object, w.path.Join()
	if r.Certainty == 0 {
		r.Certainty = Certain
	}
	w.found = append(w.found, r)
	return &w.found[len(w.found)-1]
}

// own returns the namespace of the object that is scanned.
func (w *walk) own() string { return w.object.ID.Namespace }

// name records a field that holds the name of a Service or another object.
func (w *walk) name(r *row, value string) {
	if value == "" || !literal(value) || (r.separator == "" && strings.ContainsRune(value, '/')) {
		return
	}
	if r.separator != "" && strings.Contains(value, r.separator) {
		w.joined(r, value)
		return
	}
	ref := Reference{End: len(value), Form: Field, Separator: r.separator, Target: w.target(r, w.own(), value)}
	if r.namespace != "" && !clusterScoped(ref.Target.Kind) {
		ref.NamespacePath = w.beside(r.namespace)
		ref.Target.Namespace = cmp.Or(w.namespaceBeside(r.namespace), ref.Target.Namespace)
		if !literal(ref.Target.Namespace) {
			return
		}
	}
	if value == "mesh" && ref.Target.Kind == "Gateway" { // Istio's word for all sidecars
		return
	}
	w.resolve(&ref, w.sibling(r.port))
	w.add(ref)
}

func (w *walk) namespaceBeside(key string) string {
	if strings.Contains(key, "/") {
		return w.parent().Text(key)
	}
	return w.sibling(key)
}

// resolve says whether a name is a Service, and fills in what is known of it.
func (w *walk) resolve(ref *Reference, port string) {
	ref.Refers = ToObject
	if ref.Target.Group == "" && ref.Target.Kind == "Service" {
		ref.Refers, ref.Port = ToService, port
		ref.Known = w.scanner.services.find(ref.Target.Namespace, ref.Target.Name) != nil
	}
}

// target returns what a row's name means in a namespace, with the kind and
// group that siblings state.
func (w *walk) target(r *row, namespace, name string) manifest.ID {
	group, kind, ok := strings.Cut(r.target, "/")
	if !ok {
		group, kind = "", r.target
	}
	if group == "traefik.io" && strings.HasPrefix(w.object.ID.Group, "traefik.") {
		group = w.object.ID.Group // both groups of Traefik refer to their own
	}
	if stated := w.sibling(r.kindAt); stated != "" && stated != kind {
		kind, group = stated, w.object.ID.Group
		if coreKind(kind) {
			group = ""
		}
	}
	if r.groupAt != "" {
		if g := w.parent().Child(r.groupAt); g != nil {
			group = g.Value()
			if r.groupAt == "apiVersion" {
				group, _ = manifest.SplitAPIVersion(group)
			}
		}
	}
	if clusterScoped(kind) {
		namespace = ""
	}
	return manifest.ID{Group: group, Kind: kind, Namespace: namespace, Name: name}
}

func coreKind(kind string) bool {
	switch kind {
	case "Service", "Secret", "ConfigMap", "ServiceAccount", "Pod", "PersistentVolumeClaim", "Endpoints", "Namespace", "Node":
		return true
	}
	return false
}

func clusterScoped(kind string) bool {
	switch kind {
	case "Namespace", "Node", "PersistentVolume", "StorageClass", "IngressClass", "GatewayClass", "PriorityClass", "RuntimeClass",
		"VolumeSnapshotContent", "VolumeSnapshotClass":
		return true
	}
	return strings.HasPrefix(kind, "Cluster") && kind != "Cluster"
}

// literal reports whether a value is a name, not a pattern or a template that
// another program fills in.
func literal(value string) bool { return !strings.ContainsAny(value, "*${}()% \t\n") }

// namespace records a field that holds the name of a namespace.
func (w *walk) namespace(value string) { w.namespaceAt(value, 0, Certain) }

// namespaceAt records the name of a namespace that begins at a byte of the scalar.
func (w *walk) namespaceAt(name string, start int, certainty Certainty) {
	if name == "" || name == "." || name == "~" || !literal(name) {
		return
	}
	w.add(Reference{
		Start: start, End: start + len(name), Refers: ToNamespace, Form: Field, Certainty: certainty,
		Target: manifest.ID{Kind: "Namespace", Name: name}, Known: w.scanner.services.namespaces[name],
	})
}

// joined records namespace/name, perhaps with a port behind it.
func (w *walk) joined(r *row, value string) {
	separator := r.separator
	ns, name, ok := strings.Cut(value, separator)
	if !ok || ns == "" || name == "" || ns == "." || !literal(value) {
		return
	}
	w.join(0, ns, separator, name, r)
}

// join records a namespace, a separator and a name that begin at a byte.
func (w *walk) join(start int, ns, separator, name string, r *row) {
	ref := Reference{
		Start: start, End: start + len(ns) + len(separator) + len(name),
		Form: Joined, Separator: separator, Target: w.target(r, ns, name),
	}
	w.resolve(&ref, "")
	w.add(ref)
}

// middlewares records Traefik's references to other objects, separated by
// commas: <namespace>-<name>@kubernetescrd. Where namespaces have dashes, the
// namespace that is known decides where the name begins. Names without a
// provider are of the object's own namespace.
func (w *walk) middlewares(r *row, value string) {
	start := 0
	for part := range strings.SplitSeq(value, ",") {
		trimmed := strings.TrimSpace(part)
		at := start + strings.Index(part, trimmed)
		start += len(part) + 1
		whole, provider, qualified := strings.Cut(trimmed, "@")
		switch {
		case qualified && provider == "kubernetescrd":
			if ns, name := w.splitDashes(whole); ns != "" {
				w.join(at, ns, "-", name, r)
			}
		case !qualified && trimmed == value && value != "" && literal(value):
			w.name(&row{target: r.target}, value)
		}
	}
}

// splitDashes splits namespace-name at the dash behind a known namespace, the
// object's own first, else at the first dash.
func (w *walk) splitDashes(s string) (ns, name string) {
	if rest, ok := strings.CutPrefix(s, w.own()+"-"); ok && w.own() != "" && rest != "" {
		return w.own(), rest
	}
	for i := range len(s) {
		if s[i] == '-' && i+1 < len(s) && w.scanner.services.namespaces[s[:i]] {
			return s[:i], s[i+1:]
		}
	}
	ns, name, _ = strings.Cut(s, "-")
	if name == "" {
		return "", ""
	}
	return ns, name
}

// namespaceHost records Istio's <namespace>/<host>, where the namespace may be
// a pattern, or a host alone.
func (w *walk) namespaceHost(value string) {
	ns, _, ok := strings.Cut(value, "/")
	if !ok {
		w.host(value, "", known)
		return
	}
	w.namespaceAt(ns, 0, Certain)
	t := text{walk: w, s: value, manner: known}
	t.run(len(ns) + 1)
}

// principal records Istio's workload identities:
// <trust domain>/ns/<namespace>/sa/<ServiceAccount>.
func (w *walk) principal(value string) {
	const before, between = "/ns/", "/sa/"
	at := strings.Index(value, before)
	if at < 0 {
		if w.scanner.services.namespaces[value] {
			w.namespace(value)
		}
		return
	}
	start := at + len(before)
	ns, name, ok := strings.Cut(value[start:], between)
	switch {
	case !ok || !literal(ns) || ns == "":
		return
	case name == "" || !literal(name):
		w.namespaceAt(ns, start, Certain)
	default:
		w.join(start, ns, between, name, &row{target: "ServiceAccount"})
	}
}
