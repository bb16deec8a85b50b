package render

// Record is a record of the zone in which the ingresses of clusters have their
// names.
type Record struct {
	Name string // absolute, without the dot at its end
	Type string // A, AAAA or CNAME
	TTL  int64  // in seconds
	Data string // an address, or an absolute name without the dot at its end
}
