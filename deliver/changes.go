package deliver

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// masked stands for a value of a Secret wherever changes are shown to people.
const masked = "(secret)"

// verb says what a change does.
func verb(c render.Change) string {
	switch {
	case c.Before == nil:
		return "create"
	case c.After == nil:
		return "delete"
	}
	return "change"
}

// sign is the mark of a change in front of its line, as terraform prints it.
func sign(c render.Change) string {
	switch {
	case c.Before == nil:
		return "+"
	case c.After == nil:
		return "-"
	}
	return "~"
}

// editLines returns the fields that a change edits, as "path: old -> new".
func editLines(c render.Change) []string {
	if c.Before == nil || c.After == nil {
		return nil
	}
	edits := manifest.Diff(c.Before.Root(), c.After.Root())
	secret := c.Key.Kind == "Secret"
	lines := make([]string, 0, len(edits))
	for _, e := range edits {
		was, is := shown(e.Old, secret), shown(e.New, secret)
		switch e.Op {
		case manifest.Add:
			lines = append(lines, fmt.Sprintf("%s: + %s", e.Path, is))
		case manifest.Remove:
			lines = append(lines, fmt.Sprintf("%s: - %s", e.Path, was))
		case manifest.Replace:
			lines = append(lines, fmt.Sprintf("%s: %s -> %s", e.Path, was, is))
		}
	}
	return lines
}

// longest is how much of a value is shown.
const longest = 100

// shown returns a value on one line.
func shown(n *manifest.Node, secret bool) string {
	if secret {
		return masked
	}
	if n.Kind() != manifest.Scalar {
		return collection(n)
	}
	text := n.Value()
	if n.IsNull() {
		text = "null"
	}
	if strings.ContainsAny(text, "\n\r\t") || text == "" {
		text = fmt.Sprintf("%q", text)
	}
	text = credentials.ReplaceAllString(text, "://$1:***@")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return text
}

// credentials matches the user and password of a URL.
var credentials = regexp.MustCompile(`://([^/@:\s]*):[^/@\s]*@`)

// collection tells what a mapping or sequence holds.
func collection(n *manifest.Node) string {
	if n.Kind() == manifest.Sequence {
		return fmt.Sprintf("[%d items]", n.Len())
	}
	var keys []string
	for k := range n.Entries() {
		keys = append(keys, k)
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

// counts is how many objects are created, changed and deleted.
type counts struct{ created, changed, deleted int }

func count(changes []render.Change) counts {
	var n counts
	for _, c := range changes {
		switch {
		case c.Before == nil:
			n.created++
		case c.After == nil:
			n.deleted++
		default:
			n.changed++
		}
	}
	return n
}

func (n counts) add(o counts) counts {
	return counts{n.created + o.created, n.changed + o.changed, n.deleted + o.deleted}
}

func (n counts) String() string {
	return fmt.Sprintf("%d to create, %d to change, %d to delete", n.created, n.changed, n.deleted)
}

// objectName names the object of a change, with its cluster where it is not the
// default one.
func objectName(c render.Change) string {
	if cluster := clusterDir(c.Key.Cluster); cluster != clusterDir("") {
		return c.Key.String() + " in " + cluster
	}
	return c.Key.String()
}
