package traffic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Play runs a stand-in until the context ends, which is its SIGTERM: it stops
// calling, goes on serving while it lingers, ends what is in progress, and
// returns.
func Play(ctx context.Context, d *Descriptor) error {
	if d.Lifetime > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(d.Lifetime)*time.Millisecond)
		defer cancel()
	}
	s, err := listen(d)
	if err != nil {
		return err
	}
	if d.Control != "" {
		if err := s.control(ctx, d); err != nil {
			s.close()
			return err
		}
	}
	called := make(chan error, 1)
	go func() { called <- d.call(ctx) }()
	select {
	case err = <-called: // nothing to call, or nothing that can be called
		if err == nil {
			<-ctx.Done()
		}
	case <-ctx.Done():
		err = <-called
	}
	if err == nil {
		time.Sleep(time.Duration(d.Linger) * time.Millisecond)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), Patience)
	defer cancel()
	if down := s.shutdown(last); down != nil && !errors.Is(down, context.DeadlineExceeded) {
		err = errors.Join(err, down)
	}
	return err
}

// call calls every edge until the context ends.
func (d *Descriptor) call(ctx context.Context) error {
	if len(d.Edges) == 0 {
		return nil
	}
	out, err := os.OpenFile(d.Ledger, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(d.Warmup) * time.Millisecond):
	}
	c := &caller{ledger: NewLedger(d.Self, out)}
	return errors.Join(c.call(ctx, d.Edges), out.Close())
}
