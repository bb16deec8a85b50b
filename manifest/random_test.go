package manifest

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// random makes random trees and writes them in random styles, as people and
// tools write manifests.
type random struct {
	*rand.Rand
	out strings.Builder
	eol string
	// inBlock is set while a comment would become a part of a block scalar.
	inBlock bool
}

func newRandom(seed uint64) *random {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 7)), eol: "\n"}
	if r.IntN(8) == 0 {
		r.eol = "\r\n"
	}
	return r
}

func (r *random) one(of ...string) string { return of[r.IntN(len(of))] }

func (r *random) odds(n int) bool { return r.IntN(n) == 0 }

func (r *random) text() string {
	switch r.IntN(6) {
	case 0:
		return r.one("", "yes", "no", "y", "on", "1e3", "0x10", "~", "null", "2024-01-01", " lead", "trail ", "a: b", "a #b",
			"- x", "-", "?", ":", "a:", "#", "'", "\"", "it's", "\"q\"", "é", "日本", "a\tb", "\t", "x\u0001y", "\u2028", "\u0085", "0o17",
			"1_000", "22:22", ".5", "+1", "1.", "=", "<<", "*a", "&a", "!t", "|", ">", "%x", "@x", "`x`", "{a}", "[a]", "a,b", "{", "]",
			"---", "...", "\\", "\\n", "true", "80", "-1", "0644", "08", "http://svc:80/x?y=z", "\U0001F600", "\uFEFF", "a\\b\"c", "#x", "x#y", "x:y")
	case 1:
		lines := make([]string, 1+r.IntN(5))
		for i := range lines {
			lines[i] = r.one("", "", "word", "two words", "  deep", "key: value", "# no comment", "\ttab", "trailing ", "a long line with several words in it", "- x", "é")
		}
		return strings.Join(lines, "\n") + r.one("", "\n", "\n", "\n", "\n\n")
	}
	words := make([]string, 1+r.IntN(4))
	for i := range words {
		words[i] = r.one("web", "orders", "db.prod.svc", "http://a.b:8080", "10.0.0.1", "x-y", "v1", "8080", "500m", "é")
	}
	return strings.Join(words, r.one(" ", "-", "/", "."))
}

func (r *random) scalar() *Node {
	switch r.IntN(10) {
	case 0:
		return Int(int64(r.IntN(100000)) - 10)
	case 1:
		return Bool(r.odds(2))
	case 2:
		return &Node{kind: Scalar, tag: NullTag, style: Plain}
	case 3:
		_, text, _ := resolvePlain(r.one("1.5", "2.5e-3", "1e30"))
		return &Node{kind: Scalar, tag: FloatTag, style: Plain, value: text}
	}
	return Str(r.text())
}

func (r *random) key(i int) string {
	if r.odds(12) {
		return r.one("yes", "8080", "a b", "a: b", "é", "", "app.kubernetes.io/name", "#x", "it's", "x\ny", "null", "~", "-", "<<") + strconv.Itoa(i)
	}
	return "k" + strconv.Itoa(i)
}

func (r *random) tree(depth int) *Node {
	if depth <= 0 || r.odds(3) {
		return r.scalar()
	}
	n := r.IntN(5)
	if r.odds(2) {
		items := make([]*Node, n)
		for i := range items {
			items[i] = r.tree(depth - 1)
		}
		return Seq(items...)
	}
	fields := make([]Field, n)
	for i := range fields {
		fields[i] = F(r.key(i), r.tree(depth-1))
	}
	return Map(fields...)
}

func (r *random) object() *Node {
	return Map(F("apiVersion", Str("v1")), F("kind", Str("ConfigMap")),
		F("metadata", Map(F("name", Str("x")))), F("a", r.tree(4)), F("b", r.tree(3)), F("c", r.tree(5)))
}

// edit makes random changes in a tree.
func (r *random) edit(n *Node) *Node {
	for range 1 + r.IntN(4) {
		path := r.path(n)
		if len(path) == 0 || path[0] == "apiVersion" || path[0] == "kind" || path[0] == "metadata" {
			continue
		}
		n = r.change(n, path)
	}
	return n
}

func (r *random) change(n *Node, path Path) *Node {
	at := n.Get(path...)
	switch r.IntN(8) {
	case 0, 1:
		return n.Without(path)
	case 2:
		return n.With(path, r.tree(2))
	case 3:
		if at.Kind() == Sequence {
			return n.With(path.Index(at.Len()), r.tree(2))
		}
		return n.With(path.Join("new"+strconv.Itoa(r.IntN(3))), r.tree(2))
	case 4:
		if at.Kind() == Sequence {
			return n.With(path, r.reorder(at))
		}
	case 5:
		if at.Kind() == Mapping {
			return n.With(path.Join("new"+strconv.Itoa(r.IntN(3))), r.tree(2))
		}
	case 6:
		if at.Kind() == Scalar && at.tag == StrTag {
			return n.With(path, Str(strings.Replace(at.value, r.one("o", "word", "w", " ", "\n"), r.one("0", "other", "\n", "  ", ""), 1)))
		}
	}
	return n.With(path, r.scalar())
}

// reorder drops, adds and keeps items.
func (r *random) reorder(seq *Node) *Node {
	var items []*Node
	for _, item := range seq.Items() {
		if r.odds(4) {
			items = append(items, r.tree(2))
		}
		if !r.odds(3) {
			items = append(items, item)
		}
	}
	return Seq(items...)
}

// path returns the path of a random node.
func (r *random) path(n *Node) Path {
	var path Path
	for n.Len() > 0 && (len(path) == 0 || !r.odds(4)) {
		i := r.IntN(n.Len())
		elem := strconv.Itoa(i)
		if n.kind == Mapping {
			elem = n.content[2*i].value
		}
		path = append(path, elem)
		n = n.Child(elem)
	}
	return path
}
