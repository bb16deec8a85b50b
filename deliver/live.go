package deliver

import "slices"

// liveFiles writes, for each place, the kustomization that says which state it
// is in. Advancing a place to a phase changes one line of it.
func liveFiles(out *output) []File {
	var p printer
	var files []File
	for _, s := range out.history.snapshots {
		if s.state != out.states[0] {
			break // snapshots are in order of states
		}
		dir := s.liveDir()
		files = append(files, p.node(dir+"/"+kustomizationFile, kustomization([]string{relative(dir, s.dir())})))
	}
	return slices.Clip(files)
}

func (s snapshot) liveDir() string {
	return "live/" + PlaceDir(s.place)
}
