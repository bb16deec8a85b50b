package verify

import (
	"slices"

	"github.com/rehome-dev/rehome/diag"
	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/plan"
	"github.com/rehome-dev/rehome/render"
)

// immutableCheck is H29: the API server refuses to change some fields, and the
// phase stops half way.
var immutableCheck = Check{
	Code: "H29", Severity: diag.Error,
	Summary: "no phase changes a field that cannot be changed",
	Run: func(p *Pass) {
		for _, c := range p.Changes() {
			if c.Before == nil || c.After == nil {
				continue
			}
			if path := refused(c); path != nil {
				p.Reportf("H29", c.After, path, "%s of %s cannot be changed in place: the API server refuses it", path, c.Key.ID).
					WithFix("%s", anew(c.After))
			}
		}
	},
}

// anew says how a change is made that the API server refuses.
func anew(o *manifest.Object) string {
	if o.ID.Kind == "Job" {
		return "delete the Job when it has ended, before this phase, or give the new one another name"
	}
	return "give the object another name, and delete the old one in a later phase; never replace it by force"
}

// fixedFields are fields that validation compares with the stored object
// (k8s.io/kubernetes/pkg/apis/{apps,batch,rbac,core}/validation, Validate*Update).
var fixedFields = map[string][]manifest.Path{
	"apps/Deployment":                       {{"spec", "selector"}},
	"apps/DaemonSet":                        {{"spec", "selector"}},
	"apps/ReplicaSet":                       {{"spec", "selector"}},
	"apps/StatefulSet":                      {{"spec", "selector"}, {"spec", "serviceName"}, {"spec", "volumeClaimTemplates"}, {"spec", "podManagementPolicy"}},
	"batch/Job":                             {{"spec", "template"}, {"spec", "selector"}, {"spec", "completionMode"}},
	"rbac.authorization.k8s.io/RoleBinding": {{"roleRef"}},
	"rbac.authorization.k8s.io/ClusterRoleBinding": {{"roleRef"}},
	"/PersistentVolumeClaim":                       {{"spec", "accessModes"}, {"spec", "selector"}, {"spec", "storageClassName"}, {"spec", "volumeName"}, {"spec", "volumeMode"}},
	"/PersistentVolume":                            {{"spec", "csi"}, {"spec", "nfs"}, {"spec", "hostPath"}, {"spec", "local"}},
	"/Secret":                                      {{"type"}},
	"storage.k8s.io/StorageClass":                  {{"provisioner"}, {"parameters"}, {"reclaimPolicy"}},
	"scheduling.k8s.io/PriorityClass":              {{"value"}, {"preemptionPolicy"}},
}

// refused returns the field of a change that the API server refuses to change,
// nil when it takes all.
func refused(c render.Change) manifest.Path {
	for _, path := range fixedFields[c.Key.Group+"/"+c.Key.Kind] {
		if !c.Before.Get(path...).Equal(c.After.Get(path...)) {
			return path
		}
	}
	switch {
	case isInput(c.Key.ID) && c.Before.Get("immutable").Bool() && !sameData(c.Before, c.After):
		return manifest.P("data")
	case isServiceKey(c.Key):
		return refusedAddress(c)
	case c.Key.Group == "" && c.Key.Kind == "Pod":
		return refusedPod(c)
	}
	return nil
}

// refusedAddress holds that a virtual IP stays what it is unless the Service
// becomes an ExternalName one, or was one.
func refusedAddress(c render.Change) manifest.Path {
	was, is := c.Before.Text("spec", "clusterIP"), c.After.Text("spec", "clusterIP")
	types := []string{c.Before.Text("spec", "type"), c.After.Text("spec", "type")}
	if slices.Contains(types, "ExternalName") || was == is || was == "" || is == "" {
		return nil
	}
	return manifest.P("spec", "clusterIP")
}

// refusedPod holds that of a pod's containers the image alone may change.
func refusedPod(c render.Change) manifest.Path {
	for i, container := range plan.PodTemplate(c.Before).Get("spec", "containers").Items() {
		path := manifest.P("spec", "containers").Index(i)
		for _, field := range [...]string{"env", "envFrom", "args", "command", "volumeMounts"} {
			if !container.Get(field).Equal(c.After.Get(path.Join(field)...)) {
				return path.Join(field)
			}
		}
	}
	return nil
}
