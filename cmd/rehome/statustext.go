package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// text returns the report for a person.
func (r *statusReport) text() []byte {
	var b bytes.Buffer
	if r.Live != "" {
		fmt.Fprintf(&b, "live/ points at %s\n", r.Live)
	} else {
		section(&b, "live/ points at several phases:", r.Places)
	}
	r.drift(&b)
	if r.Errors == 0 {
		b.WriteString("the proof holds for the output as it lies there\n")
	} else {
		fmt.Fprintf(&b, "the proof fails: %d error%s, which rehome verify tells\n", r.Errors, plural(r.Errors))
	}
	if r.Cluster != nil {
		r.Cluster.text(&b)
	}
	if r.Safe && (r.Cluster == nil || r.Cluster.Next != "") {
		next := "the next phase"
		if r.Cluster != nil {
			next = r.Cluster.Next
		}
		fmt.Fprintf(&b, "as far as can be seen, %s may be applied\n", next)
	} else if !r.Safe {
		b.WriteString("the next phase must not be applied yet\n")
	}
	return b.Bytes()
}

// drift says what changed since the render, and what of it matters.
func (r *statusReport) drift(b *bytes.Buffer) {
	if len(r.Inputs) == 0 {
		b.WriteString("no input changed since the output was rendered\n")
		return
	}
	lines := make([]string, len(r.Inputs))
	for i, in := range r.Inputs {
		lines[i] = in.Path + " " + in.How
		if len(in.Apps) > 0 {
			lines[i] += " (" + strings.Join(in.Apps, ", ") + ")"
		}
	}
	section(b, "inputs changed since the output was rendered:", lines)
	if len(r.Changes) == 0 {
		b.WriteString("the overlays follow: rendering again changes nothing but the lock\n")
		return
	}
	if !slices.ContainsFunc(r.Changes, func(path string) bool { return !strings.HasPrefix(path, "phases/") }) {
		section(b, "the overlays follow; what phases/ holds for kubectl is of the render, and rendering again changes:", r.Changes)
		return
	}
	section(b, "rendering again changes:", r.Changes)
}

// text says where the clusters stand.
func (c *clusterReport) text(b *bytes.Buffer) {
	if c.Reached {
		fmt.Fprintf(b, "the cluster is in %s\n", c.Phase)
	} else {
		section(b, "the cluster is nearest to "+c.Phase+", but for:", c.Differences)
	}
	section(b, "not known, because the dump holds none of their kind:", c.Unknown)
	section(b, "the gate of "+c.Phase+" waits for:", c.Waiting)
	section(b, "the gate of "+c.Phase+" also asks that:", c.Unseen)
}

// section prints lines under a heading, nothing when there are none.
func section(b *bytes.Buffer, heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	b.WriteString(heading + "\n")
	for _, l := range lines {
		b.WriteString("  " + l + "\n")
	}
}
