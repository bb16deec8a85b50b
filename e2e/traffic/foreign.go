package traffic

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/e2e/libc"
)

// foreignTargets looks the host up with a program of another language, and
// describes its failures as those of Go's resolver.
func foreignTargets(ctx context.Context, q Question) ([]Target, error) {
	out, err := exec.CommandContext(ctx, q.Resolver, q.Host).Output()
	if err != nil {
		return nil, foreignError(ctx, q, err)
	}
	addresses := strings.Fields(string(out))
	if len(addresses) == 0 { // it has addresses of the other family alone
		return nil, &net.DNSError{Err: "no address", Name: q.Host, IsNotFound: true}
	}
	slices.Sort(addresses)
	var targets []Target
	for _, a := range slices.Compact(addresses) {
		targets = append(targets, Target{a, q.Port})
	}
	return targets, nil
}

func foreignError(ctx context.Context, q Question, err error) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return &net.DNSError{Err: "timeout", Name: q.Host, IsTimeout: true}
	case !errors.As(err, &exit):
		return fmt.Errorf("run %s: %w", q.Resolver, err)
	}
	return &net.DNSError{
		Err: strings.TrimSpace(string(exit.Stderr)), Name: q.Host,
		IsNotFound: exit.ExitCode() == libc.NoName, IsTimeout: exit.ExitCode() == libc.NoServer,
	}
}
