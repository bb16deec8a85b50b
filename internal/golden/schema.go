package golden

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Report says what a check looked at.
type Report struct {
	Outputs, Objects int
	Different        int            // objects that were sent to the validator: each text once
	NoSchema         map[string]int // objects of kinds that have no schema at hand, by apiVersion and kind
}

// Check builds the outputs and validates every object in them. It returns an error
// that names every object that failed.
func Check(ctx context.Context, outputs []Output, validator Validator) (*Report, error) {
	report := &Report{Outputs: len(outputs), NoSchema: map[string]int{}}
	defined, err := validator.defined()
	if err != nil {
		return nil, err
	}
	var objects []Manifest
	seen := map[[sha256.Size]byte]bool{}
	var failed []error
	for i := range outputs {
		manifests, err := outputs[i].Manifests()
		if err != nil {
			failed = append(failed, err)
		}
		for _, m := range manifests {
			found, err := split(m, defined, report)
			if err != nil {
				failed = append(failed, err)
			}
			for _, object := range found {
				if sum := sha256.Sum256(object.Data); !seen[sum] {
					seen[sum] = true
					objects = append(objects, object)
				}
			}
		}
	}
	report.Different = len(objects)
	if len(objects) > 0 {
		failed = append(failed, validate(ctx, objects, validator))
	}
	return report, errors.Join(failed...)
}

// split returns the objects of a manifest that have a schema, one each, and
// counts all of them.
func split(m Manifest, defined map[resource]bool, report *Report) ([]Manifest, error) {
	var objects []Manifest
	dec := yaml.NewDecoder(bytes.NewReader(m.Data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		var head struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string `yaml:"kind"`
		}
		if err := doc.Decode(&head); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		if head.APIVersion == "" || head.Kind == "" {
			return nil, fmt.Errorf("%s:%d: no Kubernetes object: apiVersion or kind is missing", m.Name, doc.Line)
		}
		report.Objects++
		if kind := (resource{head.APIVersion, head.Kind}); !shipped(head.APIVersion) && !defined[kind] {
			if unschemed(kind) == "" {
				return nil, fmt.Errorf("%s:%d: no schema is known of %s %s: add its definition, or the reason why it needs none", m.Name, doc.Line, head.APIVersion, head.Kind)
			}
			report.NoSchema[head.APIVersion+" "+head.Kind]++
			continue
		}
		data, err := yaml.Marshal(&doc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
		objects = append(objects, Manifest{fmt.Sprintf("%s:%d: %s", m.Name, doc.Line, head.Kind), data})
	}
}

// outOfTree are groups that end like those of Kubernetes and are installed as
// custom resources.
var outOfTree = []string{
	"gateway.networking.k8s.io", "policy.networking.k8s.io", "snapshot.storage.k8s.io", "metrics.k8s.io",
	"autoscaling.k8s.io", "externaldns.k8s.io",
}

// shipped tells whether an API server has the schema of an apiVersion built in.
func shipped(apiVersion string) bool {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok || !strings.Contains(group, ".") {
		return true
	}
	return strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".x-k8s.io") && !slices.Contains(outOfTree, group)
}

// validate runs the validator over objects, a file each.
func validate(ctx context.Context, objects []Manifest, validator Validator) error {
	dir, err := os.MkdirTemp("", "rehome-golden-")
	if err != nil {
		return fmt.Errorf("validate: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a leftover in the temporary directory harms nobody
	for i, o := range objects {
		if err := os.WriteFile(objectFile(dir, i), o.Data, 0o600); err != nil {
			return fmt.Errorf("validate: %w", err)
		}
	}
	command := validator.command(dir)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	runErr := cmd.Run()
	var results map[string][]status
	if err := json.Unmarshal(stdout.Bytes(), &results); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), errors.Join(runErr, err), stderr.Bytes())
	}
	return verdict(objects, dir, results)
}

// status is the part of a validator's answer that is read.
type status struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// verdict returns what the validator said against the objects. An object that
// it said nothing about counts as failed.
func verdict(objects []Manifest, dir string, results map[string][]status) error {
	var failed []error
	for i, o := range objects {
		answers, ok := results[objectFile(dir, i)]
		if !ok || len(answers) == 0 {
			failed = append(failed, fmt.Errorf("%s: the validator did not look at it", o.Name))
		}
		for _, a := range answers {
			if a.Status != "Success" {
				failed = append(failed, fmt.Errorf("%s: %s", o.Name, strings.TrimSpace(a.Message)))
			}
		}
	}
	return errors.Join(failed...)
}

func objectFile(dir string, i int) string { return filepath.Join(dir, fmt.Sprintf("%06d.yaml", i)) }
