package deliver

import (
	"fmt"
	"strings"
)

// mermaid writes a picture as a Mermaid flowchart.
func mermaid(p *picture) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%%%% %s\nflowchart LR\n", oneLine(p.title))
	for i, place := range p.places {
		fmt.Fprintf(&b, "  subgraph p%d[%s]\n", i+1, mermaidText(place.name))
		for _, n := range place.nodes {
			open, end := "[", "]"
			if n.proxy {
				open, end = "([", "])"
			}
			fmt.Fprintf(&b, "    %s%s%s%s\n", n.id, open, mermaidText(n.label), end)
		}
		b.WriteString("  end\n")
	}
	for _, l := range p.links {
		arrow := "-->"
		if l.proxy {
			arrow = "-.->"
		}
		fmt.Fprintf(&b, "  %s %s|%s| %s\n", l.from.id, arrow, mermaidText(l.label), l.to.id)
	}
	return []byte(b.String())
}

func mermaidText(s string) string {
	return `"` + strings.ReplaceAll(oneLine(s), `"`, "#quot;") + `"`
}
