package deliver

import (
	"strings"
)

// stateFiles writes, for a place that a state changes, the list of the variants
// that it consists of from then on, and for state 0, which has all places, what
// points to it.
func (out *output) stateFiles(p *printer, s snapshot) []File {
	files := []File{p.list(s.dir(), s.variants)}
	if s.state == out.states[0] {
		files = append(files, liveFile(p, s))
	}
	return files
}

// dir returns the directory of the state of a place.
func (s snapshot) dir() string {
	return "states/" + StateName(s.state) + "/" + PlaceDir(s.place)
}

// wayTo returns the path that leads from a directory of the output to a manifest
// root.
func (o *Options) wayTo(from, root string) string {
	if o.Within == "" {
		return relative(from, clean(o.SourceRoot+"/"+root))
	}
	start, end := strings.Split(o.Within+"/"+from, "/"), strings.Split(root, "/")
	for len(start) > 0 && len(end) > 0 && start[0] == end[0] {
		start, end = start[1:], end[1:]
	}
	return strings.Repeat("../", len(start)) + strings.Join(end, "/")
}

// relative returns the path that leads from a directory of the output to
// another path of it.
func relative(from, to string) string {
	return strings.Repeat("../", strings.Count(from, "/")+1) + to
}
