package deliver

// layout is where the nodes of a picture stand: callers left of what they call,
// each place a band from left to right.
type layout struct {
	boxes         map[*node]box
	bands         []box // of the places, in their order
	width, height int
	gap           int // between columns: room for the text on an edge
}

// box is a rectangle in pixels.
type box struct{ x, y, w, h int }

// The measures of a drawing, in pixels.
const (
	letter     = 8  // width of a letter, with room
	boxHeight  = 34 // of a node
	rowGap     = 16 // between nodes of a column
	edgeLetter = 7  // width of a letter on an edge
	arrowRoom  = 50 // beside the text of an edge
	margin     = 20
	bandHeader = 26
	titleSpace = 34
)

// lay places the nodes.
func lay(p *picture) *layout {
	columns := columnsOf(p)
	l := &layout{boxes: map[*node]box{}, gap: arrowRoom}
	for _, link := range p.links {
		l.gap = max(l.gap, len(link.label)*edgeLetter+arrowRoom)
	}
	widths := columnWidths(p, columns)
	left := make([]int, len(widths))
	x := 2 * margin
	for i, w := range widths {
		left[i] = x
		x += w + l.gap
	}
	l.width = max(x-l.gap+2*margin, 320)
	y := titleSpace
	for _, place := range p.places {
		filled := make([]int, len(widths))
		rows := 0
		for _, n := range place.nodes {
			c := columns[n]
			l.boxes[n] = box{left[c], y + bandHeader + filled[c]*(boxHeight+rowGap), widths[c], boxHeight}
			filled[c]++
			rows = max(rows, filled[c])
		}
		height := bandHeader + rows*(boxHeight+rowGap)
		l.bands = append(l.bands, box{margin, y, l.width - 2*margin, height})
		y += height + margin
	}
	l.height = y
	return l
}

// columnsOf returns the column of each node: one right of its rightmost caller.
// Calls that close a cycle do not count.
func columnsOf(p *picture) map[*node]int {
	out := map[*node][]*node{}
	for _, link := range p.links {
		out[link.from] = append(out[link.from], link.to)
	}
	var order []*node // callees before callers
	state := map[*node]int{}
	var visit func(n *node)
	visit = func(n *node) {
		state[n] = 1
		kept := out[n][:0]
		for _, to := range out[n] {
			if state[to] == 1 {
				continue // closes a cycle
			}
			kept = append(kept, to)
			if state[to] == 0 {
				visit(to)
			}
		}
		out[n] = kept
		state[n] = 2
		order = append(order, n)
	}
	for _, place := range p.places {
		for _, n := range place.nodes {
			if state[n] == 0 {
				visit(n)
			}
		}
	}
	columns := map[*node]int{}
	for i := len(order) - 1; i >= 0; i-- {
		for _, to := range out[order[i]] {
			columns[to] = max(columns[to], columns[order[i]]+1)
		}
	}
	return columns
}

func columnWidths(p *picture, columns map[*node]int) []int {
	var widths []int
	for _, place := range p.places {
		for _, n := range place.nodes {
			for len(widths) <= columns[n] {
				widths = append(widths, 0)
			}
			widths[columns[n]] = max(widths[columns[n]], len(n.label)*letter+2*rowGap)
		}
	}
	return widths
}
