package verify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
	"github.com/rehome-dev/rehome/verify/sim"
)

// meaningKey is the place of a reference in an object as it was read: the same
// for all later versions and copies of the object, because rewriting moves no
// reference to another field.
type meaningKey struct {
	source *manifest.Source
	path   string
	nth    int // of several in one scalar
	// workload is who uses the reference: of two that read one object one may be
	// denied today what the other is allowed.
	workload *manifest.Source
}

// meaning is whom a reference means: whoever answers it today.
type meaning struct {
	owners  []string       // sorted
	ports   []portProtocol // that are called
	reached []reached      // in order of the ports that are asked; none where only the owner counts
	broken  bool           // nobody answers today
}

// reached is where a call ends today: a port of the pods of an owner. A copy
// runs the same program, so it listens where the original does.
type reached struct {
	asked portProtocol
	owner string
	port  int32
}

func compareReached(a, b reached) int {
	return cmp.Or(
		cmp.Compare(a.asked.number, b.asked.number), cmp.Compare(a.asked.protocol, b.asked.protocol),
		cmp.Compare(a.owner, b.owner), cmp.Compare(a.port, b.port),
	)
}

// asked returns the meaning of a call at one port. A port that the call does not
// open today has to end where one of today's ports does.
func (m meaning) asked(port portProtocol) meaning {
	from := slices.IndexFunc(m.reached, func(r reached) bool { return r.asked == port })
	if from < 0 {
		return m
	}
	to := from + 1
	for to < len(m.reached) && m.reached[to].asked == port {
		to++
	}
	m.reached = m.reached[from:to]
	return m
}

// opening returns the meaning of a call that writes a port out: it opens that
// one, whatever it opened today.
func (m *meaning) opening(port string) *meaning {
	n, err := strconv.ParseUint(port, 10, 31)
	if err != nil || m.broken || slices.ContainsFunc(m.ports, func(p portProtocol) bool { return p.number == int32(n) }) {
		return m
	}
	out := *m
	out.ports = []portProtocol{{number: int32(n)}}
	return &out
}

// holder returns the object that the call's address stands in.
func (c *call) holder() *manifest.Object {
	if c.config != nil {
		return c.config
	}
	return c.object
}

// mean returns whom a call means, nil when nobody knows. Calls of what rehome
// itself made have no meaning of their own: a relay is judged by the calls that
// pass it.
func (p *prover) mean(c *call) *meaning {
	if c.holder().Source() == nil {
		return nil
	}
	m, ok := p.meanings[c.origin]
	if !ok {
		return nil
	}
	return m.opening(c.port)
}

// learn asks today's state whom every reference means.
func (p *prover) learn() {
	for _, e := range p.graph.Edges {
		if len(e.Evidence) == 0 && (e.Caller.Moves() || e.Callee.Moves()) {
			p.assumeText(e.Caller.Name + " calls " + e.Service.ID.String() + " by its old name, as the plan declares: no manifest shows where")
		}
	}
	for _, o := range p.graph.Inventory.Objects {
		if !isWorkload(o) {
			continue
		}
		it := p.items[render.Key{Cluster: plan.ClusterOf(o), ID: o.ID}]
		if it == nil {
			continue
		}
		for _, c := range it.calls {
			p.proof.Calls++
			p.learnOne(c)
		}
	}
	for _, it := range p.items { // each call by itself
		for _, c := range it.calls {
			c.means = p.mean(c)
		}
	}
}

func (p *prover) learnOne(c *call) {
	key := c.origin
	if _, known := p.meanings[key]; known {
		return
	}
	m := &meaning{ports: p.portsOf(c)}
	for _, port := range m.ports {
		result := p.world.Call(c.dial(port))
		if result.Outcome != sim.OK {
			m.broken = true
			p.reportBroken(c, port)
			break
		}
		if result.Assumed {
			p.assume(p.world.Explain(c.dial(port)))
		}
		for _, b := range result.Backends {
			owner := p.owner(p.at(backendKey(b)))
			m.owners = append(m.owners, owner)
			m.reached = append(m.reached, reached{port, owner, b.Port})
		}
	}
	slices.SortFunc(m.reached, compareReached)
	m.reached = slices.Compact(m.reached)
	slices.Sort(m.owners)
	m.owners = slices.Compact(m.owners)
	p.meanings[key] = m
}

// portProtocol is a port that a call opens.
type portProtocol struct {
	number   int32
	protocol string // "TCP" when empty
}

// portsOf returns the ports that a call opens: the one that is written, the one
// that the scheme implies, or all of the Service. The protocol is that of the
// Service's port.
func (p *prover) portsOf(c *call) []portProtocol {
	s := p.at(service{c.workload.Cluster, c.ref.Target.Namespace, c.ref.Target.Name}.key())
	wanted := c.port
	if n := schemePorts[c.ref.Scheme]; wanted == "" && n != 0 {
		wanted = strconv.Itoa(int(n))
	}
	var out []portProtocol
	if s != nil {
		for _, sp := range s.Get("spec", "ports").Items() {
			n, ok := sp.Get("port").Int()
			if ok && (wanted == "" || wanted == sp.Text("name") || wanted == strconv.FormatInt(n, 10)) {
				out = append(out, portProtocol{int32(n), sp.Text("protocol")})
			}
		}
	}
	if len(out) == 0 {
		number := int32(defaultPort)
		if n, err := strconv.ParseUint(wanted, 10, 16); err == nil {
			number = int32(n)
		}
		out = append(out, portProtocol{number: number})
	}
	return out
}

// defaultPort stands in where nothing says which port is called; that the name
// resolves is checked all the same.
const defaultPort = 80

// schemePorts are the ports that URL schemes imply (IANA service names).
var schemePorts = map[string]int32{
	"http": 80, "ws": 80, "https": 443, "wss": 443, "amqp": 5672, "amqps": 5671, "redis": 6379, "rediss": 6379,
	"mongodb": 27017, "postgres": 5432, "postgresql": 5432, "mysql": 3306, "nats": 4222, "ldap": 389, "ldaps": 636,
}

// dial returns the call as the simulator takes it.
func (c *call) dial(port portProtocol) sim.Call {
	return sim.Call{
		Cluster:  c.workload.Cluster,
		From:     c.from,
		Host:     c.host,
		Port:     port.number,
		Protocol: port.protocol,
		Scheme:   strings.ToLower(c.ref.Scheme),
	}
}

func backendKey(b sim.Backend) render.Key {
	return render.Key{Cluster: b.Cluster, ID: b.Workload}
}

// reportBroken says that a call fails today, before anything has moved. Of a
// name that is nowhere in the sources the scan has told already.
func (p *prover) reportBroken(c *call, port portProtocol) {
	result := p.world.Explain(c.dial(port))
	p.proof.Broken = append(p.proof.Broken, c.workload.String()+" -> "+c.host)
	if !c.ref.Known {
		return
	}
	d := p.diags.Warnf("P1", c.ref.Pos(), "%s cannot reach %s today, before anything moves (%s): the proof leaves this call out", c.workload.ID, hostPort(c, port), result.Outcome)
	for _, hop := range result.Trace {
		d.WithNote(hop.Pos, "%s", hop.Text)
	}
}

func hostPort(c *call, port portProtocol) string {
	return c.host + ":" + strconv.Itoa(int(port.number))
}
