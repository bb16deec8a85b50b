package deliver

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// text makes one line of Markdown of a plain text.
func text(s string) string {
	s = oneLine(s)
	if !strings.ContainsAny(s, "<*_`[") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		switch s[i] {
		case '<':
			b.WriteString("&lt;")
			continue
		case '*', '_', '`', '[':
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unmarked takes the marks of inline code from a text.
var unmarked = strings.NewReplacer("`` ", "", " ``", "", "`", "")

// code returns a text as inline code.
func code(s string) string {
	s = oneLine(s)
	if strings.Contains(s, "`") {
		return "`` " + s + " ``"
	}
	return "`" + s + "`"
}

// cell returns a text for a cell of a table.
func cell(s string) string { return strings.ReplaceAll(text(s), "|", `\|`) }

// title is the heading of a phase.
func title(s *render.State) string {
	return fmt.Sprintf("Phase %d: %s", s.Phase.Number, s.Phase.Name)
}

// anchor returns the name that Markdown viewers give a heading: lower case,
// without punctuation, hyphens for spaces.
func anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return b.String()
}

// subjects names what the steps of a phase change, without repetitions.
func subjects(p *plan.Phase) string {
	var names []string
	seen := map[string]bool{}
	for _, s := range p.Steps {
		if name := s.Subject(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return p.Kind.String() + " " + strings.Join(names, ", ")
}

// gateSummary says in a few words what a gate waits for.
func gateSummary(g plan.Gate) string {
	var parts []string
	if n := len(g.Rollouts); n > 0 {
		parts = append(parts, fmt.Sprintf("%d available", n))
	}
	if n := len(g.Gone); n > 0 {
		parts = append(parts, fmt.Sprintf("%d ended", n))
	}
	if n := len(g.Probes); n > 0 {
		parts = append(parts, fmt.Sprintf("%d to prove", n))
	}
	if n := len(g.Approvals); n > 0 {
		parts = append(parts, fmt.Sprintf("%d to confirm", n))
	}
	if g.Wait > 0 {
		parts = append(parts, fmt.Sprintf("%d s", seconds(g.Wait)))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
