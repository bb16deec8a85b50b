package rehome_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rehome-dev/rehome"
)

func TestZZDump(t *testing.T) {
	v := os.Getenv("SEED")
	if v == "" {
		t.Skip()
	}
	seed, _ := strconv.ParseUint(v, 10, 64)
	dir := "/tmp/world"
	os.RemoveAll(dir)
	for name, f := range newWorld(seed).write(nil) {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		os.WriteFile(filepath.Join(dir, name), f.Data, 0o644)
	}
}

func TestZZAll(t *testing.T) {
	if os.Getenv("ALL") == "" {
		t.Skip()
	}
	for seed := range uint64(400) {
		_, d := rehome.Compile(newWorld(seed).write(nil), planFile, rehome.Options{Workers: 1})
		n := 0
		for _, x := range d {
			if x.Severity == 1 && n < 2 {
				n++
				fmt.Printf("seed %d: %s %s %s\n", seed, x.Code, x.Pos, x.Message)
			}
		}
	}
}
