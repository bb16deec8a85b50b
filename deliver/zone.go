package deliver

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// zoneExtension ends the name of a zone's file; what is before is the zone.
const zoneExtension = ".zone"

// zoneFiles writes, for each state that changes the records of the zone, all of
// them, where the plan asks for a file. State 0 has one too.
func zoneFiles(out *output) []File {
	name := zoneName(out.schedule)
	if name == "" {
		return nil
	}
	var files []File
	for i, s := range out.states {
		if i > 0 && slices.Equal(s.Zone, out.states[i-1].Zone) {
			continue
		}
		// Records that cannot be written were refused when the state was made.
		if text, err := render.ZoneText(name, s.Zone); err == nil {
			files = append(files, File{Path: zonePath(s, name), Data: text})
		}
	}
	return files
}

// zoneName returns the zone that is written as files, "" when none is.
func zoneName(s *plan.Schedule) string {
	d := specOf(s).DNS
	if d == nil || d.Provider != plan.ZoneFile {
		return ""
	}
	return d.Zone
}

func zonePath(s *render.State, zone string) string {
	return path.Join(zoneDir(s), zone+zoneExtension)
}

// zoneDir returns where the zone of a state is.
func zoneDir(s *render.State) string { return "dns/" + StateName(s) }

// zoneLines returns what a state changes in the zone, as lines of a zone file
// behind + and -.
func zoneLines(before, after *render.State) []string {
	var out []string
	for _, r := range before.Zone {
		if !slices.Contains(after.Zone, r) {
			out = append(out, fmt.Sprintf("- %s. %d IN %s %s", r.Name, r.TTL, r.Type, r.Data))
		}
	}
	for _, r := range after.Zone {
		if !slices.Contains(before.Zone, r) {
			out = append(out, fmt.Sprintf("+ %s. %d IN %s %s", r.Name, r.TTL, r.Type, r.Data))
		}
	}
	return out
}

// zone returns the records of a state as its file has them; those of the state
// before when it has no file.
func (r *rereader) zone(s *render.State, before []render.Record) []render.Record {
	files, err := fs.Glob(r.fsys, path.Join(r.dir, zoneDir(s), "*"+zoneExtension))
	if err != nil || len(files) == 0 {
		return before
	}
	file := files[0]
	data, err := fs.ReadFile(r.fsys, file)
	if err != nil {
		r.diags.Errorf(diag.CodeOutput, diag.Pos{File: file}, "the zone cannot be read: %v", err)
		return before
	}
	records, err := render.ParseZone(strings.TrimSuffix(path.Base(file), zoneExtension), file, data)
	if err != nil {
		r.diags.Errorf(diag.CodeOutput, diag.Pos{File: file}, "the zone cannot be read: %v", err)
		return before
	}
	slices.SortFunc(records, render.Record.Compare)
	return records
}

// zoneBefore returns the records of the last of some states.
func zoneBefore(states []*render.State) []render.Record {
	if len(states) == 0 {
		return []render.Record{}
	}
	return states[len(states)-1].Zone
}
