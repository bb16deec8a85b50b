package refs

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// arguments reads a command line, one word an item. A flag gives its name to
// the word behind it.
func (w *walk) arguments(n *manifest.Node) {
	flag, tool, program := "", false, ""
	for i, item := range n.Items() {
		elem := strconv.Itoa(i)
		s := item.Value()
		if i > 0 || w.path[len(w.path)-1] != "command" { // the program itself calls nobody
			t := text{walk: w, s: s, key: flag, manner: command, next: n.Text(strconv.Itoa(i + 1)), tool: tool, program: program}
			w.path = append(w.path, elem)
			t.run(0)
			w.path = w.path[:len(w.path)-1]
		}
		if i == 0 {
			program = s
		}
		flag = ""
		switch {
		case strings.HasPrefix(s, "-") && !strings.ContainsAny(s, "= \n"):
			flag = strings.TrimLeft(s, "-")
		default:
			tool = networkTool(s)
		}
	}
}

// data reads the keys of a ConfigMap, or of a Secret in plain text.
func (w *walk) data(n *manifest.Node) {
	for key, item := range n.Entries() {
		w.path = append(w.path, key)
		w.value(key, item.Value(), false)
		w.path = w.path[:len(w.path)-1]
	}
}

// encoded reads the keys of a Secret's data. What is no text is no
// configuration; what cannot be decoded is refused by the API server.
func (w *walk) encoded(n *manifest.Node) {
	switch w.object.Text("type") {
	case "helm.sh/release.v1", "kubernetes.io/service-account-token": // written by Helm and by the API server
		return
	}
	for key, item := range n.Entries() {
		if s, ok := decoded(item.Value(), true); ok && utf8.ValidString(s) {
			w.path = append(w.path, key)
			w.value(key, s, true)
			w.path = w.path[:len(w.path)-1]
		}
	}
}

// decoded returns a scalar's text as references count in it.
func decoded(s string, encoded bool) (string, bool) {
	if !encoded {
		return s, true
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	return string(b), err == nil
}

func (w *walk) value(key, s string, encoded bool) {
	if w.streamed(key, s, encoded) {
		return
	}
	t := text{walk: w, s: s, key: key, manner: keyed, base64: encoded}
	t.run(0)
}

// streamed records namespace/service:port[:PROXY] under the number of a port,
// as ingress-nginx reads it
// (kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services).
func (w *walk) streamed(key, s string, encoded bool) bool {
	if !numeric(key) {
		return false
	}
	ns, rest, ok := strings.Cut(s, "/")
	name, port, hasPort := strings.Cut(rest, ":")
	if !ok || !hasPort || !label(ns) || !label(name) {
		return false
	}
	port, _, _ = strings.Cut(port, ":")
	w.join(0, ns, "/", name, &row{target: "Service"})
	last := &w.found[len(w.found)-1]
	last.Port, last.Base64 = strings.TrimSpace(port), encoded
	return true
}

// fieldPath reports that a container is told its namespace (H22).
func (w *walk) fieldPath(path string) {
	if path == "metadata.namespace" {
		w.report("H22", diag.Info,
			"the container is told its own namespace, so keys, topics and locks that it makes of it change with a move",
			"check what the program does with its namespace")
	}
}

// defines reports whether the object gives a value to an environment variable.
func (w *walk) defines(name string) bool {
	found := false
	w.object.Root().Scalars(func(p manifest.Path, n *manifest.Node) {
		if len(p) > 2 && p[len(p)-1] == "name" && p[len(p)-3] == "env" && n.Value() == name {
			found = true
		}
	})
	return found
}
