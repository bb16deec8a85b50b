package deliver

// liveFile writes, for a place, the kustomization that says which state it is
// in. Advancing a place to a phase changes one line of it.
func liveFile(p *printer, today snapshot) File {
	dir := today.liveDir()
	return p.single(dir, relative(dir, today.dir()))
}

func (s snapshot) liveDir() string {
	return "live/" + PlaceDir(s.place)
}
