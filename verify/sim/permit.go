package sim

// permit decides whether policies let a connection through, on both sides. It
// returns the worse of the two verdicts. The port is the one at the
// destination: after the translation of a virtual IP, policies see pods.
func (q *query) permit(source, destination *party, port int32, protocol string) verdict {
	v := allowed
	if source.namespace != nil && !source.onNode() {
		v = q.oneSide(egress, source, destination, port, protocol, destination.template)
	}
	if v != denied && destination.namespace != nil && !destination.onNode() {
		v = min(v, q.oneSide(ingress, destination, source, port, protocol, destination.template))
	}
	return v
}

// oneSide evaluates the policies that select one party against the other. Rules
// are additive: the surest rule of any policy decides. A party that no policy
// isolates in the direction is free.
func (q *query) oneSide(d direction, subject, other *party, port int32, protocol string, destination *Template) verdict {
	best := denied
	var isolating []*policy
	var by *policy
	for _, p := range subject.namespace.policiesOf(subject.template) {
		rules, isolates := p.applies(d)
		if !isolates {
			continue
		}
		isolating = append(isolating, p)
		v := judge(rules, subject.namespace, other, port, protocol, destination)
		if p.broken != "" {
			v = max(v, undecided)
		}
		if v > best {
			best, by = v, p
		}
	}
	if isolating == nil {
		return allowed
	}
	q.sayPolicy(d, best, by, isolating, subject, other, port, protocol)
	return best
}

// judge returns the surest verdict of a policy's rules.
func judge(rules []policyRule, own *namespace, other *party, port int32, protocol string, destination *Template) verdict {
	best := denied
	for i := range rules {
		r := &rules[i]
		if !r.admits(port, protocol, destination) {
			continue
		}
		if len(r.peers) == 0 {
			return allowed
		}
		for j := range r.peers {
			if best = max(best, r.peers[j].matches(own, other)); best == allowed {
				return best
			}
		}
	}
	return best
}
