// Command container becomes the program of a container, which the file of its
// first argument describes.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/rehome-dev/rehome/e2e/container"
)

func main() {
	runtime.LockOSThread() // namespaces and identity belong to threads
	fmt.Fprintln(os.Stderr, "container:", run())
	os.Exit(128)
}

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: container FILE")
	}
	s, err := container.Read(os.Args[1])
	if err != nil {
		return err
	}
	return s.Run()
}
