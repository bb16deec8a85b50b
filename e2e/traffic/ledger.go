package traffic

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Row is what one client of one edge sent in one second, by the time at which
// the requests began.
type Row struct {
	Second  int64          `json:"second"` // of Unix time
	Caller  Identity       `json:"caller"`
	Edge    string         `json:"edge"`
	Address string         `json:"address"` // as the caller's configuration has it
	Client  Client         `json:"client"`
	Sent    int            `json:"sent"`
	By      map[string]int `json:"by,omitempty"` // answers by namespace/app
	Lost    []Loss         `json:"lost,omitempty"`
	// Skipped is requests that were not sent because too many were waiting.
	Skipped int `json:"skipped,omitempty"`
	// Slowest is the longest time to an answer, in milliseconds.
	Slowest int64 `json:"slowestMillis"`
}

// Loss is one request without the right answer.
type Loss struct {
	At     time.Time `json:"at"` // when it was sent
	Reason string    `json:"reason"`
}

// rowKey tells rows apart.
type rowKey struct {
	second int64
	edge   string
	client Client
}

// Ledger collects the requests of one process and writes their rows.
type Ledger struct {
	caller Identity

	mu   sync.Mutex
	rows map[rowKey]*Row
	out  io.Writer
	err  error
}

// NewLedger returns a ledger that appends to a writer, one JSON object for each
// row and line.
func NewLedger(caller Identity, out io.Writer) *Ledger {
	return &Ledger{caller: caller, rows: map[rowKey]*Row{}, out: out}
}

// lane is one client of one edge at one address.
type lane struct {
	edge    string
	client  Client
	address string
}

// note enters a request that was sent at a time and ended now.
func (l *Ledger) note(a lane, at time.Time, by Identity, err error) {
	took := time.Since(at)
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.row(a, at)
	r.Sent++
	if by.App != "" {
		r.By[by.Place()]++
	}
	if err != nil {
		r.Lost = append(r.Lost, Loss{at, Reason(err)})
		return
	}
	r.Slowest = max(r.Slowest, took.Milliseconds())
}

// skip enters a request that could not be sent.
func (l *Ledger) skip(a lane, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.row(a, at).Skipped++
}

func (l *Ledger) row(a lane, at time.Time) *Row {
	key := rowKey{at.Unix(), a.edge, a.client}
	r := l.rows[key]
	if r == nil {
		r = &Row{Second: key.second, Caller: l.caller, Edge: a.edge, Address: a.address, Client: a.client, By: map[string]int{}}
		l.rows[key] = r
	}
	return r
}

// flush writes the rows of seconds before a time; no request that began in them
// may still be on its way.
func (l *Ledger) flush(before time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var done []*Row
	for key, r := range l.rows { // put into order below
		if key.second < before.Unix() {
			done = append(done, r)
			delete(l.rows, key)
		}
	}
	slices.SortFunc(done, compareRows)
	for _, r := range done {
		if err := json.NewEncoder(l.out).Encode(r); err != nil && l.err == nil {
			l.err = fmt.Errorf("write the ledger: %w", err)
		}
	}
}

// Err returns the first error of writing.
func (l *Ledger) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// compareRows orders rows by time, edge, client and caller.
func compareRows(a, b *Row) int {
	if a.Second != b.Second {
		return int(a.Second - b.Second)
	}
	for _, c := range []int{strings.Compare(a.Edge, b.Edge), strings.Compare(string(a.Client), string(b.Client)), strings.Compare(a.Caller.String(), b.Caller.String())} {
		if c != 0 {
			return c
		}
	}
	return 0
}
