package manifest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/rehome-dev/rehome/diag"
)

// gitUser matches the user of a URL in scp style, user@host:path.
var gitUser = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*@`)

// isRemote reports whether kustomize might take a path for something to fetch:
// a URL, or a git repository in any of the spellings of
// https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md.
// It errs on the side of refusing.
func isRemote(p string) bool {
	p = strings.ToLower(strings.TrimSpace(p))
	p = strings.TrimPrefix(p, "git::")
	for _, prefix := range [...]string{"http:", "https:", "ssh:", "file:", "git:", "github.com/", "github.com:"} {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return strings.Contains(p, "://") || strings.Contains(p, "?ref=") || strings.Contains(p, "?version=") || gitUser.MatchString(p)
}

// isInline reports whether an entry is YAML written in place of a path.
func isInline(entry string) bool {
	return strings.ContainsAny(entry, "\n{") || strings.Contains(entry, ": ")
}

// plugins checks the entries of generators, transformers or validators, each a
// file, a kustomization or inline YAML.
func (c *kustCheck) plugins(link *kustLink, entries []string, field string) {
	for i, entry := range entries {
		at := strconv.Itoa(i)
		if isInline(entry) {
			c.pluginObjects([]byte(entry), link.file.pos(field, at), "")
			continue
		}
		c.resource(link, asPlugins, entry, field, at)
	}
}

// pluginFile checks a file of plugins' configuration.
func (c *kustCheck) pluginFile(k *kustFile, name string, at ...string) {
	data, err := c.files.read(name)
	if err != nil {
		c.list.Errorf(diag.CodeSource, k.pos(at...), "%s %s", name, reason(err))
		return
	}
	c.pluginObjects(data, k.pos(at...), name+": ")
}

// pluginObjects allows the plugins that are part of kustomize, as long as they
// read local files. The YAML is read as kustomize reads it; what it can't read
// kustomize reports.
func (c *kustCheck) pluginObjects(data []byte, pos diag.Pos, in string) {
	if expandsTooFar(data) {
		c.list.Errorf(diag.CodeYAML, pos, "%sthe aliases expand to more than %d nodes", in, maxExpanded)
		return
	}
	nodes, err := kio.FromBytes(data)
	if err != nil {
		return
	}
	for _, n := range nodes {
		c.pluginObject(n, pos, in)
	}
}

func (c *kustCheck) pluginObject(n *yaml.RNode, pos diag.Pos, in string) {
	annotations := n.GetAnnotations()
	kind := n.GetKind()
	_, function := annotations["config.kubernetes.io/function"]
	_, shortFunction := annotations["config.k8s.io/function"]
	switch {
	case function || shortFunction:
		c.list.Errorf(diag.CodeSource, pos, "%s%s %s runs a function in a container or program; rehome runs no programs", in, kind, n.GetName()).
			WithFix("run it beforehand and name its result as a resource")
	case kind == "HelmChartInflationGenerator":
		c.refuseHelm(pos)
	case n.GetApiVersion() != konfig.BuiltinPluginApiVersion && !strings.HasSuffix(kind, "List"):
		c.list.Errorf(diag.CodeSource, pos, "%s%s %s is a plugin that is not part of kustomize; rehome runs no programs", in, kind, n.GetName()).
			WithFix("run it beforehand and name its result as a resource")
	default:
		c.pluginPaths(n, pos, in)
	}
}

// pluginPaths refuses remote paths anywhere in the configuration of a plugin.
func (c *kustCheck) pluginPaths(n *yaml.RNode, pos diag.Pos, in string) {
	text, err := n.MarshalJSON()
	if err != nil {
		return
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return
	}
	if p := remotePath(tree, false); p != "" {
		c.list.Errorf(diag.CodeSource, pos, "%s%s names %s, which is remote; rehome reads local files only", in, n.GetKind(), p).
			WithFix("copy it into the repository and name the copy")
	}
	if items, err := n.Pipe(yaml.Get("items")); err == nil && items != nil {
		elements, _ := items.Elements()
		for _, item := range elements {
			c.pluginObject(item, pos, in)
		}
	}
}

// remotePath returns the least remote path under a key whose value a built-in
// plugin loads, "" when there is none.
func remotePath(tree any, loaded bool) string {
	least := ""
	take := func(p string) {
		if p != "" && (least == "" || p < least) {
			least = p
		}
	}
	switch v := tree.(type) {
	case string:
		if _, file := splitFileSource(v); loaded && (isRemote(v) || isRemote(file)) {
			take(v)
		}
	case []any:
		for _, item := range v {
			take(remotePath(item, loaded))
		}
	case map[string]any:
		for key, value := range v {
			take(remotePath(value, loadsPath(key)))
		}
	}
	return least
}

// loadsPath reports whether a built-in plugin loads the file that a field names.
func loadsPath(field string) bool {
	switch strings.ToLower(field) {
	case "path", "paths", "files", "env", "envs", "targetfilepath":
		return true
	}
	return false
}
