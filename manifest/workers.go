package manifest

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// forEach calls do for every index below n from several goroutines and returns
// when all calls have. Workers of 0 means one for each processor.
func forEach(workers, n int, do func(int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}
