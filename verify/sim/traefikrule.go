package sim

import (
	"errors"
	"strings"
)

// clause is one alternative of a Traefik rule: all of its matchers must hold.
type clause struct {
	any    bool     // HostSNI(`*`)
	hosts  []string // Host, HostSNI
	paths  []string // Path
	prefix []string // PathPrefix
	extra  []string // Method, Header, Query: a plain request may or may not meet them
	opaque []string // matchers that can't be evaluated, and negations
}

var errRule = errors.New("the rule cannot be parsed")

// maxClauses limits the alternatives that a rule is multiplied out to.
const maxClauses = 256

// parseRule takes a Traefik rule apart into alternatives. && binds tighter than
// || (the rules are Go expressions for vulcand/predicate).
func parseRule(rule string) ([]clause, error) {
	p := ruleParser{rest: rule}
	out, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.rest != "" {
		return nil, errRule
	}
	return out, nil
}

type ruleParser struct {
	rest  string
	depth int
}

func (p *ruleParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// take consumes a token when it is next.
func (p *ruleParser) take(token string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *ruleParser) or() ([]clause, error) {
	out, err := p.and()
	for err == nil && p.take("||") {
		var more []clause
		more, err = p.and()
		out = append(out, more...)
	}
	if len(out) > maxClauses {
		return nil, errRule
	}
	return out, err
}

func (p *ruleParser) and() ([]clause, error) {
	out, err := p.factor()
	for err == nil && p.take("&&") {
		var more []clause
		if more, err = p.factor(); err == nil {
			if len(out)*len(more) > maxClauses {
				return nil, errRule
			}
			out = multiply(out, more)
		}
	}
	return out, err
}

// multiply joins every alternative of one side with every one of the other.
func multiply(a, b []clause) []clause {
	out := make([]clause, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, clause{
				any:    x.any || y.any,
				hosts:  join(x.hosts, y.hosts),
				paths:  join(x.paths, y.paths),
				prefix: join(x.prefix, y.prefix),
				extra:  join(x.extra, y.extra),
				opaque: join(x.opaque, y.opaque),
			})
		}
	}
	return out
}

func join(a, b []string) []string { return append(a[:len(a):len(a)], b...) }

// factor parses a matcher, a negation or a parenthesis. What a negation excludes
// is not evaluated.
func (p *ruleParser) factor() ([]clause, error) {
	if p.depth++; p.depth > 64 {
		return nil, errRule
	}
	defer func() { p.depth-- }()
	before := p.rest
	switch {
	case p.take("!"):
		if _, err := p.factor(); err != nil {
			return nil, err
		}
		return []clause{{opaque: []string{strings.TrimSpace(before[:len(before)-len(p.rest)])}}}, nil
	case p.take("("):
		out, err := p.or()
		if err == nil && !p.take(")") {
			err = errRule
		}
		return out, err
	}
	return p.matcher()
}

// matcher parses Name(`a`, `b`). Several arguments of Host and of paths are
// alternatives (Traefik 2).
func (p *ruleParser) matcher() ([]clause, error) {
	open := strings.IndexByte(p.rest, '(')
	if open <= 0 {
		return nil, errRule
	}
	name := strings.TrimSpace(p.rest[:open])
	start := p.rest
	p.rest = p.rest[open+1:]
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(start[:len(start)-len(p.rest)])
	switch name {
	case "Host":
		return alternatives(args, func(a string) clause { return clause{hosts: []string{absolute(a)}} })
	case "HostSNI":
		return alternatives(args, serverName)
	case "Path":
		return alternatives(args, func(a string) clause { return clause{paths: []string{a}} })
	case "PathPrefix":
		return alternatives(args, func(a string) clause { return clause{prefix: []string{a}} })
	case "Method", "Header", "Headers", "Query":
		return []clause{{extra: []string{text}}}, nil
	}
	return []clause{{opaque: []string{text}}}, nil
}

// serverName reads an argument of HostSNI: "*" means every connection, also one
// without a server name (pkg/muxer/tcp/matcher.go, hostSNI).
func serverName(a string) clause {
	if a == "*" {
		return clause{any: true}
	}
	return clause{hosts: []string{absolute(a)}}
}

// everything reports whether a clause is the rule HostSNI(`*`) alone.
func (c *clause) everything() bool {
	return c.any && len(c.hosts)+len(c.paths)+len(c.prefix)+len(c.extra)+len(c.opaque) == 0
}

func alternatives(args []string, one func(string) clause) ([]clause, error) {
	if len(args) == 0 {
		return nil, errRule
	}
	var out []clause
	for _, a := range args {
		out = append(out, one(a))
	}
	return out, nil
}

// arguments parses quoted texts up to the closing parenthesis.
func (p *ruleParser) arguments() ([]string, error) {
	var out []string
	for {
		if p.take(")") {
			return out, nil
		}
		if len(out) > 0 && !p.take(",") {
			return nil, errRule
		}
		p.skip()
		if p.rest == "" || !strings.ContainsRune("`\"'", rune(p.rest[0])) {
			return nil, errRule
		}
		quote := p.rest[0]
		end := strings.IndexByte(p.rest[1:], quote)
		if end < 0 {
			return nil, errRule
		}
		out = append(out, p.rest[1:1+end])
		p.rest = p.rest[end+2:]
	}
}
