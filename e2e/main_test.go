package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/sandbox"
)

// programsVariable tells the process in the sandbox where the programs are.
const programsVariable = "REHOME_E2E_PROGRAMS"

// TestMain builds what clusters are made of, and runs the tests in a sandbox.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if sandbox.Inside() {
		if err := sandbox.Settle(); err != nil {
			return 0, err
		}
		go heart.run()
		code := m.Run()
		closeClusters()
		if code != 0 {
			return code, nil
		}
		return 0, measured.write()
	}
	if why := sandbox.Missing(); why != "" {
		return 0, fmt.Errorf("no cluster can run here: %s", why)
	}
	programs, err := build.All(context.Background(), ".", func(line string) { fmt.Fprintln(os.Stderr, "e2e:", line) })
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(programs)
	if err != nil {
		return 0, err
	}
	return sandbox.Enter(context.Background(), programsVariable+"="+string(text))
}
