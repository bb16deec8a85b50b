package render

import "cmp"

// Record is a record of the zone in which the ingresses of clusters have their
// names.
type Record struct {
	Name string // absolute, without the dot at its end
	Type string // A, AAAA or CNAME
	TTL  int64  // in seconds
	Data string // an address, or an absolute name without the dot at its end
}

// Compare orders records by name, type and data.
func (r Record) Compare(o Record) int {
	return cmp.Or(cmp.Compare(r.Name, o.Name), cmp.Compare(r.Type, o.Type), cmp.Compare(r.Data, o.Data), cmp.Compare(r.TTL, o.TTL))
}
