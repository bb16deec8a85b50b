package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/render"
)

// item is a place for an object: its key, what is there in the current state,
// and what hangs on it there. Keys are long texts, so they are looked up once,
// and items point at each other.
type item struct {
	render.Key
	now *facts // nil: there is nothing

	calls   []*call    // that a workload makes, in the order of its references
	reads   []*reading // the configuration of a workload, found or not
	near    []string   // the namespaces in which a workload's calls begin or end
	readers []*reading // of configuration: the workloads
	callers []*call    // of a Service: the calls whose answer may depend on it
	under   labelKey   // the label of its selector by which a Service is found

	// Of the transition that is looked at:
	seen     *transition // the one that the fields below are about
	change   int         // the position of the item's change, -1 for none
	touched  bool        // calls that begin or end here have to be asked
	deciding []int       // of changes that may decide about calls that end here or, of a workload, begin
}

// reading is a workload that reads a configuration.
type reading struct {
	reader, config *item
	over           bool // it does no longer
}

// item returns the place of a key, made when it is not there.
func (p *prover) item(key render.Key) *item {
	it := p.items[key]
	if it == nil {
		if len(p.spare) == 0 {
			p.spare = make([]item, 256)
		}
		it, p.spare = &p.spare[0], p.spare[1:]
		it.Key, it.change = key, -1
		p.items[key] = it
	}
	return it
}

// serviceItem returns the place of a Service.
func (p *prover) serviceItem(s service) *item { return p.item(s.key()) }

// at returns an object of the current state, nil when it has none of that key.
func (p *prover) at(key render.Key) *manifest.Object { return p.items[key].object() }

// object returns what is at a place, nil when nothing is.
func (it *item) object() *manifest.Object {
	if it == nil || it.now == nil {
		return nil
	}
	return it.now.object
}

// present returns what the current state holds, in order.
func (p *prover) present() []*item {
	out := make([]*item, 0, len(p.items))
	for _, it := range p.items { // put into order below
		if it.now != nil {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, compareItems)
	return out
}

func compareItems(a, b *item) int { return a.Key.Compare(b.Key) }

// next returns what is at a place after a transition.
func (t *transition) next(it *item) *facts {
	if it.seen == t && it.change >= 0 {
		return t.after[it.change]
	}
	return it.now
}

// mark returns whether a transition has something to say about a place already,
// and prepares the place for it.
func (t *transition) mark(it *item) {
	if it.seen != t {
		it.seen, it.change, it.touched, it.deciding = t, -1, false, it.deciding[:0]
	}
}

// touches notes that calls which begin or end at a place have to be asked.
func (t *transition) touches(it *item) {
	t.mark(it)
	if !it.touched {
		it.touched = true
		t.decided = append(t.decided, it)
	}
}

// decides notes that a change can decide about calls that begin or end at a
// place.
func (t *transition) decides(i int, it *item) {
	t.touches(it)
	if !slices.Contains(it.deciding, i) {
		it.deciding = append(it.deciding, i)
	}
}

func nonNil(objects ...*manifest.Object) []*manifest.Object {
	return slices.DeleteFunc(objects, func(o *manifest.Object) bool { return o == nil })
}
