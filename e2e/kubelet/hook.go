package kubelet

import (
	"context"
	"time"
)

// preStop runs the container's hook before it is told to end.
func (c *containerRun) preStop(ctx context.Context, p *process) error {
	if c.spec.Lifecycle == nil || c.spec.Lifecycle.PreStop == nil {
		return nil
	}
	h := c.spec.Lifecycle.PreStop
	switch {
	case h.Sleep != nil:
		select {
		case <-p.done: // a program that has ended needs no hook any more
		case <-ctx.Done():
		case <-time.After(time.Duration(h.Sleep.Seconds) * time.Second):
		}
		return nil
	case h.Exec != nil:
		return c.execute(ctx, p, h.Exec.Command)
	case h.HTTPGet != nil:
		return c.get(ctx, h.HTTPGet)
	}
	return errUnsupported
}
