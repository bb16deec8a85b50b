package manifest

// slab allocates the nodes of the objects of one file together: they live as
// long as each other, and one large piece of memory costs less than many small
// ones.
type slab struct {
	nodes []Node
	links []*Node
	stack []*Node // memory for a reader
}

// The least that a slab allocates at a time.
const (
	slabNodes = 128
	slabLinks = 256
)

// newSlab returns a slab for texts of so many bytes. Manifests have a node every
// dozen bytes.
func newSlab(bytes int) *slab {
	return &slab{nodes: make([]Node, 0, bytes/12), links: make([]*Node, 0, bytes/12)}
}

// node returns a new node.
func (s *slab) node(n Node) *Node {
	if len(s.nodes) == cap(s.nodes) {
		s.nodes = make([]Node, 0, slabNodes)
	}
	s.nodes = append(s.nodes, n)
	return &s.nodes[len(s.nodes)-1]
}

// children returns a copy of a list of nodes.
func (s *slab) children(list []*Node) []*Node {
	if len(list) > cap(s.links)-len(s.links) {
		s.links = make([]*Node, 0, max(slabLinks, len(list)))
	}
	from := len(s.links)
	s.links = append(s.links, list...)
	return s.links[from:len(s.links):len(s.links)]
}
