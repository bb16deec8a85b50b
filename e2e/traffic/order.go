package traffic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// Socket returns the path of the control socket of a container's stand-in in a
// directory. Names of pods would be too long for the path of a socket.
func Socket(dir, namespace, pod, container string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{namespace, pod, container}, "/")))
	return filepath.Join(dir, hex.EncodeToString(sum[:8])+".sock")
}

// Ask has a stand-in answer a question from its pod.
func Ask(ctx context.Context, socket string, q Question) (Observation, error) {
	r, err := give(ctx, socket, order{Probe: &q})
	if err != nil {
		return Observation{}, fmt.Errorf("%s: %w", q, err)
	}
	return r.Observation, nil
}

// Readiness is what a stand-in says at [ReadyPath].
type Readiness bool

// The readinesses.
const (
	Ready    Readiness = true
	NotReady Readiness = false
)

// SetReady tells a stand-in what to say from now on.
func SetReady(ctx context.Context, socket string, r Readiness) error {
	_, err := give(ctx, socket, order{Ready: &r})
	return err
}

// Calls returns what a stand-in calls, by the addresses of its configuration.
func Calls(ctx context.Context, socket string) ([]Call, error) {
	r, err := give(ctx, socket, order{Calls: true})
	return r.Calls, err
}

// orderPatience is more than a question takes, the patience for lookups and
// attempts together.
const orderPatience = 15 * time.Second

func give(ctx context.Context, socket string, o order) (reply, error) {
	var r reply
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
	if err != nil {
		return r, fmt.Errorf("order to a stand-in: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the reply is complete, or it failed
	if err := conn.SetDeadline(time.Now().Add(orderPatience)); err != nil {
		return r, err
	}
	if err := json.NewEncoder(conn).Encode(o); err != nil {
		return r, fmt.Errorf("order to a stand-in: %w", err)
	}
	if err := json.NewDecoder(conn).Decode(&r); err != nil {
		return r, fmt.Errorf("order to a stand-in: %w", err)
	}
	return r, nil
}
