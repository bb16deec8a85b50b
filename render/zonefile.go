package render

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// ZoneText writes records of a zone as a master file of RFC 1035, section 5. It
// has no SOA: it is what the migration adds to a zone that is there, for an
// $INCLUDE.
func ZoneText(zone string, records []Record) ([]byte, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "$ORIGIN %s\n", dns.Fqdn(zone))
	for _, r := range records {
		rr, err := r.resource()
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(&b, rr)
	}
	return []byte(b.String()), nil
}

// resource returns the record as the DNS library has it.
func (r Record) resource() (dns.RR, error) {
	kind, ok := dns.StringToType[r.Type]
	if !ok || r.TTL < 0 || r.TTL > 1<<31-1 {
		return nil, fmt.Errorf("no record: %s %d IN %s %s", r.Name, r.TTL, r.Type, r.Data)
	}
	header := dns.RR_Header{Name: dns.Fqdn(r.Name), Rrtype: kind, Class: dns.ClassINET, Ttl: uint32(r.TTL)}
	address, err := netip.ParseAddr(r.Data)
	switch {
	case kind == dns.TypeCNAME:
		return &dns.CNAME{Hdr: header, Target: dns.Fqdn(r.Data)}, nil
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", r.Name, r.Type, err)
	case kind == dns.TypeA && address.Is4():
		return &dns.A{Hdr: header, A: address.AsSlice()}, nil
	case kind == dns.TypeAAAA && address.Is6():
		return &dns.AAAA{Hdr: header, AAAA: address.AsSlice()}, nil
	}
	return nil, fmt.Errorf("no record: %s %s %s", r.Name, r.Type, r.Data)
}

// errRecordType is a record of a kind that stands for no ingress.
var errRecordType = errors.New("only A, AAAA and CNAME records are expected here")

// ParseZone reads what [ZoneText] wrote, or somebody has edited, with the name
// of the file for errors. It reads no other files ($INCLUDE).
func ParseZone(zone, file string, data []byte) ([]Record, error) {
	parser := dns.NewZoneParser(strings.NewReader(string(data)), dns.Fqdn(zone), file)
	var out []Record
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		r := Record{
			Name: strings.TrimSuffix(strings.ToLower(rr.Header().Name), "."),
			Type: dns.TypeToString[rr.Header().Rrtype], TTL: int64(rr.Header().Ttl),
		}
		switch rr := rr.(type) {
		case *dns.A:
			r.Data = rr.A.String()
		case *dns.AAAA:
			r.Data = rr.AAAA.String()
		case *dns.CNAME:
			r.Data = strings.TrimSuffix(rr.Target, ".")
		default:
			return nil, fmt.Errorf("%s: %s: %w", file, rr, errRecordType)
		}
		out = append(out, r)
	}
	return out, parser.Err()
}
