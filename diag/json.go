package diag

import (
	"encoding/json"
	"io"
)

// jsonVersion is raised when a field of the JSON form changes its meaning or
// goes; new fields may appear without.
const jsonVersion = 1

// jsonList is the JSON form of a list.
type jsonList struct {
	Version     int              `json:"version"`
	Errors      int              `json:"errors"`
	Warnings    int              `json:"warnings"`
	Infos       int              `json:"infos"`
	Diagnostics []jsonDiagnostic `json:"diagnostics"`
}

type jsonDiagnostic struct {
	Severity string     `json:"severity"`
	Code     Code       `json:"code,omitempty"`
	Pos      *jsonPos   `json:"pos,omitempty"`
	App      string     `json:"app,omitempty"`
	Message  string     `json:"message"`
	Fix      string     `json:"fix,omitempty"`
	Notes    []jsonNote `json:"notes,omitempty"`
}

type jsonPos struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

type jsonNote struct {
	Pos  *jsonPos `json:"pos,omitempty"`
	Text string   `json:"text"`
}

// PrintJSON writes the list as one JSON object, in the order of the list. Its
// form is stable: a field keeps its name and meaning while "version" is the
// same. Columns count bytes, from 1.
func (l List) PrintJSON(w io.Writer, opts PrintOptions) error {
	out := jsonList{
		Version: jsonVersion, Errors: l.Count(Error), Warnings: l.Count(Warning), Infos: l.Count(Info),
		Diagnostics: make([]jsonDiagnostic, 0, len(l)),
	}
	for _, d := range l {
		j := jsonDiagnostic{
			Severity: d.Severity.String(), Code: d.Code, Pos: opts.jsonPos(d.Pos),
			App: d.App, Message: d.Message, Fix: d.Fix,
		}
		for _, n := range d.Notes {
			j.Notes = append(j.Notes, jsonNote{Pos: opts.jsonPos(n.Pos), Text: n.Text})
		}
		out.Diagnostics = append(out.Diagnostics, j)
	}
	return writeJSON(w, out)
}

// jsonPos returns nil for a position that is not known.
func (o *PrintOptions) jsonPos(p Pos) *jsonPos {
	if p.IsZero() {
		return nil
	}
	p = o.rel(p)
	return &jsonPos{File: p.File, Line: p.Line, Column: p.Column}
}

// writeJSON writes a value indented and without the escapes that only HTML
// needs.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
