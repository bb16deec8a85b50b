package main

import (
	"context"
	"sync"
	"sync/atomic"
)

// eachParallel calls do for every index below n, from several goroutines, and
// returns when all calls have ended. After an error, or when the context is
// done, the rest is left undone.
func eachParallel(ctx context.Context, workers, n int, do func(int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, min(workers, n)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}
