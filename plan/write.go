package plan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/refs"
)

// Write returns a discovered plan as a file to edit: every edge is listed with
// the position of its evidence beside it.
func Write(g *Graph, show func(diag.Pos) string) ([]byte, error) {
	doc := mapping(
		entry{"apiVersion", scalar(APIVersion)},
		entry{"kind", scalar(Kind)},
		entry{"metadata", mapping(entry{"name", scalar(g.Plan.Metadata.Name)})},
		entry{"spec", mapping(
			entry{"sources", sourceNodes(g.Plan.Spec.Sources)},
			entry{"apps", appNodes(g, show)},
		)},
	)
	doc.HeadComment = "Add `to: {namespace: ...}` to the apps that move, then run `rehome plan` on this file.\n" + missingComment(g, show)
	var b bytes.Buffer
	dumper, err := yaml.NewDumper(&b, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	if err := dumper.Dump(doc); err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	if err := dumper.Close(); err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	return b.Bytes(), nil
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// entry is a key of a mapping with its value.
type entry struct {
	key   string
	value *yaml.Node
}

// mapping makes a mapping with its entries in the given order.
func mapping(entries ...entry) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, e := range entries {
		n.Content = append(n.Content, scalar(e.key), e.value)
	}
	return n
}

// missingComment lists the references to Services that are nowhere.
func missingComment(g *Graph, show func(diag.Pos) string) string {
	if len(g.Missing) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\nThese references name Services that are nowhere in the sources:\n")
	for _, r := range g.Missing {
		fmt.Fprintf(&b, "  %s at %s\n", r.Written(), show(r.Pos()))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func sourceNodes(sources []Source) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range sources {
		n := mapping(entry{"path", scalar(s.Path)})
		if s.Namespace != "" {
			n.Content = append(n.Content, scalar("namespace"), scalar(s.Namespace))
		}
		list.Content = append(list.Content, n)
	}
	return list
}

func appNodes(g *Graph, show func(diag.Pos) string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, a := range g.Apps {
		n := mapping(entry{"name", scalar(a.Name)})
		if a.Spec.From != nil {
			from := mapping(entry{"namespace", scalar(a.Spec.From.Namespace)})
			from.Style = yaml.FlowStyle
			n.Content = append(n.Content, scalar("from"), from)
		}
		if len(a.Spec.Select) > 0 {
			n.Content = append(n.Content, scalar("select"), selectNode(a.Spec.Select))
		}
		if edges := g.EdgesFrom(a); len(edges) > 0 {
			n.Content = append(n.Content, scalar("dependsOn"), dependencyNodes(edges, show))
		}
		list.Content = append(list.Content, n)
	}
	return list
}

func selectNode(labels map[string]string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for k, v := range labels { // put into order below
		n.Content = append(n.Content, scalar(k), scalar(v))
	}
	if len(labels) > 1 {
		pairs := slices.Collect(slices.Chunk(n.Content, 2))
		slices.SortFunc(pairs, func(a, b []*yaml.Node) int { return strings.Compare(a[0].Value, b[0].Value) })
		n.Content = slices.Concat(pairs...)
	}
	return n
}

// dependencyNodes lists the callees of an app: by name where they have one
// Service, else with the Service that is called.
func dependencyNodes(edges []*Edge, show func(diag.Pos) string) *yaml.Node {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	sorted := slices.SortedFunc(slices.Values(edges), compareEdges)
	for _, e := range sorted {
		var n *yaml.Node
		if len(e.Callee.Services) == 1 {
			n = scalar(e.Callee.Name)
		} else {
			n = mapping(entry{"app", scalar(e.Callee.Name)}, entry{"service", scalar(e.Service.ID.Name)})
			n.Style = yaml.FlowStyle
		}
		if last := len(list.Content) - 1; last >= 0 && sameNode(list.Content[last], n) {
			list.Content[last].LineComment += "; " + evidenceComment(e.Evidence, show)
			continue
		}
		n.LineComment = evidenceComment(e.Evidence, show)
		list.Content = append(list.Content, n)
	}
	return list
}

func sameNode(a, b *yaml.Node) bool {
	return a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameNode)
}

// evidenceComment says where the manifests show an edge.
func evidenceComment(evidence []*refs.Reference, show func(diag.Pos) string) string {
	parts := make([]string, len(evidence))
	for i, r := range evidence {
		parts[i] = fmt.Sprintf("%s at %s", r.Written(), show(r.Pos()))
	}
	return strings.Join(parts, "; ")
}
