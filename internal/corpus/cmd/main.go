// Command cmd writes a corpus to a directory: go run ./internal/corpus/cmd -n
// 1000 DIR.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/rehome-dev/rehome/internal/corpus"
)

func main() {
	n := flag.Int("n", 100, "number of apps")
	kustomizations := flag.Bool("kustomizations", false, "a kustomization directory per app instead of a file per app")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: corpus [-n apps] [-kustomizations] DIR")
		os.Exit(2)
	}
	layout := corpus.Files
	if *kustomizations {
		layout = corpus.Kustomizations
	}
	if err := corpus.Write(flag.Arg(0), corpus.Generate(*n, layout)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
