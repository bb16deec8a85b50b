// Package observe compares what clusters hold with the states of a migration: in
// which phase they are, and what their gates still wait for. It reads what
// kubectl get printed and asks nobody.
package observe

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Dump is what a cluster holds, or the part of it that was asked for.
type Dump struct {
	Cluster string
	objects map[manifest.ID]*manifest.Node // whole, status included
	kinds   map[kind]bool
}

// kind is what kubectl get is asked for.
type kind struct{ group, kind string }

// Read reads the output of kubectl get -o yaml or -o json: Lists, or objects, as
// the documents of one file.
func Read(cluster, file string, data []byte) (*Dump, diag.List) {
	d := &Dump{Cluster: cluster, objects: map[manifest.ID]*manifest.Node{}, kinds: map[kind]bool{}}
	var diags diag.List
	for i, text := range documents(string(data)) {
		if strings.TrimSpace(text) == "" {
			continue
		}
		tree, found := manifest.ParseTree(fmt.Sprintf("%s (document %d)", file, i+1), []byte(text))
		if diags = append(diags, found...); found.HasErrors() {
			continue
		}
		d.add(tree.Root)
	}
	if len(d.objects) == 0 && !diags.HasErrors() {
		diags.Errorf(diag.CodeSource, diag.Pos{File: file}, "it holds no objects").
			WithFix("write it with kubectl get KINDS --all-namespaces -o yaml")
	}
	return d, diags
}

// documents splits a stream of YAML documents.
func documents(text string) []string {
	return strings.Split("\n"+strings.ReplaceAll(text, "\r\n", "\n"), "\n---\n")
}

// add adds an object, or the items of a List.
func (d *Dump) add(n *manifest.Node) {
	if strings.HasSuffix(n.Text("kind"), "List") && n.Get("items") != nil {
		for _, item := range n.Get("items").Items() {
			d.add(item)
		}
		return
	}
	id := manifest.New(n).ID
	if id.Kind == "" || id.Name == "" {
		return
	}
	d.objects[id] = n
	d.kinds[kind{id.Group, id.Kind}] = true
}

// Holds reports whether objects of a kind were asked for: of one that no object
// shows it is not known whether there is none or nobody asked.
func (d *Dump) Holds(id manifest.ID) bool { return d.kinds[kind{id.Group, id.Kind}] }
