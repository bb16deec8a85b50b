package manifest

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/rehome-dev/rehome/diag"
)

// kustCheck walks the kustomization files of one root before kustomize sees
// them. It refuses what would reach for the network or run a program, and finds
// missing files, files outside their kustomization and cycles, each at the
// entry that causes it and all at once.
type kustCheck struct {
	files *files
	list  diag.List

	done   map[string]bool // directories that are checked
	plugin map[string]bool // of them, those whose objects are plugins' configuration
	parsed []*kustFile     // in the order of the walk
	plain  []string        // files of objects, in the order of the walk
}

// kustLink is one kustomization on the way from the root to the one being
// checked.
type kustLink struct {
	file   *kustFile
	parent *kustLink
	entry  diag.Pos // where the parent names it
}

// use says what the objects of a file or directory are for.
type use uint8

const (
	asObjects use = iota + 1
	asPlugins     // configuration of generators, transformers and validators
)

// directory checks the kustomization of a directory and what it builds on.
func (c *kustCheck) directory(dir string, as use, parent *kustLink, entry diag.Pos) {
	seen := c.done
	if as == asPlugins {
		seen = c.plugin
	}
	if seen[dir] {
		return
	}
	seen[dir] = true
	name, err := c.files.kustomizationFile(dir)
	if err != nil {
		c.list.Errorf(diag.CodeSource, entry, "%s %s", dir, err.Error())
		return
	}
	if name == "" {
		c.list.Errorf(diag.CodeSource, entry, "directory %s holds no kustomization file", dir).
			WithFix("add a kustomization.yaml to it, or list its files one by one")
		return
	}
	k := readKustFile(c.files, name, &c.list)
	if k == nil {
		return
	}
	c.parsed = append(c.parsed, k)
	c.kustomization(k, as, &kustLink{file: k, parent: parent, entry: entry})
}

// kustomization checks the entries of one kustomization file, in the order in
// which kustomize documents its fields.
func (c *kustCheck) kustomization(k *kustFile, as use, link *kustLink) {
	for i, p := range k.spec.Resources {
		c.resource(link, as, p, "resources", strconv.Itoa(i))
	}
	for i, p := range k.spec.Bases {
		c.resource(link, as, p, "bases", strconv.Itoa(i))
	}
	for i, p := range k.spec.Components {
		c.component(link, as, p, "components", strconv.Itoa(i))
	}
	c.helm(k)
	c.plugins(link, k.spec.Generators, "generators")
	c.plugins(link, k.spec.Transformers, "transformers")
	c.plugins(link, k.spec.Validators, "validators")
	c.generatorFiles(k)
	c.patches(k)
	for i, p := range k.spec.Crds {
		c.file(k, p, "crds", strconv.Itoa(i))
	}
	for i, p := range k.spec.Configurations {
		c.file(k, p, "configurations", strconv.Itoa(i))
	}
	if p, ok := k.spec.OpenAPI["path"]; ok {
		c.file(k, p, "openapi", "path")
	}
}

func (c *kustCheck) patches(k *kustFile) {
	c.inlinePatches(k)
	for i, p := range k.spec.PatchesStrategicMerge {
		if !isInline(string(p)) {
			c.optionalYAML(k, string(p), "patchesStrategicMerge", strconv.Itoa(i))
		}
	}
	for i, p := range k.spec.PatchesJson6902 {
		c.optionalYAML(k, p.Path, "patchesJson6902", strconv.Itoa(i), "path")
	}
	for i, p := range k.spec.Patches {
		c.optionalYAML(k, p.Path, "patches", strconv.Itoa(i), "path")
	}
	for i, r := range k.spec.Replacements {
		c.optionalYAML(k, r.Path, "replacements", strconv.Itoa(i), "path")
	}
}

// optionalYAML checks a file of YAML that an entry may leave out.
func (c *kustCheck) optionalYAML(k *kustFile, p string, at ...string) {
	if p != "" && c.file(k, p, at...) {
		c.yamlFile(k, path.Join(k.dir, p), at...)
	}
}

// generatorFiles checks the files that ConfigMaps and Secrets are generated from.
func (c *kustCheck) generatorFiles(k *kustFile) {
	for i := range k.spec.ConfigMapGenerator {
		c.sources(k, k.spec.ConfigMapGenerator[i].KvPairSources, "configMapGenerator", strconv.Itoa(i))
	}
	for i := range k.spec.SecretGenerator {
		c.sources(k, k.spec.SecretGenerator[i].KvPairSources, "secretGenerator", strconv.Itoa(i))
	}
}

func (c *kustCheck) sources(k *kustFile, s types.KvPairSources, at ...string) {
	for i, source := range s.FileSources {
		_, p := splitFileSource(source)
		c.file(k, p, append(slices.Clip(at), "files", strconv.Itoa(i))...)
	}
	for i, p := range s.EnvSources {
		c.file(k, p, append(slices.Clip(at), "envs", strconv.Itoa(i))...)
	}
	c.optionalFile(k, s.EnvSource, append(slices.Clip(at), "env")...)
}

