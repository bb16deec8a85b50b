package deliver

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/diag"
)

// Standing is how far a migration is: the state that live/ points at, place by
// place. It is read off the files alone, so that it is known of a repository
// that nothing else is known of.
type Standing struct {
	Phases []string // titles of the states, that of today first
	places []standingPlace
}

// standingPlace is one file of live/.
type standingPlace struct {
	dir    string // of the place below states/NN and live
	states []int  // in which the place changes, in order
	file   string
	text   string // of the file
	points string // the resource as it is written in the file
	at     int    // the state that it points at
}

// ReadStanding reads the live/ of an output in a directory.
func ReadStanding(fsys fs.FS, dir string) (*Standing, diag.List) {
	var diags diag.List
	s := &Standing{}
	places := map[string][]int{}
	titles, err := fs.ReadDir(fsys, path.Join(dir, "states"))
	if err != nil {
		diags.Errorf(diag.CodeOutput, diag.Pos{File: dir}, "this is no output of rehome: %v", err)
		return nil, diags
	}
	for i, title := range titles { // names sort as phases follow
		s.Phases = append(s.Phases, title.Name())
		found, err := fs.Glob(fsys, path.Join(dir, "states", title.Name(), "*", "*"))
		if err != nil {
			diags.Errorf(diag.CodeOutput, diag.Pos{File: dir}, "the states cannot be listed: %v", err)
		}
		for _, f := range found {
			place := strings.TrimPrefix(f, path.Join(dir, "states", title.Name())+"/")
			places[place] = append(places[place], i)
		}
	}
	for place, states := range places { // put into order below
		p := standingPlace{dir: place, states: states, file: path.Join(dir, "live", place, kustomizationFile)}
		p.read(fsys, path.Join(dir, "states"), s.Phases, &diags)
		s.places = append(s.places, p)
	}
	slices.SortFunc(s.places, func(a, b standingPlace) int { return strings.Compare(a.dir, b.dir) })
	return s, diags.Sorted()
}

// read finds out which state a place points at.
func (p *standingPlace) read(fsys fs.FS, states string, titles []string, diags *diag.List) {
	var list struct {
		Resources []string `json:"resources"`
	}
	data, err := fs.ReadFile(fsys, p.file)
	if err == nil {
		err = yaml.Unmarshal(data, &list)
	}
	if err != nil {
		diags.Errorf(diag.CodeOutput, diag.Pos{File: p.file}, "the live state cannot be read: %v", err).
			WithFix("run rehome render again: it writes the files of live/ that are missing")
		return
	}
	p.text = string(data)
	for _, r := range list.Resources {
		rest, ok := strings.CutPrefix(path.Join(path.Dir(p.file), r), states+"/")
		title, place, _ := strings.Cut(rest, "/")
		if !ok || place != p.dir {
			continue
		}
		if i := slices.Index(titles, title); i >= 0 && p.points == "" {
			p.points, p.at = r, i
			continue
		}
		diags.Errorf(diag.CodeOutput, p.pos(r), "the live state of %s is %s, which is no state of this output", p.dir, title).
			WithFix("point it at one of states/, or render the plan that has that phase")
		return
	}
	if p.points == "" {
		diags.Errorf(diag.CodeOutput, diag.Pos{File: p.file}, "it points at no state of %s", p.dir).
			WithFix("give it the resource %s", relative("live/"+p.dir, "states/"+titles[p.states[0]]+"/"+p.dir))
	}
}

// pos returns where a text begins in the file.
func (p *standingPlace) pos(text string) diag.Pos {
	before, _, _ := strings.Cut(p.text, text)
	line := strings.Count(before, "\n")
	return diag.Pos{File: p.file, Line: line + 1, Column: len(before) - strings.LastIndexByte(before, '\n')}
}

// expected returns the state that a place points at when a phase is live.
func (p *standingPlace) expected(phase int) int {
	at := p.states[0]
	for _, s := range p.states {
		if s <= phase {
			at = s
		}
	}
	return at
}

// At reports whether live/ is what a phase leaves behind; 0 is today. Where a
// phase changes no file, it and the one before cannot be told apart.
func (s *Standing) At(phase int) bool {
	return phase >= 0 && phase < len(s.Phases) && !slices.ContainsFunc(s.places, func(p standingPlace) bool { return p.at != p.expected(phase) })
}

// Latest returns the last phase that live/ is what it leaves behind; ok is false
// when there is none, because some places are further than others.
func (s *Standing) Latest() (phase int, ok bool) {
	for phase := len(s.Phases) - 1; phase >= 0; phase-- {
		if s.At(phase) {
			return phase, true
		}
	}
	return 0, false
}

// Told says which state each place is in, a line each.
func (s *Standing) Told() []string {
	lines := make([]string, len(s.places))
	for i := range s.places {
		lines[i] = s.places[i].dir + ": " + s.Phases[s.places[i].at]
	}
	return lines
}

// Move returns the files of live/ that another phase changes, with one line of
// each different. Their paths are those of the file system that was read.
func (s *Standing) Move(phase int) []File {
	var files []File
	for i := range s.places {
		p := &s.places[i]
		if to := p.expected(phase); to != p.at {
			next := relative("live/"+p.dir, "states/"+s.Phases[to]+"/"+p.dir)
			files = append(files, File{Path: p.file, Data: []byte(strings.Replace(p.text, p.points, next, 1))})
		}
	}
	return files
}
