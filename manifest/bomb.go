package manifest

import (
	"bytes"
	"strconv"

	"go.yaml.in/yaml/v4"

	"github.com/rehome-dev/rehome/diag"
)

// yamlFile checks a file that kustomize will parse as YAML. kustomize expands
// aliases without a limit, so a small file could take all memory.
func (c *kustCheck) yamlFile(k *kustFile, name string, at ...string) {
	data, err := c.files.read(name)
	if err != nil {
		c.list.Errorf(diag.CodeSource, k.pos(at...), "%s %s", name, reason(err))
		return
	}
	c.yamlText(k, data, name, at...)
}

// yamlText checks YAML that may stand in a kustomization itself.
func (c *kustCheck) yamlText(k *kustFile, data []byte, name string, at ...string) {
	if expandsTooFar(data) {
		c.list.Errorf(diag.CodeYAML, k.pos(at...), "the aliases of %s expand to more than %d nodes", name, maxExpanded)
	}
}

// inlinePatches checks the patches that stand in a kustomization.
func (c *kustCheck) inlinePatches(k *kustFile) {
	for i, p := range k.spec.PatchesStrategicMerge {
		c.yamlText(k, []byte(p), "the patch", "patchesStrategicMerge", strconv.Itoa(i))
	}
	for i, p := range k.spec.PatchesJson6902 {
		c.yamlText(k, []byte(p.Patch), "the patch", "patchesJson6902", strconv.Itoa(i))
	}
	for i, p := range k.spec.Patches {
		c.yamlText(k, []byte(p.Patch), "the patch", "patches", strconv.Itoa(i))
	}
}

// expandsTooFar reports whether the aliases of a YAML stream stand for more
// nodes than are read. Text that can't be parsed is left to whoever parses it.
func expandsTooFar(data []byte) bool {
	if bytes.IndexByte(data, '&') < 0 || bytes.IndexByte(data, '*') < 0 {
		return false
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return false
	}
	for {
		var doc yaml.Node
		if err := loader.Load(&doc); err != nil {
			return false
		}
		e := expansion{sizes: map[*yaml.Node]int{}}
		if e.size(&doc) > len(e.sizes)+maxExpanded {
			return true
		}
	}
}

// expansion measures a document with each alias replaced by what it stands for.
type expansion struct{ sizes map[*yaml.Node]int }

func (e expansion) size(n *yaml.Node) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if size, ok := e.sizes[n]; ok {
		return size
	}
	const unbounded = 1 << 40
	e.sizes[n] = unbounded // until it is known: of a node that contains itself
	size := 1
	for _, child := range n.Content {
		size = min(size+e.size(child), unbounded)
	}
	e.sizes[n] = size
	return size
}
