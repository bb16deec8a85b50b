package sandbox

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// actorVariable makes the test program enter a sandbox and start the program of
// that argument in it.
const actorVariable = "REHOME_SANDBOX_ACTOR"

func TestMain(m *testing.M) {
	seconds := os.Getenv(actorVariable)
	switch {
	case seconds == "":
		os.Exit(m.Run())
	case Inside():
		if err := act(seconds); err != nil {
			fmt.Println(err)
		}
	default:
		if _, err := Enter(context.Background()); err != nil {
			fmt.Println(err)
		}
	}
}

// act starts a program that nobody waits for, and never ends by itself.
func act(seconds string) error {
	if err := Settle(); err != nil {
		return err
	}
	if err := exec.Command("sh", "-c", "sleep "+seconds+" & echo ready; wait").Start(); err != nil {
		return err
	}
	cmd := exec.Command("sleep", seconds)
	if err := cmd.Start(); err != nil {
		return err
	}
	fmt.Println("ready")
	return cmd.Wait()
}

// A test that is killed leaves no process, of its own or of its children, and no
// file under /run.
func TestKilled(t *testing.T) {
	if why := Missing(); why != "" {
		t.Skip(why)
	}
	seconds := fmt.Sprintf("%d.5", 100000+os.Getpid())
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), actorVariable+"="+seconds)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the sandbox said %q, %v", line, err)
	}
	if !runs(t, seconds) {
		t.Fatal("nothing runs in the sandbox")
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); runs(t, seconds); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("something of the sandbox still runs")
		}
	}
	if _, err := os.Stat(Dir); !os.IsNotExist(err) {
		t.Errorf("%s is there outside of the sandbox: %v", Dir, err)
	}
}

// runs reports whether a process has an argument.
func runs(t *testing.T, argument string) bool {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		// A process that has ended meanwhile has no command line any more.
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), argument+"\x00") {
			return true
		}
	}
	return false
}
