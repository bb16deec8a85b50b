// Command programs builds the programs of the test clusters, which several
// packages of tests use, before any of them starts.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rehome-dev/rehome/e2e/build"
)

func main() {
	tell := func(line string) { fmt.Fprintln(os.Stderr, line) }
	if _, err := build.All(context.Background(), ".", tell); err != nil {
		fmt.Fprintln(os.Stderr, "programs:", err)
		os.Exit(1)
	}
}
