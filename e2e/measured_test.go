package e2e_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/traffic"
)

// measuredVariable names the file to which a run that succeeds writes what it
// measured.
const measuredVariable = "REHOME_E2E_MEASURED"

// measured is everything that the tests of this process measured.
var measured table

// table collects what was measured.
type table struct {
	mu       sync.Mutex
	journeys []record
	controls []string
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

func (m *table) control(name string, lost int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.controls = append(m.controls, fmt.Sprintf("| %s | %d |", name, lost))
}

// write writes the page, if the environment asks for one.
func (m *table) write() error {
	path := os.Getenv(measuredVariable)
	if path == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	slices.SortFunc(m.journeys, func(a, b record) int { return cmp.Compare(a.Name, b.Name) })
	slices.Sort(m.controls)
	var out bytes.Buffer
	m.head(&out)
	for i := range m.journeys {
		m.journeys[i].write(&out)
	}
	fmt.Fprintf(&out, "## Controls\n\nMistakes made on purpose, which must lose requests.\n\n| mistake | lost |\n|---|---|\n%s\n", strings.Join(m.controls, "\n"))
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// head writes versions and totals.
func (m *table) head(out *bytes.Buffer) {
	sent, lost, outside := 0, 0, 0
	for i := range m.journeys {
		for _, r := range m.journeys[i].rows {
			sent += r.total.Sent
			lost += r.total.Lost
			if r.window == 0 {
				outside += r.total.Lost
			}
		}
	}
	fmt.Fprintf(out, `# Measured: requests lost while phases are applied to a real Kubernetes

Written by the run itself, on %s: make e2e MEASURED=docs/measured.md

- Kubernetes %s (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kube-proxy, kubectl), CoreDNS as kubeadm
  configures it, two nodes, %s, %d CPUs, Linux %s.
- Clients: fresh resolves the name for each request, cached keeps an address for %s, keepalive keeps connections.
  Each sends %d requests a second over every edge. A request is lost when it gets no answer within %s, an error, or the
  answer of somebody else.
- %d requests in %d journeys; %d were lost, %d of them outside of the windows that the proof gives.

`, time.Now().UTC().Format(time.DateOnly), build.KubernetesVersion, runtime.Version(), runtime.NumCPU(), kernel(),
		traffic.CacheTime, traffic.DefaultRate, traffic.Patience, sent, len(m.journeys), lost, outside)
}

// kernel is the release of the running kernel.
func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "of unknown release"
	}
	return strings.TrimSpace(string(text))
}

// write writes the rows of a journey: one for each leg and client, over all edges.
func (r *record) write(out *bytes.Buffer) {
	fmt.Fprintf(out, "## %s\n\nkube-proxy: %s\n\n| step | seconds | client | sent | lost | window |\n|---|---|---|---|---|---|\n", r.Name, r.mode)
	for _, l := range r.legs {
		for _, kind := range []traffic.Client{traffic.Fresh, traffic.Cached, traffic.KeepAlive} {
			sent, lost, window := 0, 0, time.Duration(0)
			var first, last time.Time
			for _, row := range r.rows {
				if row.leg != l || row.total.Client != kind {
					continue
				}
				sent += row.total.Sent
				lost += row.total.Lost
				window = max(window, row.window)
				if t := row.total; t.Lost > 0 && (first.IsZero() || t.First.Before(first)) {
					first = t.First
				}
				if row.total.Last.After(last) {
					last = row.total.Last
				}
			}
			fmt.Fprintf(out, "| %s | %.0f | %s | %d | %s | %s |\n", l.Name, l.To.Sub(l.From).Seconds(), kind, sent, losses(lost, first, last), length(window))
		}
	}
	fmt.Fprintln(out)
}

// losses says how many requests were lost, and for how long.
func losses(n int, first, last time.Time) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d, in %.1f s", n, last.Sub(first).Seconds())
}

func length(window time.Duration) string {
	if window == 0 {
		return ""
	}
	return window.String()
}