// splitFileSource splits an entry of a generator's files, "[key=]path", into
// the data key and the path.
func splitFileSource(source string) (key, file string) {
	if key, file, ok := strings.Cut(source, "="); ok {
		return key, file
	}
	return path.Base(source), source
}

func (c *kustCheck) helm(k *kustFile) {
	for i := range k.spec.HelmCharts {
		c.refuseHelm(k.pos("helmCharts", strconv.Itoa(i)))
	}
	for i := range k.spec.HelmChartInflationGenerator {
		c.refuseHelm(k.pos("helmChartInflationGenerator", strconv.Itoa(i)))
	}
}

func (c *kustCheck) refuseHelm(pos diag.Pos) {
	c.list.Errorf(diag.CodeSource, pos, "a Helm chart is rendered by running helm; rehome runs no programs").
		WithFix("render it with `helm template` and name the result as a resource")
}

// resource checks an entry that may be a file or a kustomization.
func (c *kustCheck) resource(link *kustLink, as use, p string, at ...string) {
	k := link.file
	found, info := c.local(k, p, at...)
	switch {
	case info == nil:
	case info.IsDir():
		c.base(link, as, found, at...)
	case c.inside(k, found, at...):
		c.plain = append(c.plain, found)
		c.yamlFile(k, found, at...)
		if as == asPlugins {
			c.pluginFile(k, found, at...)
		}
	}
}

// component checks an entry that must be a directory.
func (c *kustCheck) component(link *kustLink, as use, p string, at ...string) {
	found, info := c.local(link.file, p, at...)
	switch {
	case info == nil:
	case info.IsDir():
		c.base(link, as, found, at...)
	default:
		c.list.Errorf(diag.CodeSource, link.file.pos(at...), "component %s is a file; it must be a directory", p)
	}
}

// base goes on to a directory that a kustomization builds on. Like kustomize
// it refuses one that is, or contains, a kustomization on the way to it.
func (c *kustCheck) base(link *kustLink, as use, dir string, at ...string) {
	entry := link.file.pos(at...)
	for up := link; up != nil; up = up.parent {
		if !contains(dir, up.file.dir) {
			continue
		}
		d := c.list.Errorf(diag.CodeSource, entry, "cycle: %s builds on %s, which contains it", link.file.dir, dir)
		d.Notes = link.chain(up)
		return
	}
	c.directory(dir, as, link, entry)
}

// chain returns the entries that lead from one kustomization to the one that
// is being checked.
func (l *kustLink) chain(from *kustLink) []diag.Note {
	var notes []diag.Note
	for ; l != from; l = l.parent {
		notes = append(notes, diag.Note{Pos: l.entry, Text: l.parent.file.dir + " builds on " + l.file.dir})
	}
	slices.Reverse(notes)
	return notes
}

// optionalFile checks a file that an entry may leave out.
func (c *kustCheck) optionalFile(k *kustFile, p string, at ...string) {
	if p != "" {
		c.file(k, p, at...)
	}
}

// file checks an entry that must be a file below its kustomization, and reports
// whether it is.
func (c *kustCheck) file(k *kustFile, p string, at ...string) bool {
	found, info := c.local(k, p, at...)
	switch {
	case info == nil:
		return false
	case info.IsDir():
		c.list.Errorf(diag.CodeSource, k.pos(at...), "%s is a directory; a file is needed here", p)
		return false
	}
	return c.inside(k, found, at...)
}

// inside enforces kustomize's load restriction: files are read only from the
// directory of their kustomization and below.
func (c *kustCheck) inside(k *kustFile, found string, at ...string) bool {
	root, _, err := c.files.resolve(k.dir)
	if err == nil && contains(root, found) {
		return true
	}
	c.list.Errorf(diag.CodeSource, k.pos(at...), "file %s is outside %s; kustomize reads files only from the directory of the kustomization", found, k.dir).
		WithFix("make %s a kustomization and name that directory", path.Dir(found))
	return false
}

// local resolves an entry that must be a local path. It returns no info when
// it reported an error.
func (c *kustCheck) local(k *kustFile, p string, at ...string) (string, fs.FileInfo) {
	if isRemote(p) {
		c.list.Errorf(diag.CodeSource, k.pos(at...), "%s is remote; rehome reads local files only", p).
			WithFix("copy it into the repository (kustomize localize does) and name the copy")
		return "", nil
	}
	name := path.Join(k.dir, p)
	if path.IsAbs(p) || !fs.ValidPath(name) {
		c.list.Errorf(diag.CodeSource, k.pos(at...), "%s leaves the repository: --root widens what may be read", p)
		return "", nil
	}
	found, info, err := c.files.resolve(name)
	if err == nil && info.Size() > MaxFileSize && !info.IsDir() {
		err = errTooLarge
	}
	if err != nil {
		d := c.list.Errorf(diag.CodeSource, k.pos(at...), "%s %s", p, reason(err))
		if near := c.files.nearest(name); near != "" {
			d.WithFix("did you mean %s?", near)
		}
		return "", nil
	}
	return found, info
}

// contains reports whether a path is a directory or lies below it.
func contains(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
