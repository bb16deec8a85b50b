package verify

import (
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/refs"
)

// namespaceTextCheck is H22: values that are made of the old namespace's name.
var namespaceTextCheck = PlanCheck{
	Code: "H22", Severity: diag.Warning,
	Summary: "the name of the old namespace is used as a value",
	Run: func(p *PlanPass) {
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				p.checkNamespaceText(a, o)
			}
		}
	},
}

// checkNamespaceText looks at the texts of pods and of ConfigMaps. What is read
// as a reference is rewritten, and is none of these.
func (p *PlanPass) checkNamespaceText(a *plan.App, o *manifest.Object) {
	look := func(under manifest.Path) {
		o.Get(under...).Scalars(func(path manifest.Path, n *manifest.Node) {
			if !namesWord(n.Value(), a.From.Namespace) {
				return
			}
			if at := under.Join(path...); !p.isReference(o, at) {
				p.Reportf(a.Name, o, at, "%s holds the name of the namespace %s, which app %s leaves: a key, topic or lock that is made of it stays the old one", o.ID, a.From.Namespace, a.Name).
					WithFix("check what the program does with it")
			}
		})
	}
	if isWorkload(o) {
		for _, c := range containers(o) {
			for i := range o.Get(c.Join("env")...).Items() {
				look(c.Join("env").Index(i).Join("value"))
			}
			look(c.Join("args"))
			look(c.Join("command"))
		}
	}
	if o.ID.Group == "" && o.ID.Kind == "ConfigMap" {
		look(manifest.P("data"))
	}
}

// isReference reports whether what stands at a path is read as a reference.
func (p *PlanPass) isReference(o *manifest.Object, at manifest.Path) bool {
	return slices.ContainsFunc(p.Graph.ReferencesOf(o), func(r *refs.Reference) bool { return slices.Equal(r.Path, at) })
}

// namesWord reports whether a text of one line is a word, or has it between
// separators of keys, topics and paths.
func namesWord(text, word string) bool {
	if !strings.Contains(text, word) || strings.Contains(text, "\n") {
		return false
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("/:.=,@ \"'", c) }) {
		if part == word {
			return true
		}
	}
	return false
}
