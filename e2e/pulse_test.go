package e2e_test

import (
	"sync"
	"time"
)

// pulse notes when this process, and with it everything in the sandbox, got no
// processor for a while. What is lost then says nothing of the migration: it is
// measured again.
type pulse struct {
	mu    sync.Mutex
	skips []skip
}

// skip is a moment at which the pulse was late.
type skip struct {
	at time.Time
	by time.Duration
}

const (
	beat = 10 * time.Millisecond
	// late is more than any processor of an idle machine keeps a thread waiting.
	late = 60 * time.Millisecond
)

// heart is the pulse of this process.
var heart pulse

// run beats until the process ends.
func (p *pulse) run() {
	for {
		before := time.Now()
		time.Sleep(beat)
		if by := time.Since(before) - beat; by >= late {
			p.mu.Lock()
			p.skips = append(p.skips, skip{at: time.Now(), by: by})
			p.mu.Unlock()
		}
	}
}

// worst returns the longest time without a processor in a span.
func (p *pulse) worst(from, to time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out time.Duration
	for _, s := range p.skips {
		if !s.at.Before(from) && !s.at.Add(-s.by).After(to) {
			out = max(out, s.by)
		}
	}
	return out
}
