// Package libc makes programs that resolve names with the C libraries of Debian
// and of Alpine, which differ from each other and from Go.
package libc

import (
	"context"
	_ "embed" // the program
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed src/resolve.c
var source []byte

// The compilers; gcc links with glibc.
const (
	glibcCompiler = "gcc"
	muslCompiler  = "musl-gcc"
)

// Resolvers are the paths of the programs. Each takes a name and prints its IPv4
// addresses; [NoName] and [NoServer] are exit codes.
type Resolvers struct{ Glibc, Musl string }

// Exit codes of a resolver.
const (
	NoName   = 3
	NoServer = 4
)

// Compile makes the programs in a directory.
func Compile(ctx context.Context, dir string) (*Resolvers, error) {
	file := filepath.Join(dir, "resolve.c")
	if err := os.WriteFile(file, source, 0o644); err != nil {
		return nil, err
	}
	r := &Resolvers{Glibc: filepath.Join(dir, "resolve-glibc"), Musl: filepath.Join(dir, "resolve-musl")}
	for _, args := range [][]string{
		{glibcCompiler, "-O1", "-o", r.Glibc, file},
		{muslCompiler, "-O1", "-static", "-o", r.Musl, file},
	} {
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w: %s", args, err, out)
		}
	}
	return r, nil
}
