package container_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rehome-dev/rehome/e2e/container"
	"github.com/rehome-dev/rehome/e2e/netns"
)

// A container sees its volumes, its own processes, and nothing of the machine
// that it could change; what it writes is gone with it.
func TestRun(t *testing.T) {
	if why := netns.Missing("go"); why != "" {
		t.Skip(why)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "container")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/container").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	volume, root := filepath.Join(dir, "volume"), filepath.Join(dir, "root")
	for path, text := range map[string]string{"volume/key": "value\n", "root/.keep": "", "secret": "of the machine"} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := &container.Spec{
		Root: root, UID: 65534, GID: 65534, Dir: "/tmp",
		Mounts: []container.Mount{{From: volume, To: "/etc/app", ReadOnly: true}},
		Env:    []string{"PATH=/usr/bin:/bin", "GREETING=hello"},
		Args:   []string{"sh", "-c", `cat /etc/app/key; echo "$GREETING $$ $(id -u) $(pwd)"; touch mine && echo wrote; touch /etc/app/x || echo refused; ls ` + dir + `/secret || echo hidden`},
	}
	file := filepath.Join(dir, "spec.json")
	if err := s.Write(file); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, file)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "value\nhello 1 65534 /tmp\nwrote\nrefused\nhidden\n"
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
	if entries, err := os.ReadDir(root); err != nil || len(entries) != 1 {
		t.Errorf("the root holds %s (%v) after the container ended", strings.TrimSpace(string(out)), err)
	}
}
