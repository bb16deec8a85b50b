package diag

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Rule is what is known of a code: of a hazard, or of a check of the proof.
type Rule struct {
	Code     Code
	Severity Severity // the severity that it has unless a diagnostic says otherwise
	Summary  string   // one sentence
	Help     string   // what to do about it
}

// stageRules are the rules of the codes that are neither a hazard's nor a
// check's.
func stageRules() []Rule {
	return []Rule{
		{CodeYAML, Error, "A file is not the YAML that it claims to be", "Correct the file at the position."},
		{CodePlan, Error, "The migration plan is wrong", "Correct the plan; `rehome schema` prints its JSON Schema."},
		{CodeSource, Error, "A manifest root can't be read", "Correct the path in the plan or the manifests."},
		{CodeGroup, Error, "Objects can't be assigned to apps", "Say in the plan which app the objects belong to."},
		{CodeReference, Warning, "A reference is doubtful or names nothing", "Decide it under spec.references in the plan."},
		{CodeSchedule, Error, "No order of phases exists", "Change the schedule in the plan."},
		{CodeRender, Error, "A step can't be carried out on these objects", "Change the objects or the plan."},
		{CodeOutput, Error, "The output can't be written", "Look at the output directory."},
	}
}

// PrintSARIF writes the list as a SARIF 2.1.0 log, which code hosts show beside
// the lines of a change. SARIF has no unit of bytes for columns; they are right
// on lines that are ASCII up to the position, and near it on others.
func (l List) PrintSARIF(w io.Writer, opts PrintOptions) error {
	rules, index := opts.sarifRules(l)
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "rehome", SemanticVersion: opts.Version, Rules: rules,
		}},
		ColumnKind: "unicodeCodePoints",
		Results:    make([]sarifResult, 0, len(l)),
	}
	for i := range l {
		run.Results = append(run.Results, opts.sarifResult(&l[i], index[l[i].Code]))
	}
	return writeJSON(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarifRules returns the rules of the codes that occur in a list, in order of
// codes, and where each is among them.
func (o *PrintOptions) sarifRules(l List) ([]sarifRule, map[Code]int) {
	codes := make([]Code, 0, len(l))
	for i := range l {
		codes = append(codes, l[i].Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	known := map[Code]Rule{}
	for _, r := range slices.Concat(stageRules(), o.Rules) {
		known[r.Code] = r
	}
	rules, index := make([]sarifRule, len(codes)), make(map[Code]int, len(codes))
	for i, code := range codes {
		rules[i] = newSARIFRule(code, known[code])
		index[code] = i
	}
	return rules, index
}

func newSARIFRule(code Code, r Rule) sarifRule {
	summary := cmp.Or(r.Summary, "Hazard or check "+string(code))
	help := cmp.Or(r.Help, "`rehome explain "+string(code)+"` says what it is and what to do about it.")
	return sarifRule{
		ID: sarifID(code), ShortDescription: sarifText{summary}, Help: sarifText{help},
		DefaultConfiguration: sarifConfiguration{Level: sarifLevel(cmp.Or(r.Severity, Error))},
	}
}

// sarifID returns the id of a rule, which must not be empty.
func sarifID(code Code) string { return cmp.Or(string(code), "other") }

func sarifLevel(s Severity) string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Info:
	}
	return "note"
}

// sarifResult returns the form of one diagnostic. SARIF's own fixes are edits of
// files; ours is a sentence and goes into the message.
func (o *PrintOptions) sarifResult(d *Diagnostic, rule int) sarifResult {
	text := d.Message
	if d.Fix != "" {
		text += "\nfix: " + d.Fix
	}
	r := sarifResult{RuleID: sarifID(d.Code), RuleIndex: rule, Level: sarifLevel(d.Severity), Message: sarifText{text}}
	if d.App != "" {
		r.Properties = &sarifProperties{App: d.App}
	}
	if l := o.sarifLocation(d.Pos); l != nil {
		r.Locations = []sarifLocation{*l}
	}
	for i, n := range d.Notes {
		l := cmp.Or(o.sarifLocation(n.Pos), &sarifLocation{})
		l.ID, l.Message = i+1, &sarifText{n.Text}
		r.RelatedLocations = append(r.RelatedLocations, *l)
	}
	return r
}

// sarifLocation returns nil for a position that is not known.
func (o *PrintOptions) sarifLocation(p Pos) *sarifLocation {
	if p.IsZero() {
		return nil
	}
	p = o.rel(p)
	l := &sarifPhysical{ArtifactLocation: sarifArtifact{URI: fileURI(p.File)}}
	if p.Line > 0 {
		l.Region = &sarifRegion{StartLine: p.Line, StartColumn: p.Column}
	}
	return &sarifLocation{Physical: l}
}

// fileURI returns a file name as a URI reference: relative, or with the scheme
// file where it is absolute.
func fileURI(file string) string {
	u := url.URL{Path: strings.ReplaceAll(file, `\`, "/")}
	if path.IsAbs(u.Path) {
		u.Scheme = "file"
	}
	return u.String()
}
