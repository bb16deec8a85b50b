package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	yaml4 "go.yaml.in/yaml/v4"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/rehome-dev/rehome/diag"
)

// kustFile is one kustomization file, decoded as kustomize decodes it: what is
// checked is what will be built. Positions are looked up in a tree of their own.
type kustFile struct {
	dir  string // the directory it is the kustomization of
	name string // its path
	json []byte
	spec types.Kustomization

	tree func() *yaml4.Node // parsed when a position is asked for
}

// kustomizationFile returns the path of a directory's kustomization file, ""
// when it has none. Several are an error, as they are for kustomize.
func (f *files) kustomizationFile(dir string) (string, error) {
	var found []string
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if f.isFile(path.Join(dir, name)) {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return path.Join(dir, found[0]), nil
	}
	slices.Sort(found)
	return "", fmt.Errorf("holds several kustomization files: %s", strings.Join(found, ", "))
}

// readKustFile reads a kustomization file. What is wrong with it is reported
// in the list.
func readKustFile(f *files, name string, list *diag.List) *kustFile {
	data, err := f.read(name)
	if err != nil {
		list.Errorf(diag.CodeSource, diag.Pos{File: name}, "%s %s", name, reason(err))
		return nil
	}
	k := &kustFile{dir: path.Dir(name), name: name}
	var treeErr error
	k.tree = sync.OnceValue(func() *yaml4.Node {
		var doc yaml4.Node
		treeErr = yaml4.Unmarshal(data, &doc)
		if treeErr != nil || len(doc.Content) == 0 {
			return nil
		}
		return doc.Content[0]
	})
	if err := k.decode(data); err != nil {
		pos := diag.Pos{File: name}
		k.tree()
		var loadError *yaml4.LoadError
		if errors.As(treeErr, &loadError) {
			pos.Line, pos.Column = loadError.Mark.Line, loadError.Mark.Column
			list.Errorf(diag.CodeYAML, pos, "%s", loadError.Message)
			return nil
		}
		list.Errorf(diag.CodeSource, k.unknownField(err), "this is no kustomization that kustomize accepts: %s", oneLine(err.Error()))
		return nil
	}
	return k
}

// decode does what types.Kustomization.Unmarshal does, and keeps the JSON.
func (k *kustFile) decode(data []byte) error {
	converted, err := yaml.YAMLToJSON(data)
	if err != nil {
		return err
	}
	if bytes.Equal(converted, []byte("null")) {
		return errors.New("it is empty")
	}
	k.json = converted
	decoder := json.NewDecoder(bytes.NewReader(converted))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&k.spec); err != nil {
		return err
	}
	if k.spec.Kind != "" && k.spec.Kind != types.KustomizationKind && k.spec.Kind != types.ComponentKind {
		return fmt.Errorf("kind should be %s or %s, it is %s", types.KustomizationKind, types.ComponentKind, k.spec.Kind)
	}
	return nil
}

// unknownField returns the position of the field that an error of the JSON
// decoder names, of the file when it names none.
func (k *kustFile) unknownField(err error) diag.Pos {
	if _, quoted, ok := strings.Cut(err.Error(), "unknown field "); ok {
		if field, err := strconv.Unquote(quoted); err == nil {
			if at := findKey(k.tree(), field); at != nil {
				return diag.Pos{File: k.name, Line: at.Line, Column: at.Column}
			}
		}
	}
	return diag.Pos{File: k.name}
}

// findKey returns the first key of that name, anywhere below a node.
func findKey(n *yaml4.Node, key string) *yaml4.Node {
	if n == nil {
		return nil
	}
	for i, child := range n.Content {
		if n.Kind == yaml4.MappingNode && i%2 == 0 && child.Value == key {
			return child
		}
		if at := findKey(child, key); at != nil {
			return at
		}
	}
	return nil
}

// pos returns the position of the value at a path, as deep as the path leads.
func (k *kustFile) pos(at ...string) diag.Pos {
	n := k.tree()
	if n == nil {
		return diag.Pos{File: k.name}
	}
	for _, elem := range at {
		next := yamlChild(n, elem)
		if next == nil {
			break
		}
		n = next
	}
	return diag.Pos{File: k.name, Line: n.Line, Column: n.Column}
}

// yamlChild returns a value of a mapping or sequence. Keys are matched without
// regard to case, as encoding/json and so kustomize matches them.
func yamlChild(n *yaml4.Node, elem string) *yaml4.Node {
	if n.Kind == yaml4.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml4.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if strings.EqualFold(n.Content[i].Value, elem) {
				return n.Content[i+1]
			}
		}
	case yaml4.SequenceNode:
		if i, err := strconv.Atoi(elem); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// withOrigins returns the kustomization with a request that every object says
// which file it comes from. It is made on the JSON that kustomize itself reads,
// so nothing else changes; a build of its own would not do: kustomize takes
// sortOptions, openapi and buildMetadata from the kustomization that is built,
// not from its bases.
func (k *kustFile) withOrigins() ([]byte, error) {
	if k.wantsOrigins() {
		return k.json, nil
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(k.json, &fields); err != nil {
		return nil, err
	}
	for key := range fields {
		if strings.EqualFold(key, "buildMetadata") {
			delete(fields, key)
		}
	}
	options, err := json.Marshal(append(slices.Clip(k.spec.BuildMetadata), types.OriginAnnotations))
	if err != nil {
		return nil, err
	}
	fields["buildMetadata"] = options
	return json.Marshal(fields)
}

// wantsOrigins reports whether the author asks for origin annotations himself.
func (k *kustFile) wantsOrigins() bool {
	return slices.Contains(k.spec.BuildMetadata, types.OriginAnnotations)
}

// oneLine returns the first line of a message, in a length that can be read.
func oneLine(s string) string {
	const most = 300
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
