// Command standin stands in for the program of any image. What it plays is in
// the environment; arguments, which are those of the real program, are ignored.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/rehome-dev/rehome/e2e/traffic"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(1)
	}
}

func run() error {
	d, err := traffic.FromEnvironment()
	if err != nil {
		return err
	}
	if err := d.TakeFiles(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return traffic.Play(ctx, d)
}
