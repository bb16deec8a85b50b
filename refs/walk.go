package refs

import (
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// walk is one pass over the scalars of one object.
type walk struct {
	scanner *Scanner
	object  *manifest.Object
	free    bool // a custom resource: texts that the table does not know are read too
	path    manifest.Path
	parents []*manifest.Node // the mappings and sequences that path leads through

	found   []Reference
	reports []finding
	used    *usage
}

// tables are what is known of the node that the walk stands at: by the kind of
// the object, and by the shape of a pod or container that surrounds it.
type tables struct{ kind, shape *branch }

func (t tables) empty() bool { return t.kind == nil && t.shape == nil }

func (w *walk) run() {
	root := w.object.Root()
	kind := w.scanner.table.of(w.object.ID.Group, w.object.ID.Kind)
	w.parents = append(w.parents, root)
	for key, value := range root.Entries() {
		free := w.free && key != "metadata" && key != "status" && key != "apiVersion" && key != "kind"
		w.enter(key, value, tables{kind: kind.down(key)}, free)
	}
}

// enter walks into a child of the node that the walk stands at.
func (w *walk) enter(elem string, n *manifest.Node, t tables, free bool) {
	if !free && t.empty() {
		return
	}
	w.path = append(w.path, elem)
	w.visit(n, t, free)
	w.path = w.path[:len(w.path)-1]
}

func (w *walk) visit(n *manifest.Node, t tables, free bool) {
	if w.rows(t.kind, n, &t) || w.rows(t.shape, n, &t) {
		return
	}
	switch n.Kind() {
	case manifest.Scalar:
		if free {
			w.freeText(n)
		}
	case manifest.Mapping:
		w.mapping(n, t, free)
	case manifest.Sequence:
		w.parents = append(w.parents, n)
		for i, item := range n.Items() {
			elem := strconv.Itoa(i)
			w.enter(elem, item, tables{t.kind.down(elem), t.shape.down(elem)}, free)
		}
		w.parents = w.parents[:len(w.parents)-1]
	}
}

func (w *walk) mapping(n *manifest.Node, t tables, free bool) {
	if free && t.shape == nil {
		t.shape = w.shape(n)
	}
	w.parents = append(w.parents, n)
	for key, value := range n.Entries() {
		w.enter(key, value, tables{t.kind.down(key), t.shape.down(key)}, free && !describes(key))
	}
	w.parents = w.parents[:len(w.parents)-1]
}

// shape recognises pod templates and containers in custom resources: Argo
// Rollouts and workflows, Knative services, the operators of databases.
func (w *walk) shape(n *manifest.Node) *branch {
	switch {
	case n.Child("containers").Kind() == manifest.Sequence:
		return w.scanner.table.pod
	case n.Child("env").Kind() == manifest.Sequence || n.Child("envFrom").Kind() == manifest.Sequence,
		n.Child("image") != nil && (n.Child("args") != nil || n.Child("command") != nil):
		return w.scanner.table.container
	}
	return nil
}

// describes reports whether the values below a key say what an object is or
// selects, and call nobody.
func describes(key string) bool {
	switch key {
	case "labels", "matchLabels", "matchExpressions", "selector", "labelSelector", "podSelector", "annotations",
		"image", "metadata", "ports", "resources", "securityContext", "schema", "openAPIV3Schema":
		return true
	}
	return strings.HasSuffix(key, "Labels")
}

// rows reads a node as the first row says that can, those of the plan before
// those of the table, and reports whether there was one.
func (w *walk) rows(b *branch, n *manifest.Node, t *tables) bool {
	if b == nil {
		return false
	}
	for _, r := range b.rows {
		if r.holds == holdsPod {
			t.shape = w.scanner.table.pod
			continue
		}
		if r.user > 0 && n.Kind() == manifest.Scalar {
			w.used.fields[r.user-1] = true
		}
		if w.read(r, n) {
			return true
		}
	}
	return false
}

// read reads a node as one row says. It returns false for nodes that the walk
// has to go through still.
func (w *walk) read(r *row, n *manifest.Node) bool {
	switch n.Kind() {
	case manifest.Scalar:
		if !n.IsNull() {
			w.scalar(r, n)
		}
		return true
	case manifest.Sequence:
		if r.holds != holdsArguments {
			return false
		}
		w.arguments(n)
	case manifest.Mapping:
		return w.compound(r, n)
	}
	return true
}

func (w *walk) compound(r *row, n *manifest.Node) bool {
	switch r.holds {
	case holdsData:
		w.data(n)
	case holdsEncoded:
		w.encoded(n)
	case holdsSelector:
		w.selector(n)
	case holdsSubject:
		w.subject(n)
	case holdsNames:
		w.resourceNames(n)
	case holdsNothing:
		w.report(r.code, r.severity, r.say, r.todo)
	default:
		return false
	}
	return true
}

func (w *walk) scalar(r *row, n *manifest.Node) {
	switch r.holds {
	case holdsName:
		w.name(r, n.Value())
	case holdsNamespace:
		w.namespace(n.Value())
	case holdsJoined:
		w.joined(r, n.Value())
	case holdsMiddlewares:
		w.middlewares(r, n.Value())
	case holdsHost:
		w.host(n.Value(), "", known)
	case holdsDestination:
		w.host(n.Value(), w.sibling(r.port), anyName)
	case holdsNamespaceHost:
		w.namespaceHost(n.Value())
	case holdsText:
		w.text(n.Value(), w.keyOf(r), keyed)
	case holdsPrincipal:
		w.principal(n.Value())
	case holdsSearch:
		w.host(n.Value(), "", known)
	case holdsAddress:
		w.text(n.Value(), "", keyed)
	case holdsFieldPath:
		w.fieldPath(n.Value())
	case holdsNothing:
		w.report(r.code, r.severity, r.say, r.todo)
	case holdsArguments, holdsData, holdsEncoded, holdsSelector, holdsSubject, holdsNames, holdsPod, holdsBeside:
	}
}

// parent returns the mapping or sequence that holds the node the walk stands at.
func (w *walk) parent() *manifest.Node { return w.parents[len(w.parents)-1] }

// beside returns the path of a sibling of the node that the walk stands at.
func (w *walk) beside(path string) manifest.Path {
	if path == "" {
		return nil
	}
	elems := []string{path}
	if !strings.Contains(path, "/") { // a key of StorageClass parameters has dots of its own
		elems = strings.Split(path, ".")
	}
	return w.path[:len(w.path)-1].Join(elems...)
}

// sibling returns the text of the first of some siblings that there is.
func (w *walk) sibling(paths string) string {
	if paths == "" {
		return ""
	}
	for path := range strings.SplitSeq(paths, "|") {
		n := w.parent()
		for key := range strings.SplitSeq(path, ".") {
			n = n.Child(key)
		}
		if n.Value() != "" {
			return n.Value()
		}
	}
	return ""
}

// keyOf returns what a text is called: the sibling that the row names, or the
// last key of the path.
func (w *walk) keyOf(r *row) string {
	if r.key != "" {
		return w.sibling(r.key)
	}
	for i := len(w.path) - 1; i >= 0; i-- {
		if w.path[i] != "" && (w.path[i][0] < '0' || w.path[i][0] > '9') {
			return w.path[i]
		}
	}
	return ""
}

// freeText reads a text in a custom resource that the table does not know.
func (w *walk) freeText(n *manifest.Node) {
	if n.Tag() == manifest.StrTag {
		w.text(n.Value(), w.keyOf(&row{}), custom)
	}
}
