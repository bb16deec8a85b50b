package hazard

import (
	"bytes"
	"fmt"
)

// intro opens the document.
const intro = `<!-- Written by go generate from package hazard: edit the catalogue, not this file. -->

# Hazards

What is known to break when applications move between namespaces, clusters and environments, and what rehome does about
it. ` + "`rehome explain H14`" + ` prints one entry. Codes are stable: a diagnostic carries one, and a plan accepts a hazard by its
code, with a reason (` + "`accept`" + `).

Rules come from the source and the documentation of the software that is named with each entry. Where a measurement on a
real cluster showed something else, the measurement is what stands here; entries that were not confirmed say so.

`

// Markdown returns the catalogue as the document docs/hazards.md.
func Markdown() []byte {
	var b bytes.Buffer
	b.WriteString(intro)
	writeLegend(&b)
	for _, a := range areas() {
		writeSummary(&b, a)
	}
	for _, a := range areas() {
		fmt.Fprintf(&b, "## %s\n\n", a.title)
		for _, h := range a.hazards {
			writeHazard(&b, h)
		}
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), '\n')
}

func writeLegend(b *bytes.Buffer) {
	b.WriteString("| | how rehome deals with a hazard |\n|---|---|\n")
	for _, h := range [...]Handling{Checked, Prevented, Later} {
		fmt.Fprintf(b, "| %s | %s |\n", h, h.Explain())
	}
	b.WriteString("\n")
}

// writeSummary writes the table of an area, from which each entry is reached.
func writeSummary(b *bytes.Buffer, a area) {
	fmt.Fprintf(b, "**%s**\n\n| code | hazard | severity | rehome |\n|---|---|---|---|\n", a.title)
	for _, h := range a.hazards {
		fmt.Fprintf(b, "| [%s](#%s) | %s | %s | %s |\n", h.Code, h.Code, h.Title, h.Severity, h.Handled)
	}
	b.WriteString("\n")
}

// writeHazard writes one entry. Its anchor is the code, so that links outlive a
// change of the title.
func writeHazard(b *bytes.Buffer, h Hazard) {
	fmt.Fprintf(b, "### <a id=%q></a>%s: %s\n\n", h.Code, h.Code, h.Title)
	fmt.Fprintf(b, "%s\n\n%s\n\n", h.Condition, h.Consequence)
	fmt.Fprintf(b, "**What to do:** %s\n\n", h.Remedy)
	fmt.Fprintf(b, "**rehome (%s):** %s\n\n", h.Handled, h.HowHandled())
	fmt.Fprintf(b, "Severity: %s. Source: %s.\n\n", h.Severity, h.Source)
}
