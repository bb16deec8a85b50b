package libc

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestResolvers(t *testing.T) {
	for _, c := range []string{glibcCompiler, muslCompiler} {
		if _, err := exec.LookPath(c); err != nil {
			t.Skipf("%s is not installed (Debian: gcc, musl-tools)", c)
		}
	}
	r, err := Compile(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{r.Glibc, r.Musl} {
		out, err := exec.Command(program, "localhost").Output()
		if err != nil || !strings.Contains(string(out), "127.0.0.1\n") {
			t.Errorf("%s: %q, %v", program, out, err)
		}
		var exit *exec.ExitError
		if err := exec.Command(program, "no..name").Run(); !errors.As(err, &exit) || exit.ExitCode() == 0 {
			t.Errorf("%s of no name: %v", program, err)
		}
	}
}
