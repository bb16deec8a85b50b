// Package refs is stage 2 of 7: it finds who names whom, and where. One table
// (table.go) says in which fields of which objects a Service, a namespace or
// another object is named; texts (environment, arguments, configuration files)
// are read by one scanner (text.go). Discovery finds edges with it, rendering
// rewrites at the positions it found, verification learns from it what a
// workload calls: what is found is what is rewritten is what is verified.
package refs

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// Refers says what a reference names.
type Refers uint8

// What references name.
const (
	ToService   Refers = iota + 1 // a Service, as a network address or in a field
	ToNamespace                   // a namespace by its name
	ToObject                      // any other object by its name, in a field
)

// Form is how a reference is written, which decides how it is rewritten.
type Form uint8

// The forms. Short, Namespace, Svc and Full are of host names and occur in
// ToService references only.
const (
	Field     Form = iota + 1 // the name alone; the namespace is implied or beside it
	Short                     // svc
	Namespace                 // svc.ns
	Svc                       // svc.ns.svc
	Full                      // svc.ns.svc.<cluster domain>
	Joined                    // ns, a separator, name: ns/name, ns-name@kubernetescrd, system:serviceaccount:ns:name
)

// Certainty says whether a text is a reference beyond doubt.
type Certainty uint8

// The certainties.
const (
	Certain  Certainty = iota + 1
	Possible           // a bare word where a host may stand; the plan confirms or ignores it
)

// Reference is a position in an object that names a Service, a namespace or
// another object.
type Reference struct {
	Object *manifest.Object // the object that holds it
	Path   manifest.Path    // the scalar that holds it
	Start  int              // where its text begins in the scalar's value, in bytes
	End    int              // where it ends
	Base64 bool             // Start and End count in the decoded value (Secret data)

	Refers    Refers
	Form      Form
	Target    manifest.ID // what it names, with the namespace it means today
	Known     bool        // the target is in the inventory; of ToObject references only Scan says so
	Certainty Certainty

	// Of ToService references only:
	Prefix string // what stands before the Service's name in the host: "pod-0.", "_http._tcp." or "*."
	Domain string // the cluster domain as written, of Full ones
	Dot    bool   // the host ends in a dot
	Scheme string // of the URL it stands in, "" when it stands in none
	Port   string // number or name, "" when none is written

	// NamespacePath is the scalar beside a Field reference that names the
	// target's namespace (backendRefs[].namespace), or would: it need not
	// exist. It is nil where the API knows no such field.
	NamespacePath manifest.Path
	// Separator stands between namespace and name of a Joined reference. Of a
	// Field reference it is set where the API accepts either form.
	Separator string
}

// Pos returns where the reference stands in the user's file.
func (r *Reference) Pos() diag.Pos { return r.Object.Pos(r.Path...) }

// Text returns the text of the reference itself: the host without its port, the
// name, or the namespace.
func (r *Reference) Text() string {
	value, ok := decoded(r.Object.Text(r.Path...), r.Base64)
	if !ok || r.Start < 0 || r.Start > r.End || r.End > len(value) {
		return ""
	}
	return value[r.Start:r.End]
}

// Written returns the reference as its author wrote it, for people: the text,
// with the port where one stands behind it.
func (r *Reference) Written() string {
	value, _ := decoded(r.Object.Text(r.Path...), r.Base64)
	text := r.Text()
	if r.Port != "" && text != "" && strings.HasPrefix(value[r.End:], ":"+r.Port) {
		return text + ":" + r.Port
	}
	return text
}

// Address is where a Service is to be called.
type Address struct {
	Name      string
	Namespace string
	Domain    string // the cluster domain; when empty the one that the reference is written with, else cluster.local
}
