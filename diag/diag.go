// Package diag holds what every stage reports: a position in a user's file, a
// stable code, a severity, a message and a fix. It is the leaf of the import
// graph; every other package may use it and it uses none of them.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a file that the user wrote.
// The zero Pos means that no place is known.
type Pos struct {
	File   string // slash-separated, relative to the root that the sources were read from
	Line   int    // 1-based; 0 when only the file is known
	Column int    // 1-based, in bytes; 0 when only the line is known
}

// IsZero reports whether nothing at all is known of the position.
func (p Pos) IsZero() bool { return p == Pos{} }

// String returns file:line:column, leaving out what is not known.
func (p Pos) String() string {
	switch {
	case p.IsZero():
		return "-"
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(
		cmp.Compare(p.File, q.File),
		cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Column, q.Column),
	)
}

// Severity says what a diagnostic does to the run.
type Severity uint8

// The severities, most severe first.
const (
	Error   Severity = iota + 1 // the stage fails
	Warning                     // worth a look before a phase is applied
	Info                        // said so that nothing is passed over in silence
)

// String returns the lower-case name that is printed.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
		return "info"
	}
	return "unknown"
}

// Code identifies a kind of diagnostic. Codes are stable: a hazard's (H01...),
// a check's of the proof (P1...), or the name of the stage that failed.
type Code string

// The codes of diagnostics that are neither a hazard nor a check.
const (
	CodeYAML      Code = "yaml"      // a file is not the YAML that it claims to be
	CodePlan      Code = "plan"      // the migration plan is wrong
	CodeSource    Code = "source"    // a manifest root can't be read
	CodeGroup     Code = "group"     // objects can't be assigned to apps
	CodeReference Code = "reference" // a reference is doubtful or names nothing
	CodeSchedule  Code = "schedule"  // no order of phases exists
	CodeRender    Code = "render"    // a step can't be carried out on these objects
	CodeOutput    Code = "output"    // the output can't be written
)

// Note is one link of the causal chain of a diagnostic.
type Note struct {
	Pos  Pos // may be zero
	Text string
}

// Diagnostic is one finding.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Pos      Pos
	App      string // the app it concerns; may be empty
	Object   string // the identity of the object it concerns, by which its app is found later; may be empty, is not printed
	Message  string // one sentence, no full stop
	Fix      string // what to do about it; may be empty
	Notes    []Note // how it came about, in order
}

// List collects the diagnostics of a stage. The zero List is empty and usable.
type List []Diagnostic

// Errorf adds an error. A fix, an app and notes are chained to the result.
func (l *List) Errorf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	return l.add(Diagnostic{Code: code, Severity: Error, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning.
func (l *List) Warnf(code Code, pos Pos, format string, args ...any) *Diagnostic {
	return l.add(Diagnostic{Code: code, Severity: Warning, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// Infof adds a piece of information.
func (l *List) Infof(code Code, pos Pos, format string, args ...any) *Diagnostic {
	return l.add(Diagnostic{Code: code, Severity: Info, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// add returns a pointer into the list that is valid until the next addition.
func (l *List) add(d Diagnostic) *Diagnostic {
	*l = append(*l, d)
	return &(*l)[len(*l)-1]
}

// WithFix sets what to do about the diagnostic.
func (d *Diagnostic) WithFix(format string, args ...any) *Diagnostic {
	d.Fix = fmt.Sprintf(format, args...)
	return d
}

// WithApp names the app that the diagnostic concerns.
func (d *Diagnostic) WithApp(app string) *Diagnostic {
	d.App = app
	return d
}

// WithObject gives the identity of the object that the diagnostic concerns.
func (d *Diagnostic) WithObject(identity string) *Diagnostic {
	d.Object = identity
	return d
}

// WithNote appends a link to the causal chain.
func (d *Diagnostic) WithNote(pos Pos, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{Pos: pos, Text: fmt.Sprintf(format, args...)})
	return d
}

// HasErrors reports whether any diagnostic is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Count returns the number of diagnostics of a severity.
func (l List) Count(s Severity) int {
	n := 0
	for i := range l {
		if l[i].Severity == s {
			n++
		}
	}
	return n
}

// Sorted returns the list ordered by position, severity, code and message,
// without repetitions.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(
			a.Pos.Compare(b.Pos),
			cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.App, b.App),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(out, func(a, b Diagnostic) bool {
		return a.Code == b.Code && a.Severity == b.Severity && a.Pos == b.Pos && a.Message == b.Message
	})
}

// Err returns the list as an error when it holds one, else nil.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	return errorList(l)
}

// errorList is a List that is an error.
type errorList List

// Error returns the messages of the errors, one a line.
func (l errorList) Error() string {
	var b strings.Builder
	for _, d := range l {
		if d.Severity != Error {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: error[%s]: %s", d.Pos, d.Code, d.Message)
	}
	return b.String()
}
