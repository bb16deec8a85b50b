package e2e_test

import (
	"sync"

	"github.com/rehome-dev/rehome/e2e/cluster"
)

// measured is everything that journeys of this process measured.
var measured table

// table collects the rows of journeys.
type table struct {
	mu       sync.Mutex
	journeys []record
}

// record is what one journey measured.
type record struct {
	*journey
	mode cluster.ProxyMode
	rows []row
}

func (m *table) add(j *journey, mode cluster.ProxyMode, rows []row) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.journeys = append(m.journeys, record{j, mode, rows})
}
