package traffic

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Rows reads every ledger of a directory, ordered by time, edge, client and
// caller. A last line that is still being written is left for the next reading.
func Rows(dir fs.FS) ([]Row, error) {
	files, err := fs.Glob(dir, "*.jsonl")
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, name := range files {
		if rows, err = appendRows(rows, dir, name); err != nil {
			return nil, fmt.Errorf("ledger %s: %w", name, err)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return compareRows(&a, &b) })
	return rows, nil
}

func appendRows(rows []Row, dir fs.FS, name string) ([]Row, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		var row Row
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
}

// Total is what one client of one edge sent and lost in a span of time.
type Total struct {
	Edge      string
	Client    Client
	Sent      int
	Skipped   int
	Lost      int
	Reasons   map[string]int // of the losses
	By        map[string]int // answers by namespace/app
	Addresses []string       // that were called, sorted
	// First and Last are when the first and the last lost request were sent.
	First, Last time.Time
	// Slowest is the longest time to an answer, in milliseconds.
	Slowest int64
}

// Sum returns the totals of the requests that began in [from, to), ordered by
// edge and client. Losses are cut at these very times, what was sent at whole
// seconds.
func Sum(rows []Row, from, to time.Time) []Total {
	sums := map[lane]*Total{}
	for i := range rows {
		r := &rows[i]
		if r.Second < from.Unix() || r.Second > to.Unix() {
			continue
		}
		key := lane{edge: r.Edge, client: r.Client}
		if sums[key] == nil {
			sums[key] = &Total{Edge: r.Edge, Client: r.Client, Reasons: map[string]int{}, By: map[string]int{}}
		}
		sums[key].add(r, from, to)
	}
	out := make([]Total, 0, len(sums))
	for _, t := range sums { // put into order below
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Total) int {
		if c := strings.Compare(a.Edge, b.Edge); c != 0 {
			return c
		}
		return strings.Compare(string(a.Client), string(b.Client))
	})
	return out
}

// add counts a row. The second in which a span ends belongs to the next one.
func (t *Total) add(r *Row, from, to time.Time) {
	if r.Second < to.Unix() {
		t.Sent += r.Sent
		t.Skipped += r.Skipped
		t.Slowest = max(t.Slowest, r.Slowest)
		for by, n := range r.By { // sums do not depend on order
			t.By[by] += n
		}
		if at, known := slices.BinarySearch(t.Addresses, r.Address); !known {
			t.Addresses = slices.Insert(t.Addresses, at, r.Address)
		}
	}
	for _, l := range r.Lost {
		if !l.At.Before(from) && l.At.Before(to) {
			t.lose(l)
		}
	}
}

func (t *Total) lose(l Loss) {
	t.Lost++
	t.Reasons[l.Reason]++
	if t.First.IsZero() || l.At.Before(t.First) {
		t.First = l.At
	}
	if l.At.After(t.Last) {
		t.Last = l.At
	}
}
