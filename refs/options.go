package refs

import "github.com/rehome-dev/rehome/diag"

// DefaultDomain is the DNS domain of a cluster where nothing else is said.
const DefaultDomain = "cluster.local"

// Options say how to scan. The zero Options are usable.
type Options struct {
	Domains    []string   // cluster domains; DefaultDomain when empty
	Namespaces []string   // that exist besides those of the Services; Scan adds those of all objects
	Ignore     []Selector // what is no reference
	Confirm    []Selector // what is a reference, where the scan is not sure
	Fields     []FieldRow // rows added to the reference table
	Workers    int        // of Scan; 1 when less. The result is the same for any number
}

// Selector selects references: by the object that holds them, the field, the
// text, or several of these. What is empty matches everything.
type Selector struct {
	Pos  diag.Pos
	Kind string
	Name string // of the object
	Path string // of the field, as manifest.Path prints it
	Text string // the reference's own text, with or without its port, or the name of its target
}

func (s *Selector) matches(r *Reference, path string) bool {
	return (s.Kind == "" || s.Kind == r.Object.ID.Kind) &&
		(s.Name == "" || s.Name == r.Object.ID.Name) &&
		(s.Path == "" || s.Path == path) &&
		(s.Text == "" || s.Text == r.Target.Name || s.Text == r.Text() || s.Text == r.Written())
}

// FieldRefers says what a field that the plan declares holds.
type FieldRefers string

// What the fields of custom resources can hold.
const (
	RefersService   FieldRefers = "service"   // the name of a Service in the object's own namespace
	RefersNamespace FieldRefers = "namespace" // the name of a namespace
	RefersURL       FieldRefers = "url"       // a URL, a host with a port, or a host
)

// FieldRow declares a field of a custom resource that holds a reference.
type FieldRow struct {
	Pos    diag.Pos
	Group  string
	Kind   string
	Path   string // spec.rules[*].backend
	Refers FieldRefers
}
