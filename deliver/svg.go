package deliver

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
)

// svgStyle sets fonts and colours. The text on edges has a white rim, so that
// it can be read where it crosses a line.
const svgStyle = `text{font:13px sans-serif;fill:#1f2937}
.title{font-weight:bold;font-size:15px}
.place{fill:#f3f4f6;stroke:#9ca3af}
.name{font-weight:bold}
.app{fill:#fff;stroke:#1d4ed8}
.proxy{fill:#fffbeb;stroke:#b45309;stroke-dasharray:4 3}
.call{fill:none;stroke:#4b5563}
.via{fill:none;stroke:#b45309;stroke-dasharray:4 3}
.edge{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}
.box{text-anchor:middle}`

// svg draws a picture as an image of its own, without scripts or references.
func svg(p *picture) []byte {
	l := lay(p)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", l.width, l.height, l.width, l.height)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n", escaped(p.title), svgStyle)
	b.WriteString(`<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="#4b5563"/></marker></defs>` + "\n")
	fmt.Fprintf(&b, `<text class="title" x="%d" y="22">%s</text>`+"\n", margin, escaped(p.title))
	for i, band := range l.bands {
		svgBox(&b, "place", band)
		fmt.Fprintf(&b, `<text class="name" x="%d" y="%d">%s</text>`+"\n", band.x+8, band.y+18, escaped(p.places[i].name))
	}
	for _, link := range p.links {
		svgCurve(&b, link, l)
	}
	for _, place := range p.places {
		for _, n := range place.nodes {
			class := "app"
			if n.proxy {
				class = "proxy"
			}
			at := l.boxes[n]
			svgBox(&b, class, at)
			fmt.Fprintf(&b, `<text class="box" x="%d" y="%d">%s</text>`+"\n", at.x+at.w/2, at.y+at.h/2+5, escaped(n.label))
		}
	}
	svgLabels(&b, p, l)
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func svgBox(b *strings.Builder, class string, at box) {
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="5"/>`+"\n", class, at.x, at.y, at.w, at.h)
}

// svgCurve draws a link from the right side of a box to the left side of another.
func svgCurve(b *strings.Builder, link link, l *layout) {
	class := "call"
	if link.proxy {
		class = "via"
	}
	c := curveOf(link, l)
	fmt.Fprintf(b, `<path class="%s" marker-end="url(#arrow)" d="M%d %dC%d %d %d %d %d %d"/>`+"\n", class, c.x0, c.y0, c.x0+c.bend, c.y0, c.x1-c.bend, c.y1, c.x1, c.y1)
}

// curve is a cubic curve that leaves and arrives horizontally.
type curve struct{ x0, y0, x1, y1, bend int }

func curveOf(link link, l *layout) curve {
	from, to := l.boxes[link.from], l.boxes[link.to]
	return curve{from.x + from.w, from.y + from.h/2, to.x, to.y + to.h/2, l.gap / 2}
}

// label returns where the text of the curve stands: in the middle of the gap
// before what is called, where the links of one caller have parted. It takes the
// first of a hundred points of the curve that is as far right, in whole numbers,
// so that every machine draws the same.
func (c curve) label() (x, y int) {
	for t := 1; t < 100; t++ {
		u := 100 - t
		x = (u*u*u*c.x0 + 3*u*u*t*(c.x0+c.bend) + 3*u*t*t*(c.x1-c.bend) + t*t*t*c.x1) / 1_000_000
		y = (u*u*(u+3*t)*c.y0 + t*t*(t+3*u)*c.y1) / 1_000_000
		if x >= c.x1-c.bend {
			x = c.x1 - c.bend
			break
		}
	}
	return x, y
}

// svgLabels writes the texts of links above everything else. A text that would
// cover another moves down.
func svgLabels(b *strings.Builder, p *picture, l *layout) {
	placed := map[int][]box{} // by x: texts in one gap are centred on the same line
	for _, link := range p.links {
		x, y := curveOf(link, l).label()
		for covers(placed[x], y) {
			y += lineHeight
		}
		placed[x] = append(placed[x], box{x: x, y: y})
		fmt.Fprintf(b, `<text class="edge" x="%d" y="%d">%s</text>`+"\n", x, y-4, escaped(link.label))
	}
}

// lineHeight is that of a text on an edge, in pixels.
const lineHeight = 12

func covers(texts []box, y int) bool {
	return slices.ContainsFunc(texts, func(t box) bool { return t.y-lineHeight < y && y < t.y+lineHeight })
}

// escaped returns a text for XML.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(oneLine(s))); err != nil {
		return "" // a strings.Builder never fails
	}
	return b.String()
}
