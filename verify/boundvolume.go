package verify

import (
	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
)

// boundVolumeCheck is H65: a volume is bound to one claim, and is deleted with
// it unless it is retained.
var boundVolumeCheck = PlanCheck{
	Code: "H65", Severity: diag.Error,
	Summary: "a claim names a volume that is bound to the old one",
	Run: func(p *PlanPass) {
		reclaim := map[string]*manifest.Object{}
		for _, o := range p.Graph.Inventory.Objects {
			if o.ID.Group == "" && o.ID.Kind == "PersistentVolume" {
				reclaim[o.ID.Name] = o
			}
		}
		for _, a := range p.Moving() {
			for _, o := range a.Objects {
				volume := o.Text("spec", "volumeName")
				if o.ID.Group != "" || o.ID.Kind != "PersistentVolumeClaim" || volume == "" {
					continue
				}
				d := p.Reportf(a.Name, o, manifest.P("spec", "volumeName"), "%s is bound to the volume %s, which cannot be bound to its copy in %s at the same time", o.ID, volume, a.To)
				d.WithFix("stop the app, set persistentVolumeReclaimPolicy: Retain, delete the old claim, and set claimRef of the volume to the new one; then accept H65 for app %s", a.Name)
				if pv := reclaim[volume]; pv != nil && pv.Text("spec", "persistentVolumeReclaimPolicy") != "Retain" {
					d.WithNote(pv.Pos("spec", "persistentVolumeReclaimPolicy"), "its data is deleted with the old claim")
				}
			}
		}
	},
}
