// Package container runs a program of this machine as a container: in mount and
// process namespaces of its own, with a root directory in memory into which the
// machine's programs and the container's volumes are mounted.
package container

import (
	"encoding/json"
	"fmt"
	"os"
)

// Spec is a container to be. The process that carries it out is started in fresh
// mount and process namespaces and in the pod's network namespace.
type Spec struct {
	Root     string   `json:"root"`               // an empty directory to build the root in
	Hostname string   `json:"hostname,omitempty"` // the machine's when empty; needs a UTS namespace
	Mounts   []Mount  `json:"mounts,omitempty"`
	Args     []string `json:"args"`
	Env      []string `json:"env,omitempty"`
	Dir      string   `json:"dir,omitempty"` // the working directory
	UID      int      `json:"uid,omitempty"`
	GID      int      `json:"gid,omitempty"`
}

// Mount shows a file or directory of the machine in the container.
type Mount struct {
	From     string `json:"from"`
	To       string `json:"to"`
	ReadOnly bool   `json:"readOnly,omitempty"`
}

// Write writes a specification to a file.
func (s *Spec) Write(path string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// Read reads a specification from a file.
func Read(path string) (*Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a container: %w", err)
	}
	s := &Spec{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("read a container: %s: %w", path, err)
	}
	return s, nil
}
