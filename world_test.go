package rehome_test

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing/fstest"
)

// sourceKind is how the manifests of a namespace are laid out.
type sourceKind int

const (
	kustomization   sourceKind = iota // one kustomization, with a generator for every configuration
	directory                         // one directory, a file for each app
	oneFile                           // all documents in one file
	rootOfEach                        // a directory for each app, which the plan names
	sourceKindCount                   // how many there are
)

// world is a random plan with its manifests. What is random is drawn once; how
// the parts are put into files may be shuffled without changing their meaning.
type world struct {
	apps       []*worldApp
	namespaces []worldNamespace
	schedule   string
	cutover    string
	clusters   []string // lines of the plan about two clusters; none when all stay in one
}

type worldNamespace struct {
	name   string
	kind   sourceKind
	shared []string // lines of the ConfigMap that some of its apps read; none when empty
}

type worldApp struct {
	name       string
	home       int    // its namespace
	target     string // "" when it stays
	frozen     bool
	wave       int
	calls      []worldCall
	config     bool // its addresses stand in a ConfigMap of its own, not in env
	generated  bool // by a configMapGenerator
	readShared bool
	flow       bool // written in flow style
}

type worldCall struct {
	app  int
	form string // one of forms
}

// forms are the ways to write an address. The first need the callee's namespace.
var forms = []string{"http://SVC", "SVC:80", "http://SVC.NS/path", "SVC.NS.svc:80", "https://u:p@SVC.NS.svc.cluster.local:80/?q=1"}

// newWorld draws a world from a seed.
func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 0x7265686f6d65))
	w := &world{cutover: pick(r, "externalName", "relay", "auto")}
	for i := range 1 + r.IntN(2) {
		w.namespaces = append(w.namespaces, worldNamespace{name: fmt.Sprintf("home-%d", i), kind: sourceKind(r.IntN(int(sourceKindCount)))})
	}
	explicit := r.IntN(5) == 0
	switch {
	case explicit:
		w.schedule = "order: explicit"
	case r.IntN(6) == 0:
		w.schedule = "order: all-at-once"
	}
	for i := range 2 + r.IntN(11) {
		a := &worldApp{name: fmt.Sprintf("app%c", 'a'+i), home: r.IntN(len(w.namespaces)), config: r.IntN(3) == 0, readShared: r.IntN(3) == 0, flow: r.IntN(3) == 0}
		if r.IntN(3) > 0 {
			a.target = fmt.Sprintf("team-%d", r.IntN(3))
			a.wave = 1 + r.IntN(3)
		} else {
			a.frozen = r.IntN(6) == 0
		}
		a.generated = a.config && w.namespaces[a.home].kind == kustomization
		w.apps = append(w.apps, a)
	}
	w.drawCalls(r)
	return w
}

// drawCalls draws whom the apps call, themselves and through shared configuration.
func (w *world) drawCalls(r *rand.Rand) {
	for _, a := range w.apps {
		for range r.IntN(4) {
			if c := w.drawCall(r, a.home); w.apps[c.app] != a {
				a.calls = append(a.calls, c)
			}
		}
	}
	for i := range w.namespaces {
		// Addresses that nobody reads are an error of their own (P8).
		read := slices.ContainsFunc(w.at(i), func(a *worldApp) bool { return a.readShared })
		if r.IntN(2) == 0 || !read {
			continue
		}
		for range 1 + r.IntN(3) {
			w.namespaces[i].shared = append(w.namespaces[i].shared, w.address(w.drawCall(r, i)))
		}
	}
}

// drawCall draws a callee; from another namespace it has to be named in full.
func (w *world) drawCall(r *rand.Rand, home int) worldCall {
	c := worldCall{app: r.IntN(len(w.apps)), form: forms[r.IntN(len(forms))]}
	if w.apps[c.app].home != home && !strings.Contains(c.form, "NS") {
		c.form = forms[len(forms)-1]
	}
	return c
}

