// Package walk takes a cluster through a rendered migration as its users do: with
// the commands of the runbook, or by moving what a GitOps controller applies.
// Nothing of the output is retyped: phases, commands and gates are read from it.
package walk

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// Runbook is a rendered migration, as its README.md tells it.
type Runbook struct {
	Dir    string
	Phases []Phase
}

// Phase is one phase of a runbook.
type Phase struct {
	Name     string
	Commands []string // of a shell, gate included
	Live     []Line   // what changes for a GitOps controller
	Back     []string // the way back, gate included
	Gate     []string // the commands that wait, from gate.yaml
}

// Line is the resource that a file under live/ points at after a phase.
type Line struct{ File, Resource string }

// The parts of a phase in the runbook.
const (
	commandsPart = "Commands"
	livePart     = "With GitOps: set the resource of"
	backPart     = "The way back"
)

// Read reads the runbook of an output directory.
func Read(dir string) (*Runbook, error) {
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return nil, err
	}
	r := &Runbook{Dir: dir}
	heading := regexp.MustCompile(`^## Phase \d+: (.+)$`)
	var part string
	fenced := false
	for _, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case heading.MatchString(line):
			r.Phases = append(r.Phases, Phase{Name: heading.FindStringSubmatch(line)[1]})
			part = ""
		case strings.HasPrefix(line, "## "): // the phases are over
			if len(r.Phases) > 0 {
				return r, r.readGates()
			}
		case strings.HasPrefix(line, "### "):
			part = strings.TrimPrefix(line, "### ")
		case len(r.Phases) > 0:
			p := &r.Phases[len(r.Phases)-1]
			if fenced {
				p.takeCommand(part, line)
			} else if part == livePart {
				p.takeLine(line)
			}
		}
	}
	return r, r.readGates()
}

// takeCommand adds a line between fences. What a person has to make sure stands
// outside of them.
func (p *Phase) takeCommand(part, line string) {
	switch part {
	case commandsPart:
		p.Commands = append(p.Commands, line)
	case backPart:
		p.Back = append(p.Back, line)
	}
}

// takeLine adds what a file under live/ points at.
func (p *Phase) takeLine(line string) {
	words := strings.Split(line, "`")
	const file, resource, all = 1, 3, 5
	if len(words) == all {
		p.Live = append(p.Live, Line{words[file], words[resource]})
	}
}

// readGates reads the gates of all phases.
func (r *Runbook) readGates() error {
	for i := range r.Phases {
		files, err := filepath.Glob(filepath.Join(r.Dir, "phases", fmt.Sprintf("*-%s", r.Phases[i].Name), "*", "gate.yaml"))
		if err != nil {
			return err
		}
		if len(files) != 1 {
			return fmt.Errorf("phase %s has the gates %v, want one", r.Phases[i].Name, files)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			return err
		}
		var gate struct {
			Spec struct {
				Commands []string `json:"commands"`
			} `json:"spec"`
		}
		if err := yaml.Unmarshal(text, &gate); err != nil {
			return fmt.Errorf("%s: %w", files[0], err)
		}
		r.Phases[i].Gate = gate.Spec.Commands
	}
	return nil
}
