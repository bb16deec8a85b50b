package traffic

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// responseCode asks the first nameserver of resolv.conf for the addresses of an
// absolute name. Resolvers hide the difference that it returns: NXDOMAIN, or
// NODATA for a name that exists and has no address. Empty: there was no answer.
func responseCode(ctx context.Context, name string) string {
	server, err := firstNameserver("/etc/resolv.conf")
	if err != nil {
		return ""
	}
	m, err := exchange(ctx, net.JoinHostPort(server, "53"), name)
	switch {
	case err != nil:
		return ""
	case m.RCode == dnsmessage.RCodeNameError:
		return "NXDOMAIN"
	case m.RCode != dnsmessage.RCodeSuccess:
		return strings.TrimPrefix(m.RCode.String(), "RCode")
	}
	for _, a := range m.Answers {
		if a.Header.Type == dnsmessage.TypeA {
			return "found"
		}
	}
	return "NODATA"
}

func firstNameserver(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "nameserver" {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("%s names no server", file)
}

// exchange asks a server for the A records of a name.
func exchange(ctx context.Context, server, name string) (*dnsmessage.Message, error) {
	q, err := dnsmessage.NewName(name)
	if err != nil {
		return nil, err
	}
	query := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(time.Now().UnixNano()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: q, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	packet, err := query.Pack()
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp", server)
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	if err := conn.SetDeadline(time.Now().Add(attemptPatience)); err != nil {
		return nil, err
	}
	if _, err := conn.Write(packet); err != nil {
		return nil, err
	}
	buffer := make([]byte, 4096)
	n, err := conn.Read(buffer)
	if err != nil {
		return nil, err
	}
	m := &dnsmessage.Message{}
	return m, m.Unpack(buffer[:n])
}
