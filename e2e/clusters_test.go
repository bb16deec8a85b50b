package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/cast"
	"github.com/rehome-dev/rehome/e2e/cluster"
	"github.com/rehome-dev/rehome/e2e/sandbox"
)

// theatre is a cluster with those who play its pods.
type theatre struct {
	*cluster.Cluster
	troupe *cast.Troupe
}

// clusters are those of this process, one for each mode of kube-proxy, started
// when the first test wants them.
var clusters struct {
	sync.Mutex
	open map[cluster.ProxyMode]*theatre
}

// programs returns what TestMain built.
func programs(t *testing.T) *build.Programs {
	t.Helper()
	p := &build.Programs{}
	if err := json.Unmarshal([]byte(os.Getenv(programsVariable)), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// onCluster returns the running cluster of a mode.
func onCluster(t *testing.T, mode cluster.ProxyMode) *theatre {
	t.Helper()
	clusters.Lock()
	defer clusters.Unlock()
	if c := clusters.open[mode]; c != nil {
		return c
	}
	if clusters.open == nil {
		clusters.open = map[cluster.ProxyMode]*theatre{}
	}
	dir := filepath.Join(logDir(), string(mode))
	if err := os.RemoveAll(dir); err != nil { // what an earlier run was told to keep
		t.Fatal(err)
	}
	out, err := newLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	th := &theatre{troupe: &cast.Troupe{}}
	th.Cluster, err = cluster.Start(context.Background(), cluster.Options{
		Number: len(clusters.open), Dir: dir, Programs: programs(t), Proxy: mode, Player: th.troupe.Play, Log: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	clusters.open[mode] = th
	return th
}

// logDir is where clusters keep their logs: in memory, unless REHOME_E2E_KEEP
// names a directory.
func logDir() string {
	if dir := os.Getenv("REHOME_E2E_KEEP"); dir != "" {
		return dir
	}
	return filepath.Join(sandbox.Dir, "clusters")
}

// newLog returns a log that writes to a file of a directory.
func newLog(dir string) (*slog.Logger, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, "kubelets.log"))
	if err != nil {
		return nil, err
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})), nil
}

// closeClusters ends all clusters, and says what went wrong in them.
func closeClusters() {
	clusters.Lock()
	defer clusters.Unlock()
	for mode, c := range clusters.open { // independent of each other
		if err := c.Err(); err != nil {
			fmt.Fprintf(os.Stderr, "e2e: cluster %s: %v\n", mode, err)
		}
		c.Close()
	}
}
