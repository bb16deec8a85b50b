// Package traffic plays the programs of a migration. One static binary stands in
// for every image: it listens on the ports that the pod declares, answers each
// request with who it is, calls what its own configuration names, and keeps a
// ledger of what it sent and lost.
package traffic

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// DescriptorVariable names the environment variable in which a stand-in finds
// its [Descriptor]: the JSON itself, or "@" and the path of a file that holds it.
const DescriptorVariable = "REHOME_STANDIN"

// Descriptor tells a stand-in whom to play. Whoever starts the pod writes it;
// the manifests know nothing of it.
type Descriptor struct {
	Self   Identity `json:"self"`
	Listen []Listen `json:"listen,omitempty"`
	Edges  []Edge   `json:"edges,omitempty"`

	// Ledger is the file that rows are appended to; none are kept when empty.
	Ledger string `json:"ledger,omitempty"`
	// Control is the path of a Unix socket at which the stand-in takes orders
	// ([Ask], [SetReady], [Calls]); none when empty.
	Control string `json:"control,omitempty"`
	// ResolvConf and Hosts are the pod's own files, put over those of /etc where
	// the stand-in shares its file system with the machine. Empty: /etc has the
	// right ones already.
	ResolvConf string `json:"resolvConf,omitempty"`
	Hosts      string `json:"hosts,omitempty"`
	// ReadyFile makes [ReadyPath] answer 503 as long as the file is not there.
	ReadyFile string `json:"readyFile,omitempty"`

	// Warmup is the time from the start to the first request, in milliseconds: a
	// program needs some, and so does whatever enforces policies for a new pod.
	Warmup int64 `json:"warmupMillis,omitempty"`
	// Linger is how long connections are still accepted after SIGTERM, in
	// milliseconds: the time in which nodes learn that a pod goes. A program
	// that closes its port at once loses requests at every rollout, whatever is
	// migrated. The grace period of the pod ends it early.
	Linger int64 `json:"lingerMillis,omitempty"`
	// Lifetime is after how many milliseconds the program ends by itself, as that
	// of a Job does. 0: never.
	Lifetime int64 `json:"lifetimeMillis,omitempty"`
}

// Identity is who answers.
type Identity struct {
	Namespace string `json:"namespace"`
	App       string `json:"app"`
	Pod       string `json:"pod"`
}

// String returns namespace/app/pod, which is what a stand-in answers.
func (i Identity) String() string { return i.Namespace + "/" + i.App + "/" + i.Pod }

// Place returns namespace/app, by which an edge names whom it means.
func (i Identity) Place() string { return i.Namespace + "/" + i.App }

// parseIdentity reads what a stand-in answered.
func parseIdentity(text string) (Identity, error) {
	parts := strings.Split(strings.TrimSpace(text), "/")
	if len(parts) != 3 {
		return Identity{}, fmt.Errorf("%w: answered %q, which is no stand-in", errStranger, text)
	}
	return Identity{Namespace: parts[0], App: parts[1], Pod: parts[2]}, nil
}

// Listen is a port of a container.
type Listen struct {
	Port     int32  `json:"port"`
	Protocol string `json:"protocol,omitempty"` // TCP when empty, or UDP
}

// Edge is one thing that a stand-in calls.
type Edge struct {
	Name string `json:"name"` // in the ledger
	// From is where the pod's configuration has the address. Without any, the
	// first of Hosts is called as it is.
	From []Place `json:"from,omitempty"`
	// Hosts are the spellings of the callee in all states of the migration. The
	// one that the configuration has is called; without any, the whole text at
	// the place is the address.
	Hosts    []string `json:"hosts,omitempty"`
	Port     int32    `json:"port,omitempty"`     // where the text has none
	Protocol string   `json:"protocol,omitempty"` // HTTP when empty; TCP and UDP ask by line
	Expect   []string `json:"expect"`             // namespace/app of those that are meant; others are namesakes
	Clients  []Client `json:"clients,omitempty"`  // all when empty
	Rate     float64  `json:"rate,omitempty"`     // requests a second of each client; DefaultRate when 0
}

// Place is where a program finds an address: a variable of its environment, or a
// file that is mounted.
type Place struct {
	Env  string `json:"env,omitempty"`
	File string `json:"file,omitempty"`
}

// DefaultRate is the requests a second of each client of an edge: 240 in all.
const DefaultRate = 80

// Client is a way in which programs treat names and connections.
type Client string

// The kinds of clients.
const (
	Fresh     Client = "fresh"     // resolves the name and connects for each request
	Cached    Client = "cached"    // keeps an address for CacheTime, connects for each request
	KeepAlive Client = "keepalive" // keeps connections
)

// CacheTime is how long the cached client uses an address: what the JVM does by
// default without a security manager (networkaddress.cache.ttl).
const CacheTime = 30 * time.Second

// clients returns the kinds of clients of an edge.
func (e *Edge) clients() []Client {
	if len(e.Clients) == 0 {
		return []Client{Fresh, Cached, KeepAlive}
	}
	return e.Clients
}

// FromEnvironment reads the descriptor of this process.
func FromEnvironment() (*Descriptor, error) {
	text := os.Getenv(DescriptorVariable)
	if path, ok := strings.CutPrefix(text, "@"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the descriptor: %w", err)
		}
		text = string(data)
	}
	d := &Descriptor{}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		return nil, fmt.Errorf("%s: %w", DescriptorVariable, err)
	}
	return d, nil
}
