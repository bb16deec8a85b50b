package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// errStranger marks an answer that is not a stand-in's.
var errStranger = errors.New("a stranger answered")

// namesakeError says that somebody else than the callee answered.
type namesakeError struct{ by Identity }

// Error names who answered.
func (e namesakeError) Error() string { return "answered by " + e.by.Place() }

// statusError is an HTTP answer other than 200.
type statusError int

// Error names the status.
func (e statusError) Error() string { return fmt.Sprintf("status %d", int(e)) }

// Reason puts an error into the few words of a ledger, so that equal losses
// count together.
func Reason(err error) string {
	var dns *net.DNSError
	var status statusError
	var namesake namesakeError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &namesake):
		return namesake.Error()
	case errors.As(err, &status):
		return status.Error()
	case errors.Is(err, errStranger):
		return "stranger"
	case errors.Is(err, ErrNotNamed):
		return "not named"
	case errors.As(err, &dns):
		return dnsReason(dns)
	}
	return connectionReason(err)
}

func dnsReason(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "no such name"
	case err.IsTimeout:
		return "DNS timeout"
	}
	return "DNS failure"
}

func connectionReason(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed"
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "timeout"
	}
	return err.Error()
}
