package verify

import (
	"fmt"
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/verify/sim"
)

// maxRelays bounds how many relays one call may pass.
const maxRelays = 8

// meaningOf returns whom a call means. Calls of what rehome itself made have no
// meaning of their own: a relay is judged by the calls that pass it.
func (p *prover) meaningOf(c *call) (meaning, bool) {
	if c.holder().Source() == nil {
		return meaning{}, false
	}
	m, ok := p.meanings[p.originOf(c)]
	return m, ok
}

// judge says which check a result fails, and why; "" when it reaches whom the
// call means.
func (p *prover) judge(c *call, m meaning, result sim.Result, relays int) (diag.Code, string) {
	switch result.Outcome {
	case sim.OK:
	case sim.Denied:
		return "P3", "a NetworkPolicy denies it"
	case sim.Unknown:
		p.assume(result)
		return "", ""
	case sim.NXDomain, sim.NoData, sim.NoSuchPort, sim.Refused, sim.Unreachable, sim.Ambiguous:
		return "P1", result.Outcome.String()
	}
	for _, b := range result.Backends {
		o := p.world.Object(b.Cluster, b.Workload)
		if o == nil {
			continue
		}
		owner := p.owner(o)
		if owner == "" && relays < maxRelays {
			if code, text := p.judgeRelay(c, m, b, relays); code != "" {
				return code, text
			}
			continue
		}
		if !slices.Contains(m.owners, owner) {
			return "P2", fmt.Sprintf("%s answers, which is not %s", o.ID, namesOf(m.owners))
		}
	}
	return "", ""
}

func namesOf(owners []string) string {
	if len(owners) == 1 {
		return owners[0]
	}
	return fmt.Sprint(owners)
}

// judgeRelay follows a call through the relay pods that answered it.
func (p *prover) judgeRelay(c *call, m meaning, b sim.Backend, relays int) (diag.Code, string) {
	key := backendKey(b)
	onward, ok := p.forwards(key, b.Port)
	if !ok {
		return "P2", fmt.Sprintf("%s answers, and forwards to nobody on port %d", key.ID, b.Port)
	}
	onward.From = *b.Group
	code, text := p.judge(c, m, p.world.Call(onward), relays+1)
	if code != "" {
		text = fmt.Sprintf("the relay %s forwards to %s:%d: %s", key.ID.Name, onward.Host, onward.Port, text)
	}
	return code, text
}

// assume records what the model cannot know.
func (p *prover) assume(result sim.Result) {
	for _, h := range result.Assumptions() {
		p.assumeText(h.Text)
	}
}

func (p *prover) assumeText(text string) {
	if !p.assumed[text] {
		p.assumed[text] = true
		p.proof.Assumptions = append(p.proof.Assumptions, text)
	}
}

// ask asks one call once, after a phase: all its changes are in effect, and all
// pods are ready.
func (p *prover) ask(t *transition, c *call) {
	m, ok := p.meaningOf(c)
	if !ok || m.broken {
		return
	}
	for _, port := range m.ports {
		result := p.world.Call(p.simCall(c, port, sim.Ready))
		if code, text := p.judge(c, m, result, 0); code != "" {
			p.report(t, c, &failure{code: code, text: text, port: port, whole: true, trace: p.world.Explain(p.simCall(c, port, sim.Ready)).Trace})
			return
		}
	}
}
