package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/verify/sim"
)

// maxRelays bounds how many relays one call may pass.
const maxRelays = 8

// judge says which check a result fails, and why; "" when it reaches whom the
// call means.
func (p *prover) judge(c *call, m meaning, result sim.Result, relays int) (diag.Code, string) {
	switch result.Outcome {
	case sim.OK:
	case sim.Denied:
		return "P3", "a NetworkPolicy denies it"
	case sim.Unknown:
		return codeOf(result.Cause), "the manifests do not show what answers there"
	case sim.NXDomain, sim.NoData, sim.NoSuchPort, sim.Refused, sim.Unreachable, sim.Ambiguous:
		return codeOf(result.Cause), result.Outcome.String()
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
		if len(m.reached) > 0 && !slices.ContainsFunc(m.reached, func(r reached) bool { return r.owner == owner && r.port == b.Port }) {
			return "P1", fmt.Sprintf("it leads to port %d of %s, where nothing answers it today", b.Port, o.ID)
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
	onward.Authority, onward.Scheme = c.host, strings.ToLower(c.ref.Scheme) // bytes are passed on as they are
	code, text := p.judge(c, m, p.world.Call(onward), relays+1)
	if code != "" {
		text = fmt.Sprintf("the relay %s forwards to %s:%d: %s", key.Name, onward.Host, onward.Port, text)
	}
	return code, text
}

// assume records what the model cannot know, of a call with its trace.
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
