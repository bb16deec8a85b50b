package arch

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTreeNamesNoMachine looks for what ties a file to the machine it was
// written on: the folder of the work tree, the home directory, the hosts that
// modules are fetched from. Which they are is found out where the test runs.
func TestTreeNamesNoMachine(t *testing.T) {
	words := machineWords(t)
	for _, file := range strings.Split(strings.Trim(string(output(t, "git", "ls-files", "-z")), "\x00"), "\x00") {
		if filepath.Base(file) == "go.sum" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // deleted in the work tree, or a submodule
		}
		for i, line := range bytes.Split(data, []byte("\n")) {
			for _, word := range words {
				if bytes.Contains(line, []byte(word)) {
					t.Errorf("%s:%d: names this machine: %q", file, i+1, word)
				}
			}
		}
	}
}

// machineWords returns the words that say where this machine keeps things.
func machineWords(t *testing.T) []string {
	t.Helper()
	var words []string
	dir, err := filepath.Abs(filepath.FromSlash(root))
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	for _, d := range []string{filepath.Dir(dir), home} {
		// A folder that every machine has says nothing about this one.
		if d != "" && d != "/" && d != "/tmp" && d != "/home" {
			words = append(words, filepath.ToSlash(d)+"/")
		}
	}
	proxies := strings.TrimSpace(string(output(t, "go", "env", "GOPROXY")))
	for _, proxy := range strings.FieldsFunc(proxies, func(r rune) bool { return r == ',' || r == '|' }) {
		if u, err := url.Parse(proxy); err == nil && u.Host != "" {
			words = append(words, u.Host)
		}
	}
	return words
}
