// Command plandocs writes the JSON Schema and the reference of the plan
// language into a directory. Run it with `go generate ./plan`.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rehome-dev/rehome/plan"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "plandocs:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: plandocs DIRECTORY")
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"migrationplan.schema.json", plan.Schema()},
		{"plan-reference.md", plan.Reference()},
	} {
		if err := os.WriteFile(filepath.Join(args[0], f.name), f.data, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return nil
}
