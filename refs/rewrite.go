package refs

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
)

// ErrNamespaceImplied says that a field holds a name only, and the API takes it
// in the namespace of the object that holds it: an Ingress backend, a volume.
var ErrNamespaceImplied = errors.New("the field cannot name an object of another namespace")

// Host returns the text that takes the place of the reference's, so that it
// means an address, read from an object in the namespace holder. The author's
// form is kept: a short name stays short where it still means the address, all
// others keep their labels. A ToNamespace reference becomes the namespace, a
// Field one the name: whether the field can mean the address, To says.
func (r *Reference) Host(to Address, holder string) string {
	switch r.Form {
	case Joined:
		return to.Namespace + r.Separator + to.Name
	case Short:
		if to.Namespace == holder {
			return r.Prefix + to.Name
		}
		return r.full(to)
	case Namespace:
		return r.Prefix + to.Name + "." + to.Namespace
	case Svc:
		return r.Prefix + to.Name + "." + to.Namespace + ".svc"
	case Full:
		return r.full(to)
	case Field:
	}
	return r.field(to, holder)
}

func (r *Reference) full(to Address) string {
	host := r.Prefix + to.Name + "." + to.Namespace + ".svc." + cmp.Or(to.Domain, r.Domain, DefaultDomain)
	if r.Dot {
		host += "."
	}
	return host
}

func (r *Reference) field(to Address, holder string) string {
	switch {
	case r.Refers == ToNamespace:
		return to.Namespace
	case r.implied(to, holder) && r.Separator != "":
		return to.Namespace + r.Separator + to.Name
	}
	return to.Name
}

// implied reports whether a name alone would mean an object of the wrong
// namespace.
func (r *Reference) implied(to Address, holder string) bool {
	return r.Form == Field && r.Refers != ToNamespace && r.NamespacePath == nil &&
		r.Target.Namespace != "" && to.Namespace != holder
}

// Substitution is one change that Apply makes: the text of a reference, and
// the namespace beside it.
type Substitution struct {
	Ref       *Reference
	Text      string
	Namespace string // to be written at Ref.NamespacePath; "" leaves that as it is
}

// To returns the substitution that makes the reference mean an address, read
// from an object in the namespace holder. Where the namespace is implied it
// stays so as long as that is right.
func (r *Reference) To(to Address, holder string) (Substitution, error) {
	if r.implied(to, holder) && r.Separator == "" {
		return Substitution{}, fmt.Errorf("%s: %s %s/%s: %w", r.Path, r.Target.Kind, to.Namespace, to.Name, ErrNamespaceImplied)
	}
	s := Substitution{Ref: r, Text: r.Host(to, holder)}
	if r.NamespacePath != nil && (to.Namespace != holder || !r.Object.Get(r.NamespacePath...).IsNull()) {
		s.Namespace = to.Namespace
	}
	return s, nil
}

// Apply returns an object with substitutions made in the scalars as they were
// when the references were found: what an earlier substitution made of them is
// replaced, the rest of the object may differ. Of substitutions of overlapping texts the later one in the
// scalar is made.
func Apply(o *manifest.Object, subs []Substitution) *manifest.Object {
	ordered := slices.Clone(subs)
	slices.SortStableFunc(ordered, func(a, b Substitution) int {
		return cmp.Or(slices.Compare(a.Ref.Path, b.Ref.Path), cmp.Compare(b.Ref.Start, a.Ref.Start))
	})
	for len(ordered) > 0 {
		n := 1
		for n < len(ordered) && slices.Equal(ordered[n].Ref.Path, ordered[0].Ref.Path) {
			n++
		}
		o = applyScalar(o, ordered[:n])
		ordered = ordered[n:]
	}
	return o
}

// applyScalar makes the substitutions of one scalar, back to front.
func applyScalar(o *manifest.Object, subs []Substitution) *manifest.Object {
	ref := subs[0].Ref
	was := ref.Object.Text(ref.Path...)
	value, ok := decoded(was, ref.Base64)
	if !ok {
		return o
	}
	limit := len(value)
	for _, s := range subs {
		if s.Ref.End > limit || s.Ref.Start > s.Ref.End {
			continue
		}
		if s.Ref.Refers != ToService || !strings.EqualFold(value[s.Ref.Start:s.Ref.End], s.Text) { // the author's capitals stay
			value = value[:s.Ref.Start] + s.Text + value[s.Ref.End:]
		}
		limit = s.Ref.Start
		if s.Namespace != "" && s.Ref.NamespacePath != nil {
			o = o.With(s.Ref.NamespacePath, manifest.Str(s.Namespace))
		}
	}
	if ref.Base64 {
		space := was[len(strings.TrimRight(was, " \t\r\n")):]
		value = base64.StdEncoding.EncodeToString([]byte(value)) + space
	}
	return o.With(ref.Path, manifest.Str(value))
}
