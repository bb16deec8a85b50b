package deliver

import (
	"fmt"
	"strings"
)

// dot writes a picture in the language of Graphviz.
func dot(p *picture) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph rehome {\n  label=%s;\n  rankdir=LR;\n  node [shape=box];\n", dotText(p.title))
	for i, place := range p.places {
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s;\n", i+1, dotText(place.name))
		for _, n := range place.nodes {
			style := ""
			if n.proxy {
				style = ", shape=ellipse, style=dashed"
			}
			fmt.Fprintf(&b, "    %s [label=%s%s];\n", n.id, dotText(n.label), style)
		}
		b.WriteString("  }\n")
	}
	for _, l := range p.links {
		style := ""
		if l.proxy {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s];\n", l.from.id, l.to.id, dotText(l.label), style)
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(s)) + `"`
}
