package render

import (
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
)

// repoint gives the final addresses to a caller, or to a shared object and the
// apps that read it, and sees to it that pods restart.
func (f *folder) repoint(s *plan.Repoint) {
	book := newAddressBook(s.Addresses)
	changed := map[*manifest.Object]bool{}
	var objects []*manifest.Object
	var readers []*plan.App
	if s.App != nil {
		objects, readers = s.App.Objects, []*plan.App{s.App}
	} else {
		objects, readers = []*manifest.Object{s.Shared.Object}, s.Readers
	}
	for _, inventory := range objects {
		if f.repointOne(inventory, s.At, book) && inventory.ID.IsConfig() {
			changed[inventory] = true
		}
	}
	if len(changed) == 0 {
		return
	}
	for _, a := range readers {
		f.restartReaders(a, s.At, changed)
	}
}

// repointOne rewrites one object at a place, and reports whether that changed it.
func (f *folder) repointOne(inventory *manifest.Object, at plan.Place, book addressBook) bool {
	key := f.keyAt(inventory, at)
	old := f.current[key]
	if old == nil || plan.IsRoute(inventory) || inventory.ID.IsService() {
		return false
	}
	o := f.rehash(f.rewrite(old, inventory, at, book), inventory, at)
	if o == old {
		return false
	}
	newKey := key
	newKey.Name = o.ID.Name
	if newKey != key {
		f.keepForOldPods(key, old)
	}
	f.put(newKey, o, f.owner[key], "")
	return true
}

// keepForOldPods leaves a generated object under its old name, as an object of
// its own, until the migration ends: pods that still run with it could not be
// started again without it.
func (f *folder) keepForOldPods(key Key, old *manifest.Object) {
	f.put(key, old.Detached(), f.owner[key], "pods that are being replaced still read it")
	f.leftover = append(f.leftover, key)
}

// restartReaders restarts the workloads of an app at a place that read what has
// changed: a generated object has a new name, which changes the pod template;
// one that was changed in place needs a checksum there.
func (f *folder) restartReaders(a *plan.App, at plan.Place, changed map[*manifest.Object]bool) {
	for _, inventory := range a.Objects {
		key := f.keyAt(inventory, at)
		w := f.current[key]
		if w == nil || inventory.ID.IsConfig() || !f.reads(inventory, changed) {
			continue
		}
		renamed := f.withNames(w, inventory, at)
		if renamed == w && plan.PodTemplate(w) == nil {
			continue // rights and the like follow names only
		}
		if renamed == w {
			renamed = f.restarted(w, inventory, at)
		}
		f.put(key, renamed, f.owner[key], "its configuration changed: its pods restart")
	}
}

// reads reports whether a workload refers to one of the objects.
func (f *folder) reads(w *manifest.Object, changed map[*manifest.Object]bool) bool {
	for _, r := range f.graph.ReferencesOf(w) {
		for o := range changed { // any match will do
			if r.Target == o.ID {
				return true
			}
		}
	}
	return false
}
