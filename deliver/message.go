package deliver

import (
	"fmt"
	"strings"

	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// Direction is which way a migration goes.
type Direction uint8

// The directions.
const (
	Forward Direction = iota
	Back
)

// Message returns the message of the commit that carries out a phase, or takes
// it back: what it does and why, what may be felt, the gate, and what the way
// back does not bring back. The first line is short, as git shows it in lists.
func Message(schedule *plan.Schedule, state *render.State, way Direction) string {
	b := newBundle(state, &history{})
	m := &message{}
	title := fmt.Sprintf("phase %d of %d", state.Phase.Number, len(schedule.Phases))
	if way == Back {
		title = "back from " + title
	}
	m.subject(planName(schedule)+": "+title, subjects(state.Phase))
	if way == Forward {
		m.section("Why", state.Phase.Why)
	}
	m.section("Changes", changeLines(state, way))
	if way == Forward {
		m.section("Risks", risks(b))
	}
	m.section("Gate", gateLines(state.Phase.Gate))
	if way == Forward {
		m.section("The way back", append([]string{"rehome promote --back, or revert this commit"}, noReturn(b)...))
	}
	m.text.WriteString("\nRehome-Phase: " + standingAfter(schedule, state, way) + "\n")
	return m.text.String()
}

// message is the text as it grows.
type message struct{ text strings.Builder }

// longestSubject is how much of a first line tools show.
const longestSubject = 72

func (m *message) subject(title, what string) {
	line := oneLine(title + ": " + what)
	if len(line) <= longestSubject {
		m.text.WriteString(line + "\n")
		return
	}
	m.text.WriteString(oneLine(title) + "\n\n" + oneLine(what) + "\n")
}

func (m *message) section(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	m.text.WriteString("\n" + name + ":\n")
	for _, l := range lines {
		m.text.WriteString("- " + oneLine(l) + "\n")
	}
}

// changeLines tells what happens to each object.
func changeLines(state *render.State, way Direction) []string {
	lines := make([]string, 0, len(state.Changes))
	for _, c := range state.Changes {
		if way == Back {
			c.Before, c.After = c.After, c.Before
			lines = append(lines, verb(c)+" "+objectName(c))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", verb(c), objectName(c), reason(c)))
	}
	return lines
}

// gateLines says what has to hold before the next phase.
func gateLines(g plan.Gate) []string {
	var lines []string
	for _, w := range g.Rollouts {
		lines = append(lines, fmt.Sprintf("%s %s in %s is available", w.Kind, w.Name, w.Place))
	}
	for _, w := range g.Gone {
		lines = append(lines, fmt.Sprintf("%s %s in %s has ended, its pods too", w.Kind, w.Name, w.Place))
	}
	for _, p := range g.Probes {
		lines = append(lines, probeText(p))
	}
	if g.Wait > 0 {
		lines = append(lines, fmt.Sprintf("%d s have passed: %s", seconds(g.Wait), g.WaitWhy))
	}
	return append(lines, g.Approvals...)
}

// standingAfter names the state that is live after the commit.
func standingAfter(schedule *plan.Schedule, state *render.State, way Direction) string {
	switch {
	case way == Forward:
		return StateName(state)
	case state.Phase.Number == 1:
		return todayName
	}
	return schedule.Phases[state.Phase.Number-2].Title()
}
