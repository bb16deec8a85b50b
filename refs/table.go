package refs

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
)

// holds says what the value at a row's path holds, and so how it is read.
type holds uint8

const (
	holdsName          holds = iota + 1 // the name of a Service or another object
	holdsNamespace                      // the name of a namespace
	holdsJoined                         // namespace and name in one string, perhaps with a port
	holdsMiddlewares                    // Traefik's list of ns-name@kubernetescrd
	holdsHost                           // a host name: a Service, or a name that is none of ours
	holdsDestination                    // a host name that must be a Service when it is a single label
	holdsNamespaceHost                  // Istio's namespace/host
	holdsText                           // free text; the key is a sibling or the last key of the path
	holdsArguments                      // a command line, one word an item
	holdsData                           // keys and values of a ConfigMap
	holdsEncoded                        // keys and base64 values of a Secret
	holdsSelector                       // a label selector of namespaces
	holdsSubject                        // a subject of RBAC
	holdsPrincipal                      // Istio's <trust domain>/ns/<namespace>/sa/<name>
	holdsNames                          // resourceNames of an RBAC rule
	holdsSearch                         // a DNS search domain
	holdsAddress                        // an IP address
	holdsFieldPath                      // a path of the downward API
	holdsPod                            // a pod's spec: the rows of podRows begin here
	holdsBeside                         // the namespace of a name beside it, which is read there
	holdsNothing                        // nothing that can be rewritten: reported
)

// row is one line of the reference table: a field and what it refers to. The
// paths of siblings lead downwards from the parent of the field.
type row struct {
	group, kind string // alternatives separated by |, * for any
	path        string
	holds       holds

	target    string // of names: group/Kind, the group left out for core
	namespace string // sibling: the target's namespace
	port      string // siblings, separated by |: the Service's port
	kindAt    string // sibling: the target's kind, where it can be several
	groupAt   string // sibling: the target's group or apiVersion
	key       string // of texts, sibling: what the text is called
	separator string // of joined names, and of names that may be joined

	code      diag.Code // of what is only reported
	severity  diag.Severity
	say, todo string

	user int // 1-based position in Options.Fields of a row that the user added
}

// ofKind gives rows the groups and kinds of objects that they are of.
func ofKind(group, kind string, rows ...row) []row {
	for i := range rows {
		rows[i].group, rows[i].kind = group, kind
	}
	return rows
}

func service(path string) row { return row{path: path, holds: holdsName, target: "Service"} }

func object(path, target string) row { return row{path: path, holds: holdsName, target: target} }

func joined(path, target string) row {
	return row{path: path, holds: holdsJoined, target: target, separator: "/"}
}

func field(path string, h holds) row { return row{path: path, holds: h} }

func residue(path string, code diag.Code, severity diag.Severity, say, todo string) row {
	return row{path: path, holds: holdsNothing, code: code, severity: severity, say: say, todo: todo}
}

// beside names the sibling that states the target's namespace.
func (r row) beside(namespace string) row { r.namespace = namespace; return r }

// at names the siblings that may state the Service's port.
func (r row) at(port string) row { r.port = port; return r }

// of names the siblings that state the target's kind and its group or apiVersion.
func (r row) of(kind, group string) row { r.kindAt, r.groupAt = kind, group; return r }

// called names the sibling that says what a text is called.
func (r row) called(key string) row { r.key = key; return r }

// orJoined says that the API accepts namespace/name as well as the name.
func (r row) orJoined() row { r.separator = "/"; return r }

// middleware says that the value may be written as Traefik names objects of
// other namespaces: ns-name@kubernetescrd.
func (r row) middleware() row { r.holds, r.separator = holdsMiddlewares, "-"; return r }

// each repeats rows below several paths.
func each(paths []string, rows ...row) []row {
	out := make([]row, 0, len(paths)*len(rows))
	for _, p := range paths {
		for _, r := range rows {
			if r.path == "" {
				r.path = p
			} else {
				r.path = p + "." + r.path
			}
			out = append(out, r)
		}
	}
	return out
}

// tableRows is the whole reference table. Names in the metadata of the object
// itself are not in it: moving an object changes those.
func tableRows() []row {
	return slices.Concat(
		anyRows(), workloadRows(), coreRows(), storageRows(), identityRows(), plumbingRows(),
		ingressRows(), traefikRows(), gatewayRows(), proxyRows(), meshRows(),
		policyRows(), certificateRows(), secretRows(), monitoringRows(), deliveryRows(),
	)
}
