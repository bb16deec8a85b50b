package traffic

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// maxWaiting is how many requests of one client may be on their way at once:
// more than Patience times any rate that is asked for.
const maxWaiting = 512

// caller is the calling half of a stand-in.
type caller struct {
	ledger  *Ledger
	running sync.WaitGroup
}

// call sends requests for every client of every edge until the context ends,
// and returns when the last one is answered or given up.
func (c *caller) call(ctx context.Context, edges []Edge) error {
	for i := range edges {
		for n, kind := range edges[i].clients() {
			if err := c.start(ctx, &edges[i], kind, n); err != nil {
				return err
			}
		}
	}
	c.running.Go(func() { c.flushRows(ctx) })
	c.running.Wait()
	c.ledger.flush(time.Now().Add(time.Hour))
	return c.ledger.Err()
}

// start begins the requests of the nth client of an edge.
func (c *caller) start(ctx context.Context, e *Edge, kind Client, n int) error {
	if !slices.Contains([]Client{Fresh, Cached, KeepAlive}, kind) {
		return fmt.Errorf("edge %s: no kind of client is called %q", e.Name, kind)
	}
	a, err := newAsker(e.Protocol, kind)
	if err != nil {
		return fmt.Errorf("edge %s: %w", e.Name, err)
	}
	rate := e.Rate
	if rate <= 0 {
		rate = DefaultRate
	}
	every := time.Duration(float64(time.Second) / rate)
	c.running.Go(func() {
		// Clients begin at different moments, so that they do not send in bursts.
		time.Sleep(every * time.Duration(n) / 3)
		c.pace(ctx, e, kind, pacing{a, every})
	})
	return nil
}

// pacing is what sends, and the time from one request to the next.
type pacing struct {
	asker asker
	every time.Duration
}

// pace sends requests at their times, whether earlier ones were answered or not:
// a client that waits for slow answers would not count what it had to send.
func (c *caller) pace(ctx context.Context, e *Edge, kind Client, p pacing) {
	target, unnamed := e.Find()
	l := lane{e.Name, kind, target.String()}
	free := make(chan struct{}, maxWaiting)
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case free <- struct{}{}:
			c.running.Go(func() {
				c.one(p.asker, e, l, request{target, unnamed})
				<-free
			})
		default:
			c.ledger.skip(l, time.Now())
		}
	}
}

// request is where to send one, or why that is not known.
type request struct {
	target  Target
	unnamed error
}

// one sends a request and enters what became of it.
func (c *caller) one(a asker, e *Edge, l lane, r request) {
	at := time.Now()
	if r.unnamed != nil {
		c.ledger.note(l, at, Identity{}, r.unnamed)
		return
	}
	// Not the caller's context: a request on its way when the program is told to
	// end is answered or lost like any other.
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	by, err := a.ask(ctx, r.target)
	if err == nil && !slices.Contains(e.Expect, by.Place()) {
		err = namesakeError{by}
	}
	c.ledger.note(l, at, by, err)
}

// flushRows writes the rows of seconds that are over.
func (c *caller) flushRows(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			c.ledger.flush(now.Add(-Patience - time.Second))
		}
	}
}
