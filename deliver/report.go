package deliver

import (
	"bytes"
	_ "embed" // the parts of the page
	"encoding/json"
	"fmt"
	"html/template"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/verify"
)

// The parts of the report: one page that needs nothing else, no network either.
var (
	//go:embed report/page.html
	reportPage string
	//go:embed report/style.css
	reportStyle string
	//go:embed report/script.js
	reportScript string
)

// reportName is the report in an output.
const reportName = "report.html"

// reportData is everything that the page shows. It is drawn by the page's
// script, so that it grows with what changes and not with apps times phases.
type reportData struct {
	Phases   []reportPhase   `json:"phases"` // that of today first
	Findings []reportFinding `json:"findings"`
}

// reportPhase is a phase and the state that it leaves behind.
type reportPhase struct {
	Title    string       `json:"title"`
	Kind     string       `json:"kind"`
	Why      []string     `json:"why,omitempty"`
	Risks    []string     `json:"risks,omitempty"`
	Gate     []string     `json:"gate,omitempty"`
	NoReturn []string     `json:"noReturn,omitempty"`
	Commands []string     `json:"commands,omitempty"`
	WayBack  []string     `json:"wayBack,omitempty"`
	Changes  []ObjectDiff `json:"changes,omitempty"`
	Graph    reportGraph  `json:"graph"`
	Proof    *reportProof `json:"proof,omitempty"`
}

// reportGraph is who calls whom.
type reportGraph struct {
	Places []reportPlace `json:"places"`
	Links  []reportLink  `json:"links"`
}

type reportPlace struct {
	Name  string       `json:"name"`
	Nodes []reportNode `json:"nodes"`
}

type reportNode struct {
	ID    string `json:"id"` // the same in all phases
	Label string `json:"label"`
	Proxy bool   `json:"proxy,omitempty"`
	Came  bool   `json:"came,omitempty"` // in this phase
}

type reportLink struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label"`
	How   string `json:"how"` // direct, or what it goes through
}

// reportProof is what was proved of a phase.
type reportProof struct {
	Calls  int            `json:"calls"`
	States int            `json:"states"`
	Failed map[string]int `json:"failed,omitempty"`
}

type reportFinding struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	At       string `json:"at"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty"`
}

// reportFile writes the migration as one page of HTML: a time line of its phases,
// and for each what changes, who calls whom over what, its gate and its proof.
func (out *output) reportFile() (File, error) {
	data := reportData{Findings: reportFindings(out.options.Findings)}
	data.Phases = append(data.Phases, reportPhase{Title: todayName, Kind: "today", Graph: newReportGraph(out.schedule, 0)})
	for _, b := range out.bundles {
		data.Phases = append(data.Phases, out.reportPhase(b))
	}
	markCame(data.Phases)
	encoded, err := json.Marshal(data) // escapes what would end the script element
	if err != nil {
		return File{}, err
	}
	page, err := template.New("report").Parse(reportPage)
	if err != nil {
		return File{}, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, struct {
		Name, Lead string
		Style      template.CSS
		Script     template.JS
		Data       template.JS
	}{
		Name: planName(out.schedule), Lead: reportLead(out.schedule, out.options.Proof),
		Style: template.CSS(reportStyle), Script: template.JS(reportScript), Data: template.JS(encoded), //nolint:gosec // our own, and escaped by the JSON encoder
	})
	return File{Path: reportName, Data: b.Bytes()}, err
}

// reportLead is the migration in one line.
func reportLead(schedule *plan.Schedule, proof *verify.Proof) string {
	moving := 0
	for _, a := range schedule.Graph.Apps {
		if a.Moves() {
			moving++
		}
	}
	lead := fmt.Sprintf("%d of %d apps move, in %s", moving, len(schedule.Graph.Apps), phaseCount(len(schedule.Phases)))
	if proof == nil {
		return lead
	}
	mixed := 0
	for _, p := range proof.Phases {
		mixed += p.States
	}
	return lead + fmt.Sprintf("; %d calls proved in %d mixtures of changes", proof.Calls, mixed)
}

func (out *output) reportPhase(b *bundle) reportPhase {
	phase, proof := b.state.Phase, out.options.Proof
	page := reportPhase{
		Title: StateName(b.state), Kind: phase.Kind.String(), Why: phase.Why, Risks: plainLines(risks(b)),
		Gate: gateLines(phase.Gate), NoReturn: noReturn(b),
		Commands: phaseCommands(b), WayBack: wayBackCommands(b),
		Changes: Diffs(b.state), Graph: newReportGraph(out.schedule, phase.Number),
	}
	if proof != nil && phase.Number <= len(proof.Phases) {
		p := proof.Phases[phase.Number-1]
		page.Proof = &reportProof{Calls: p.Calls, States: p.States, Failed: map[string]int{}}
		for code, n := range p.Failed { // sorted by the encoder
			if n > 0 {
				page.Proof.Failed[string(code)] = n
			}
		}
	}
	return page
}

// plainLines drops the marks of Markdown.
func plainLines(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = unmarked.Replace(l)
	}
	return out
}

func newReportGraph(schedule *plan.Schedule, phase int) reportGraph {
	p := pictureOf(schedule, phase)
	graph := reportGraph{Links: []reportLink{}}
	for _, place := range p.places {
		out := reportPlace{Name: place.name}
		for _, n := range place.nodes {
			out.Nodes = append(out.Nodes, reportNode{ID: n.key(), Label: n.label, Proxy: n.proxy})
		}
		graph.Places = append(graph.Places, out)
	}
	for _, l := range p.links {
		graph.Links = append(graph.Links, reportLink{l.from.key(), l.to.key(), l.label, l.how()})
	}
	return graph
}

// key names a node in all phases.
func (n *node) key() string { return n.place.String() + "/" + n.label }

// how says what a call goes through.
func (l link) how() string {
	switch {
	case l.to.proxy:
		return l.to.how
	case l.from.proxy:
		return l.from.how
	}
	return "direct"
}

// markCame marks the nodes that a phase adds.
func markCame(phases []reportPhase) {
	before := map[string]bool{}
	for i := range phases {
		now := map[string]bool{}
		for _, place := range phases[i].Graph.Places {
			for j := range place.Nodes {
				n := &place.Nodes[j]
				now[n.ID] = true
				n.Came = i > 0 && !before[n.ID]
			}
		}
		before = now
	}
}

func reportFindings(findings diag.List) []reportFinding {
	out := []reportFinding{}
	for _, d := range findings.Sorted() {
		out = append(out, reportFinding{string(d.Code), d.Severity.String(), d.Pos.String(), d.Message, d.Fix})
	}
	return out
}
