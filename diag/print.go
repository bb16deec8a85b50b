package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// PrintOptions say how diagnostics are written. The zero PrintOptions are
// usable: no colour, file names as they are.
type PrintOptions struct {
	Colour bool                // of Print only
	Rel    func(string) string // maps a file name to what the reader should see; nil leaves it
	Rules  []Rule              // what is known of the codes, for PrintSARIF
	Most   int                 // of Print: how many warnings, and how many pieces of information, of one code are written out; all when 0
	More   string              // of Print: how the reader gets at those that are left out
	// Version of the tool, for PrintSARIF; left out when empty.
	Version string
}

// Printer writes a list in one of the formats: [List.Print], [List.PrintJSON]
// or [List.PrintSARIF].
type Printer func(l List, w io.Writer, opts PrintOptions) error

// rel returns a position as the reader should see it.
func (o *PrintOptions) rel(p Pos) Pos {
	if o.Rel != nil && p.File != "" {
		p.File = o.Rel(p.File)
	}
	return p
}

// Print writes the list for people, in its own order:
//
//	plan.yaml:12:5: error[H16]: text
//	    needed by app "appc" at plan.yaml:30:7
//	    fix: what to do
func (l List) Print(w io.Writer, opts PrintOptions) error {
	p := printer{opts: opts}
	count := map[string]int{} // by label
	for i := range l {
		count[l[i].label()]++
	}
	seen := map[string]int{}
	for i := range l {
		d := &l[i]
		seen[d.label()]++
		n, all := seen[d.label()], count[d.label()]
		whole := opts.Most <= 0 || d.Severity == Error || all <= opts.Most+1 // one more is no longer than to say so
		switch {
		case whole || n <= opts.Most:
			p.diagnostic(d)
		case n == opts.Most+1:
			p.rest(d, all-opts.Most)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// printer collects the text, so that it is written at once.
type printer struct {
	out  strings.Builder
	opts PrintOptions
}

// indent stands before the lines that belong to a diagnostic.
const indent = "    "

func (p *printer) diagnostic(d *Diagnostic) {
	if !d.Pos.IsZero() {
		p.coloured(bold, p.opts.rel(d.Pos).String()+":")
		p.out.WriteByte(' ')
	}
	p.coloured(severityColour(d.Severity), d.label())
	p.out.WriteString(": ")
	p.lines(d.Message, indent)
	for _, n := range d.Notes {
		p.note(n)
	}
	if d.Fix != "" {
		p.out.WriteString(indent)
		p.coloured(green, "fix:")
		p.out.WriteByte(' ')
		p.lines(d.Fix, indent+"     ")
	}
}

// rest says how many diagnostics like one are left out.
func (p *printer) rest(d *Diagnostic, n int) {
	p.coloured(severityColour(d.Severity), d.label())
	fmt.Fprintf(&p.out, ": and %d more like these%s\n", n, p.opts.More)
}

// label returns the severity with the code: error[H16].
func (d *Diagnostic) label() string {
	if d.Code == "" {
		return d.Severity.String()
	}
	return fmt.Sprintf("%s[%s]", d.Severity, d.Code)
}

// note writes a link of the causal chain.
func (p *printer) note(n Note) {
	p.out.WriteString(indent)
	text := n.Text
	if !n.Pos.IsZero() {
		text += " at " + p.opts.rel(n.Pos).String()
	}
	p.lines(text, indent+"  ")
}

// lines writes a text of one or more lines, with the later ones indented.
func (p *printer) lines(text, indent string) {
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if i > 0 {
			p.out.WriteString(indent)
		}
		p.out.WriteString(visible(line))
		p.out.WriteByte('\n')
	}
}

// visible replaces characters that a terminal would obey: a manifest must not
// be able to move the cursor or change the title of a window. Those that turn
// the direction of text could make one name look like another.
func visible(line string) string {
	if strings.IndexFunc(line, hidden) < 0 {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hidden(r rune) bool {
	return r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r))
}

// The escape sequences of colours (ECMA-48, SGR).
const (
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[1;36m"
	green  = "\x1b[32m"
	reset  = "\x1b[0m"
)

func severityColour(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	case Info:
	}
	return cyan
}

func (p *printer) coloured(colour, text string) {
	text = visible(text)
	if p.opts.Colour {
		text = colour + text + reset
	}
	p.out.WriteString(text)
}
