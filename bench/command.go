package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/rehome-dev/rehome/internal/bench"
	"github.com/rehome-dev/rehome/internal/corpus"
)

// buildCommand builds rehome and returns what runs it as a user does: what is
// promised is promised of the command, from its start to its exit.
func buildCommand(ctx context.Context, dir string) (bench.Command, error) {
	program := filepath.Join(dir, "rehome")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/rehome").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build rehome: %w\n%s", err, out)
	}
	return func(source, out string) error {
		return runCommand(exec.CommandContext(ctx, program, "render", "--flat", "--report=false", "--quiet",
			"--root", source, "--output", out, filepath.Join(source, corpus.PlanPath)))
	}, nil
}

// runCommand runs a command whose warnings are written to a file, as to a
// terminal, but not shown.
func runCommand(cmd *exec.Cmd) (err error) {
	said, err := os.CreateTemp("", "rehome-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, said.Close(), os.Remove(said.Name())) }()
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name()) // shown with the error that counts
		return fmt.Errorf("%w: %s", err, text[max(0, bytes.LastIndexByte(bytes.TrimSpace(text), '\n')):])
	}
	return nil
}
