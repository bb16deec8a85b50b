package manifest

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/rehome-dev/rehome/diag"
)

// schemaUse orders builds around the schema that kustomize keeps in package
// variables: a build with an `openapi` field replaces it for the whole process
// and must run alone, all others share it.
var schemaUse sync.RWMutex

// build reads the objects of a kustomization by building it, once.
func (r *reader) build(root *Root) ([]*Object, diag.List) {
	if objects, ok := r.plain(root); ok {
		return objects, nil
	}
	return r.kustomize(root)
}

// kustomize lets kustomize build a kustomization.
func (r *reader) kustomize(root *Root) ([]*Object, diag.List) {
	dir, _, err := r.files.resolve(root.Path)
	if err != nil {
		return nil, diag.List{r.unreadable(root, err)}
	}
	check := &kustCheck{files: r.files, done: map[string]bool{}, plugin: map[string]bool{}}
	check.directory(dir, asObjects, nil, root.Pos)
	if check.list.HasErrors() {
		return nil, check.list
	}
	top := check.parsed[0]
	built, err := runKustomize(r.files, top, check.ownSchema())
	if err != nil {
		return nil, append(check.list, r.explainBuild(root, check, err)...)
	}
	b := &build{
		root: root, files: r.files, top: top,
		texts: map[string]*originText{}, kustomizations: map[string]*kustFile{},
	}
	for _, k := range check.parsed {
		b.kustomizations[k.name] = k
	}
	return b.objects(built, check.list)
}

// ownSchema reports whether a kustomization of the walk brings a schema.
func (c *kustCheck) ownSchema() bool {
	return slices.ContainsFunc(c.parsed, func(k *kustFile) bool { return len(k.spec.OpenAPI) > 0 })
}

// runKustomize builds a kustomization that was checked.
func runKustomize(f *files, top *kustFile, ownSchema bool) (built resmap.ResMap, err error) {
	data, err := top.withOrigins()
	if err != nil {
		return nil, err
	}
	if ownSchema {
		schemaUse.Lock()
		defer schemaUse.Unlock()
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
	} else {
		schemaUse.RLock()
		defer schemaUse.RUnlock()
		// kustomize reads its schema without a lock once it is loaded, but loads
		// it late: load it before builds run side by side.
		openapi.Schema()
	}
	// kustomize panics on some input, such as a patch that is not a mapping.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("kustomize failed: %v", p)
		}
	}()
	view := &buildFS{files: f, top: top.name, topData: data}
	return krusty.MakeKustomizer(buildOptions(top)).Run(view, buildPath(top.dir))
}

// buildOptions returns kustomize's default options: no plugins, and files only
// from the directory of their kustomization.
func buildOptions(top *kustFile) *krusty.Options {
	options := krusty.MakeDefaultOptions()
	if top.spec.SortOptions != nil {
		options.Reorder = krusty.ReorderOptionUnspecified // or kustomize logs that there are two orders
	}
	return options
}

// build is what the objects of one kustomize build have in common.
type build struct {
	root           *Root
	files          *files
	top            *kustFile
	texts          map[string]*originText
	kustomizations map[string]*kustFile
}

func (b *build) objects(built resmap.ResMap, list diag.List) ([]*Object, diag.List) {
	objects := make([]*Object, 0, built.Size())
	for _, res := range built.Resources() {
		o, err := b.object(res, &list)
		if err != nil {
			list.Errorf(diag.CodeSource, diag.Pos{File: b.top.name}, "%s %s of the build can't be read: %s", res.GetKind(), res.GetName(), oneLine(err.Error()))
			continue
		}
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects, list
}

// object parses one object from the text that a plain build prints for it.
func (b *build) object(res *resource.Resource, list *diag.List) (*Object, error) {
	origin, err := originOf(res)
	if err != nil {
		return nil, err
	}
	if !b.top.wantsOrigins() {
		if err := res.SetOrigin(nil); err != nil {
			return nil, err
		}
	}
	made, err := describe(res, origin)
	if err != nil {
		return nil, err
	}
	text, err := buildText(res)
	if err != nil {
		return nil, err
	}
	file := b.originPath(origin)
	objects, problems := parseDocuments(b.root, file, text)
	for _, d := range problems {
		d.Pos = diag.Pos{File: file} // the lines are those of the build
		*list = append(*list, d)
	}
	if len(objects) != 1 {
		return nil, nil // what is wrong with it is in the list
	}
	o := objects[0]
	o.src.build = made
	o.src.origin = b.origin(o, origin, file)
	return o, nil
}

// originPath returns the file that an object comes from: kustomize names it
// relative to the directory that is built.
func (b *build) originPath(origin *resource.Origin) string {
	switch {
	case origin == nil:
		return b.top.name
	case origin.Path != "":
		return path.Join(b.top.dir, filepath.ToSlash(origin.Path))
	case origin.ConfiguredIn != "":
		return path.Join(b.top.dir, filepath.ToSlash(origin.ConfiguredIn))
	}
	return b.top.name
}

// explainBuild turns an error of kustomize into diagnostics. Most often a file
// is not what it should be; reading the files directly finds where.
func (r *reader) explainBuild(root *Root, check *kustCheck, err error) diag.List {
	var list diag.List
	for _, name := range check.plain {
		data, readErr := r.files.read(name)
		if readErr != nil {
			list.Errorf(diag.CodeSource, diag.Pos{File: name}, "%s %s", name, reason(readErr))
			continue
		}
		_, problems := readManifests(root, name, data)
		for _, d := range problems {
			if d.Severity == diag.Error {
				list = append(list, d)
			}
		}
	}
	if len(list) > 0 {
		return list
	}
	text := err.Error()
	at := check.parsed[0]
	for _, k := range check.parsed { // the innermost kustomization that the error names
		if strings.Contains(text, "'"+buildPath(k.dir)+"'") {
			at = k
		}
	}
	list.Errorf(diag.CodeSource, diag.Pos{File: at.name}, "kustomize can't build %s: %s", at.dir, shortBuildError(text))
	return list
}

// buildErrorPrefix matches the layers that kustomize puts around an error, one
// for each directory on the way.
var buildErrorPrefix = regexp.MustCompile(`^(accumulat(e|ing) (resources|components|directory)[^:]*: |accumulateDirectory: |accumulation err='.*': |recursed (accumulation|merging) (of|from) path '[^']*': |couldn't make target for path '[^']*': |merging resources from '[^']*': )`)

// shortBuildError removes what kustomize puts around an error, and its quoting.
// For an entry of resources kustomize reports both why it is no file of objects
// and why it is no directory; of a file the first is the error.
func shortBuildError(text string) string {
	const both = "accumulation err='"
	text = strings.ReplaceAll(strings.TrimSpace(text), `\"`, `"`)
	if i := strings.LastIndex(text, both); i >= 0 {
		if asFile, _, ok := strings.Cut(text[i+len(both):], "': must build at directory"); ok {
			text = asFile
		}
	}
	for {
		short := strings.Trim(buildErrorPrefix.ReplaceAllString(text, ""), `"`)
		if short == text || short == "" {
			return oneLine(text)
		}
		text = short
	}
}