// address returns what a call dials.
func (w *world) address(c worldCall) string {
	callee := w.apps[c.app]
	return strings.NewReplacer("SVC", callee.name, "NS", w.namespaces[callee.home].name).Replace(c.form)
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

// shuffler puts lists into another order; the nil shuffler leaves them.
type shuffler struct{ r *rand.Rand }

func newShuffler(seed uint64) *shuffler { return &shuffler{rand.New(rand.NewPCG(seed, 2))} }

func shuffled[T any](s *shuffler, list []T) []T {
	out := slices.Clone(list)
	if s != nil {
		s.r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}

// write returns the files of the world, with everything whose order means
// nothing in the order of a shuffler.
func (w *world) write(s *shuffler) fstest.MapFS {
	files := fstest.MapFS{planFile: {Data: []byte(w.plan(s))}}
	for i := range w.namespaces {
		w.writeNamespace(files, i, s)
	}
	return files
}

func (w *world) plan(s *shuffler) string {
	var b text
	b.linef("apiVersion: rehome.dev/v1alpha1\nkind: MigrationPlan\nmetadata: {name: random}\nspec:\n  cutover: %s", w.cutover)
	if w.schedule != "" {
		b.linef("  schedule: {%s}", w.schedule)
	}
	for _, line := range w.clusters {
		b.linef("  %s", line)
	}
	from, to := "", ""
	if len(w.clusters) > 0 {
		from, to = ", cluster: old", "cluster: new, "
	}
	var sources []string
	for _, n := range w.namespaces {
		at := fmt.Sprintf("namespace: %s%s}", n.name, from)
		switch n.kind {
		case rootOfEach:
			sources = append(sources, fmt.Sprintf("  - {path: %s-shared, %s", n.name, at))
		case oneFile:
			sources = append(sources, fmt.Sprintf("  - {path: %s.yaml, %s", n.name, at))
		default:
			sources = append(sources, fmt.Sprintf("  - {path: %s, %s", n.name, at))
		}
	}
	b.linef("  sources:\n%s\n  apps:", strings.Join(shuffled(s, sources), "\n"))
	for _, a := range shuffled(s, w.apps) {
		n := w.namespaces[a.home]
		b.linef("  - name: %s", a.name)
		if n.kind == rootOfEach {
			b.linef("    manifests: %s/%s", n.name, a.name)
		}
		b.linef("    from: {namespace: %s%s}", n.name, from)
		if a.target != "" {
			b.linef("    to: {%snamespace: %s}", to, a.target)
		}
		if a.frozen {
			b.linef("    frozen: true")
		}
		if w.schedule == "order: explicit" && a.target != "" {
			b.linef("    wave: %d", a.wave)
		}
	}
	return b.String()
}

// writeNamespace writes the manifests of a namespace. Every namespace has a
// ConfigMap that no app may read, so that no source is empty.
func (w *world) writeNamespace(files fstest.MapFS, index int, s *shuffler) {
	n := w.namespaces[index]
	common := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + n.name + "-shared\ndata:\n  LEVEL: info # for all\n"
	for i, line := range n.shared {
		common += fmt.Sprintf("  ADDRESS_%d: %s\n", i, line)
	}
	switch n.kind {
	case oneFile:
		documents := []string{common}
		for _, a := range w.at(index) {
			documents = append(documents, w.documents(a)...)
		}
		put(files, n.name+".yaml", strings.Join(shuffled(s, documents), "---\n"))
	case rootOfEach:
		put(files, n.name+"-shared/shared.yaml", common)
		for _, a := range w.at(index) {
			put(files, path.Join(n.name, a.name, "all.yaml"), strings.Join(shuffled(s, w.documents(a)), "---\n"))
		}
	default:
		put(files, n.name+"/shared.yaml", common)
		resources, generators := []string{"shared.yaml"}, []string{}
		for _, a := range w.at(index) {
			resources = append(resources, a.name+".yaml")
			put(files, path.Join(n.name, a.name+".yaml"), strings.Join(shuffled(s, w.documents(a)), "---\n"))
			if a.generated {
				generators = append(generators, "- name: "+a.name+"-config\n  literals:\n  - "+strings.Join(w.settings(a), "\n  - ")+"\n")
			}
		}
		if n.kind == kustomization {
			put(files, n.name+"/kustomization.yaml", kustomizationText(shuffled(s, resources), shuffled(s, generators), n.name))
		}
	}
}

func put(files fstest.MapFS, name, data string) { files[name] = &fstest.MapFile{Data: []byte(data)} }

func kustomizationText(resources, generators []string, namespace string) string {
	out := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: " + namespace + "\nresources:\n- " + strings.Join(resources, "\n- ") + "\n"
	if len(generators) > 0 {
		out += "configMapGenerator:\n" + strings.Join(generators, "")
	}
	return out
}

func (w *world) at(index int) []*worldApp {
	return slices.DeleteFunc(slices.Clone(w.apps), func(a *worldApp) bool { return a.home != index })
}

// settings returns the addresses that an app uses, as KEY=VALUE.
func (w *world) settings(a *worldApp) []string {
	out := []string{"MODE=fast"}
	for i, c := range a.calls {
		out = append(out, fmt.Sprintf("CALLEE_%d_URL=%s", i, w.address(c)))
	}
	return out
}
