package verify

import "testing"

const relayConfig = `global
  maxconn 4096

listen port-8080
  bind :::8080 v4v6
  server target servicea.foo.svc.cluster.local:80

listen port-9090
  bind :::9090 v4v6
  server target servicea.foo.svc.cluster.local:90

frontend health
  mode http
  bind :::9404 v4v6
`

func TestRelayTarget(t *testing.T) {
	for _, tt := range []struct {
		port     int32
		wantHost string
		wantPort int32
		wantOK   bool
	}{
		{8080, "servicea.foo.svc.cluster.local", 80, true},
		{9090, "servicea.foo.svc.cluster.local", 90, true},
		{9404, "", 0, false}, // forwards to nobody
		{80, "", 0, false},   // no suffix of another port
	} {
		host, port, ok := relayTarget(relayConfig, tt.port)
		if host != tt.wantHost || port != tt.wantPort || ok != tt.wantOK {
			t.Errorf("relayTarget(%d) = %s:%d, %v, want %s:%d, %v", tt.port, host, port, ok, tt.wantHost, tt.wantPort, tt.wantOK)
		}
	}
}
