package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdBinary makes a file that is no text.
func cmdBinary(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: binary file")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("\x7fELF\x02\x01\x01\x00\x00\xff\xfe\x00\n"), 0o644))
}

// cmdCode runs a command that ends with an exit code: code 2 rehome plan.
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [argument...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdInodes writes the path, identity and time of each file below a directory to
// a file: equal lists mean that nothing was touched.
func cmdInodes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: inodes directory file")
	}
	var b bytes.Buffer
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		fmt.Fprintln(&b, rel, identity(info), info.ModTime().UnixNano())
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

// cmdReplace replaces a text in a file, which must hold it once; \n in the texts
// is a line feed.
func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace old new file")
	}
	data := ts.ReadFile(args[2])
	old, replacement := strings.ReplaceAll(args[0], `\n`, "\n"), strings.ReplaceAll(args[1], `\n`, "\n")
	if n := strings.Count(data, old); n != 1 {
		ts.Fatalf("%s holds %q %d times", args[2], old, n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Replace(data, old, replacement, 1)), 0o644))
}

// cmdSparse makes a file of a size without content.
func cmdSparse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sparse file bytes")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), nil, 0o644))
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// cmdSums checks that a directory is a complete output.
func cmdSums(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sums directory")
	}
	ts.Check(verifySums(ts.MkAbs(args[0])))
}

// cmdTree prints the files below a directory to standard output.
func cmdTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tree directory")
	}
	paths, err := filesBelow(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = fmt.Fprintln(ts.Stdout(), strings.Join(paths, "\n"))
	ts.Check(err)
}

// verifySums checks that a directory holds exactly the files that its sums list,
// with these digests.
func verifySums(dir string) error {
	sums, err := os.Open(filepath.Join(dir, sumsFile))
	if err != nil {
		return err
	}
	defer func() { _ = sums.Close() }() // only read
	listed := []string{sumsFile}
	lines := bufio.NewScanner(sums)
	for lines.Scan() {
		digest, path, _ := strings.Cut(lines.Text(), "  ")
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		if got := digestOf(data); got != digest {
			return fmt.Errorf("%s has the digest %s, want %s", path, got, digest)
		}
		listed = append(listed, path)
	}
	there, err := filesBelow(dir)
	there = slices.DeleteFunc(there, isLive)
	if err == nil && len(there) != len(listed) {
		err = fmt.Errorf("%s holds %d files, %d are listed", dir, len(there), len(listed))
	}
	return errors.Join(err, lines.Err())
}

// filesBelow lists the files below a directory.
func filesBelow(dir string) (paths []string, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}
