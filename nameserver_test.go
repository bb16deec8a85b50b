package rehome_test

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"
)

// nameServer answers questions for the IPv4 address of one name with that of
// this machine, and says of any other name that it does not exist (RFC 1035,
// section 4). It returns its address.
func nameServer(t *testing.T, name string) string {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			if reply := answer(packet[:n], name); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()
	return server.LocalAddr().String()
}

// headerLength is that of a DNS message's header.
const headerLength = 12

// answer returns the reply to a query with one question, nil when it is none.
func answer(query []byte, name string) []byte {
	asked, end := question(query)
	if end == 0 {
		return nil
	}
	kind := binary.BigEndian.Uint16(query[end-4:])
	reply := append([]byte{}, query[:end]...)
	code, answers := byte(0), uint16(0)
	switch {
	case !strings.EqualFold(asked, name):
		code = 3 // NXDOMAIN
	case kind == 1: // A
		answers = 1
		// The name of the question, A, IN, 5 s, 4 bytes.
		reply = append(reply, 0xc0, headerLength, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 127, 0, 0, 1)
	}
	reply[2], reply[3] = 0x81, 0x80|code // a reply, recursion desired and available
	binary.BigEndian.PutUint16(reply[6:], answers)
	binary.BigEndian.PutUint16(reply[8:], 0)
	binary.BigEndian.PutUint16(reply[10:], 0)
	return reply
}

// question returns the name that a query asks for, and where its question ends;
// 0 when it has none.
func question(query []byte) (name string, end int) {
	var labels []string
	at := headerLength
	for at < len(query) && query[at] != 0 {
		next := at + 1 + int(query[at])
		if next > len(query) {
			return "", 0
		}
		labels = append(labels, string(query[at+1:next]))
		at = next
	}
	if at+5 > len(query) {
		return "", 0
	}
	return strings.Join(labels, "."), at + 5
}
