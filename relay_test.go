package rehome_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/manifest"
)

// haproxy returns the path of haproxy. Where it is not installed the test is
// skipped, but not in CI.
func haproxy(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("haproxy")
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatal("haproxy is not installed, and CI must not skip this test: apt-get install haproxy")
	}
	t.Skip("haproxy is not installed: apt-get install haproxy")
	return ""
}

// relayPlan moves an app whose Service has the given ports, with a relay.
const relayPlan = `apiVersion: rehome.dev/v1alpha1
kind: MigrationPlan
metadata: {name: relay}
spec:
  sources: [{path: app.yaml, namespace: old}]
  apps: [{name: app, to: {namespace: new}}]
  cutover: relay
`

const relayApp = `apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
      - name: app
        image: ghcr.io/acme/app:1.0
        ports: [{name: http, containerPort: 8080}, {name: tls, containerPort: 8443}]
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app: app}
  ports: `

// relay returns the configuration of the relay for a Service with the ports,
// and the arguments that its container has.
func relay(t *testing.T, ports string) (config string, args []string) {
	t.Helper()
	files := fstest.MapFS{planFile: {Data: []byte(relayPlan)}, "app.yaml": {Data: []byte(relayApp + ports + "\n")}}
	r, diags := rehome.Compile(files, planFile, rehome.Options{})
	if err := diags.Err(); err != nil {
		t.Fatal(err)
	}
	for _, s := range r.States {
		for _, c := range s.Changes {
			if c.Key.Name != "app-relay" || c.After == nil {
				continue
			}
			switch c.Key.Kind {
			case "ConfigMap":
				config = c.After.Text("data", "haproxy.cfg")
			case "Deployment":
				for _, a := range container(c.After).Get("args").Items() {
					args = append(args, a.Value())
				}
			}
		}
	}
	if config == "" || len(args) == 0 {
		t.Fatal("the migration has no relay")
	}
	return config, args
}

func container(deployment *manifest.Object) *manifest.Node {
	return deployment.Get("spec", "template", "spec", "containers", "0")
}

// TestHaproxyAcceptsRelay holds that a real haproxy takes every configuration.
func TestHaproxyAcceptsRelay(t *testing.T) {
	path := haproxy(t)
	tests := []struct{ name, ports string }{
		{"one port", `[{port: 80, targetPort: 8080}]`},
		{"no targetPort", `[{port: 8080}]`},
		{"a named targetPort", `[{name: web, port: 80, targetPort: http}, {name: secure, port: 443, targetPort: tls}]`},
		{"privileged ports", `[{name: web, port: 80, targetPort: 80}, {name: smtp, port: 25}]`},
		{"two ports that lead to one", `[{name: a, port: 80, targetPort: 8080}, {name: b, port: 8080, targetPort: 8080}]`},
		{"the port of the health page", `[{name: metrics, port: 9404}, {name: next, port: 9405}]`},
		{"many ports", `[{name: a, port: 1}, {name: b, port: 2}, {name: c, port: 3}, {name: d, port: 65535}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config, _ := relay(t, tt.ports)
			file := filepath.Join(t.TempDir(), "haproxy.cfg")
			if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), path, "-c", "-f", file).CombinedOutput()
			if err != nil || strings.Contains(string(out), "WARNING") {
				t.Errorf("haproxy -c: %v\n%s\n%s", err, out, config)
			}
		})
	}
}

// TestRelayForwards runs the emitted configuration, with the ports and the name
// server of this machine: bytes arrive and come back, and the health page turns
// red while the target is gone.
func TestRelayForwards(t *testing.T) {
	path := haproxy(t)
	t.Parallel()
	config, args := relay(t, `[{port: 80, targetPort: 8080}]`)
	target, stop := echo(t, "127.0.0.1:0")
	port, health := freePort(t), freePort(t)
	config = replaceOnce(t, config, "bind :::8080 v4v6", "bind 127.0.0.1:"+port)
	config = replaceOnce(t, config, "bind :::9404 v4v6", "bind 127.0.0.1:"+health)
	config = replaceOnce(t, config, "app.new.svc.cluster.local:80", "app.new.svc.cluster.local:"+target)
	config = replaceOnce(t, config, "parse-resolv-conf", "nameserver test "+nameServer(t, "app.new.svc.cluster.local"))
	run(t, path, args, config)

	ready := "http://127.0.0.1:" + health + "/ready"
	waitForStatus(t, ready, http.StatusOK)
	connection, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	const message = "bytes that are no HTTP\x00\xff"
	if _, err := io.WriteString(connection, message); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, len(message))
	if _, err := io.ReadFull(connection, answer); err != nil || string(answer) != message {
		t.Errorf("the relay answers %q, want %q (%v)", answer, message, err)
	}

	stop()
	waitForStatus(t, ready, http.StatusServiceUnavailable)
	_, stop = echo(t, "127.0.0.1:"+target)
	defer stop()
	waitForStatus(t, ready, http.StatusOK)
}

func replaceOnce(t *testing.T, text, old, replacement string) string {
	t.Helper()
	if strings.Count(text, old) != 1 {
		t.Fatalf("%q is not in the configuration once:\n%s", old, text)
	}
	return strings.Replace(text, old, replacement, 1)
}

// run starts haproxy with the arguments of the relay's container and ends it
// with the test.
func run(t *testing.T, path string, args []string, config string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	args = slices.Clone(args[1:])
	args[len(args)-1] = file
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		late := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // ended by a signal, which is an error
		if out, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("haproxy said:\n%s", out)
		}
		_ = log.Close()
	})
}

// echo serves connections by sending back what comes in, until it is stopped.
func echo(t *testing.T, address string) (port string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return portOf(listener.Addr().String()), func() { _ = listener.Close() }
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// freePort returns a port that nobody listened on a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	port, stop := echo(t, "127.0.0.1:0")
	stop()
	if _, err := strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	return port
}

// waitForStatus asks for a page until it answers with a status.
func waitForStatus(t *testing.T, url string, want int) {
	t.Helper()
	got := "no answer"
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		response, err := http.Get(url) //nolint:gosec,noctx // of this machine, and bounded by the loop
		if err != nil {
			got = err.Error()
			continue
		}
		_ = response.Body.Close()
		if got = response.Status; response.StatusCode == want {
			return
		}
	}
	t.Fatalf("%s answers %s, want %d", url, got, want)
}
