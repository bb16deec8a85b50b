package golden

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v4"
)

// Validator is a command that takes files as kubectl-validate does, with the
// definitions of custom resources that it is given.
type Validator struct {
	Command []string
	Crds    string // the directory of the definitions; none when ""
}

// resource is a kind of custom resource in a version.
type resource struct{ apiVersion, kind string }

// definition is the part of a CustomResourceDefinition that is read.
type definition struct {
	Spec struct {
		Group    string                  `yaml:"group"`
		Names    struct{ Kind string }   `yaml:"names"`
		Versions []struct{ Name string } `yaml:"versions"`
	} `yaml:"spec"`
}

// defined returns the custom resources that the validator knows.
func (v *Validator) defined() (map[resource]bool, error) {
	out := map[resource]bool{}
	if v.Crds == "" {
		return out, nil
	}
	files, err := fs.Glob(os.DirFS(v.Crds), "*.yaml")
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no definitions in %s: %w", v.Crds, errors.Join(err, fs.ErrNotExist))
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(v.Crds, name))
		if err != nil {
			return nil, err
		}
		var d definition
		if err := yaml.Unmarshal(data, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, version := range d.Spec.Versions {
			out[resource{d.Spec.Group + "/" + version.Name, d.Spec.Names.Kind}] = true
		}
	}
	return out, nil
}

// command returns the command with the definitions and a directory of objects.
func (v *Validator) command(dir string) []string {
	args := append([]string{}, v.Command...)
	if v.Crds != "" {
		args = append(args, "--local-crds="+v.Crds)
	}
	return append(args, "--output=json", dir)
}

// unschemed says why a custom resource may be recorded though no schema is at hand
// for it; "" when there is no reason.
func unschemed(r resource) string {
	switch r {
	case resource{"rehome.dev/v1alpha1", "Gate"}, resource{"rehome.dev/v1alpha1", "Lock"}:
		return "no API server reads it"
	case resource{"traefik.containo.us/v1alpha1", "IngressRoute"}, resource{"traefik.containo.us/v1alpha1", "IngressRouteTCP"}:
		return "the same fields as in traefik.io, which Traefik 3 ships alone"
	case resource{"dns.cnrm.cloud.google.com/v1beta1", "DNSRecordSet"}:
		return "Config Connector ships it with its operator only"
	case resource{"iot.acme.example/v1alpha2", "Bridge"}:
		return "made up, for what rehome has never seen"
	}
	return ""
}
