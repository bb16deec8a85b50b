package manifest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestReadDirectory(t *testing.T) {
	fsys := repo(`
-- k8s/b/web.yaml --
` + service + `---
` + deployment + `
-- k8s/a.json --
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
-- k8s/c.yml --
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: own}
-- k8s/README.md --
not YAML: {
-- k8s/plan.yaml --
apiVersion: rehome.dev/v1alpha1
kind: MigrationPlan
metadata: {name: move}
spec: {}
-- one.txt --
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: d}
`)
	rs := roots("k8s", "one.txt")
	inv, list := Read(fsys, rs, ReadOptions{})
	want := `ConfigMap default-ns/a
Service default-ns/web
Deployment default-ns/web
ConfigMap own/c
ConfigMap default-ns/d
`
	if diff := cmp.Diff(want, ids(inv)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("k8s/plan.yaml:1:1: info[source]: migration plan move is not a manifest of the cluster and is left out\n", printed(list)); diff != "" {
		t.Error(diff)
	}
	if rs[0].Kind != Directory || rs[1].Kind != File {
		t.Errorf("kinds: %v %v", rs[0].Kind, rs[1].Kind)
	}
	if got := inv.Objects[2].Pos("metadata", "name").String(); got != "k8s/b/web.yaml:15:9" {
		t.Error(got)
	}
}

// TestReadRefused holds what can't be read and what is said about it.
func TestReadRefused(t *testing.T) {
	cm := func(name string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n"
	}
	for _, test := range []struct {
		name, archive string
		roots         []string
		want          string
	}{
		{"paths that leave", "-- a.yaml --\n" + cm("a"), []string{"../a", "/etc", "", "x/../.."}, `
plan.yaml:1:9: error[source]: source path "../a" leaves the repository
plan.yaml:2:9: error[source]: source path "/etc" leaves the repository
plan.yaml:3:9: error[source]: source path "" leaves the repository
plan.yaml:4:9: error[source]: source path "x/../.." leaves the repository
`},
		{"missing", "-- k8s/foobar/a.yaml --\n" + cm("a"), []string{"k8s/foobra", "k9s/foobar", "none"}, `
plan.yaml:1:9: error[source]: source k8s/foobra does not exist
  fix: did you mean k8s/foobar?
plan.yaml:2:9: error[source]: source k9s/foobar does not exist
  fix: did you mean k8s?
plan.yaml:3:9: error[source]: source none does not exist
`},
		{"empty", "-- k8s/README --\n-- e.yaml --\n# nothing\n", []string{"k8s", "e.yaml"}, `
plan.yaml:1:9: error[source]: k8s holds no manifests
plan.yaml:2:9: error[source]: e.yaml holds no manifests
`},
		{"a kustomization inside a directory", "-- k8s/x/kustomization.yaml --\nnamespace: a\n-- k8s/a.yaml --\n" + cm("a"), []string{"k8s"}, `
k8s/x/kustomization.yaml: error[source]: k8s/x is a kustomization inside k8s, which is read as a directory of manifests
  plan.yaml:1:9: source k8s is named here
  fix: name k8s/x as a source of its own
`},
		{"a kustomization file", "-- k8s/kustomization.yaml --\nnamespace: a\n", []string{"k8s/kustomization.yaml"}, `
plan.yaml:1:9: error[source]: k8s/kustomization.yaml is a kustomization file, not a manifest
  fix: name its directory: k8s
`},
		{"overlapping", "-- a/x/b.yaml --\n" + cm("b") + "-- a-b/c.yaml --\n" + cm("c"), []string{"a/x", "a", "a-b", "./a-b/"}, `
plan.yaml:1:9: error[source]: source a/x lies inside source a
  plan.yaml:2:9: a is named here
  fix: name directories that do not contain each other
plan.yaml:4:9: error[source]: source a-b is named twice
  plan.yaml:3:9: first named here
`},
		{"defined twice", "-- a/1.yaml --\n" + cm("x") + "-- b/2.yaml --\n" + cm("w") + "---\n" + cm("x"), []string{"a", "b"}, `
b/2.yaml:5:1: error[source]: ConfigMap default-ns/x is defined twice
  a/1.yaml:1:1: first defined here
`},
		{"defined in two versions", "-- a/1.yaml --\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\n---\napiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n", []string{"a"}, `
a/1.yaml:5:1: error[source]: CronJob default-ns/a is defined twice
  a/1.yaml:1:1: first defined here
`},
		{"binary", "-- a/1.yaml --\n\x00\x01\n-- a/2.yaml --\nk: \xff\n", []string{"a"}, `
a/1.yaml:1:1: error[yaml]: the file is binary: it contains a NUL byte
a/2.yaml:1:4: error[yaml]: the file is not UTF-8 text
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, list := Read(repo(test.archive), roots(test.roots...), ReadOptions{})
			got := strings.ReplaceAll(printed(list), "  fix: name a path below the root of the repository\n", "")
			if diff := cmp.Diff(strings.TrimSpace(test.want), strings.TrimSpace(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefusesWhatIsNoObject(t *testing.T) {
	_, list := Read(repo("-- a/values.yaml --\nimage: {tag: v1}\n"), roots("a"), ReadOptions{})
	if !list.HasErrors() || list[0].Pos.String() != "a/values.yaml:1:1" {
		t.Error(printed(list))
	}
}

func TestReadTwoClusters(t *testing.T) {
	rs := roots("old", "new")
	rs[0].Cluster, rs[1].Cluster = "old", "new"
	mustRead(t, repo("-- old/a.yaml --\n"+service+"-- new/a.yaml --\n"+service), rs)
}

// TestReadScope holds custom resources that stand before the definition that
// says they are cluster-scoped, and a kind of the same name in another group.
func TestReadScope(t *testing.T) {
	inv := mustRead(t, repo(`
-- a/1.yaml --
apiVersion: example.com/v1
kind: Zone
metadata: {name: z}
---
apiVersion: other.com/v1
kind: Zone
metadata: {name: z}
-- a/2.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: zones.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Zone, plural: zones}}
`), roots("a"))
	want := "Zone.example.com z\nZone.other.com default-ns/z\nCustomResourceDefinition zones.example.com\n"
	if diff := cmp.Diff(want, ids(inv)); diff != "" {
		t.Error(diff)
	}
}

// TestReadOrder reads the same with any number of workers.
func TestReadOrder(t *testing.T) {
	fsys := fstest.MapFS{}
	var paths []string
	for _, dir := range []string{"z", "a", "m"} {
		paths = append(paths, "plain/"+dir)
		for _, name := range []string{"1", "2", "3"} {
			fsys["plain/"+dir+"/"+name+".yaml"] = &fstest.MapFile{
				Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + dir + name + "}\n"),
			}
		}
	}
	number := 0
	for name, archive := range builds {
		_ = name
		number++
		for file, content := range repo(archive) {
			fsys["k"+string(rune('0'+number))+"/"+file] = content
		}
		paths = append(paths, "k"+string(rune('0'+number))+"/app")
	}
	clusters := func() []*Root {
		rs := roots(paths...)
		for _, r := range rs {
			r.Cluster = r.Path // the cases share names
		}
		return rs
	}
	one, oneList := Read(fsys, clusters(), ReadOptions{Workers: 1})
	for _, workers := range []int{0, 2, 7} {
		many, list := Read(fsys, clusters(), ReadOptions{Workers: workers})
		if diff := cmp.Diff(ids(one), ids(many)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(concatenated(one), concatenated(many)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(printed(oneList), printed(list)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestReadLinks reads through symbolic links on a real disk, which may not
// leave the repository, whether or not the file system itself prevents it.
func TestReadLinks(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(filepath.FromSlash(target), filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	write("outside.yaml", service)
	write("repo/shared/web.yaml", service)
	write("repo/good/x.txt", "")
	link("../shared/web.yaml", "repo/good/web.yaml")
	link("../shared", "repo/good/more")
	write("repo/bad/x.txt", "")
	link("../../outside.yaml", "repo/bad/out.yaml")
	link(filepath.ToSlash(dir)+"/outside.yaml", "repo/bad/absolute.yaml")
	link("loop.yaml", "repo/bad/loop.yaml")
	write("repo/kust/kustomization.yaml", "resources: [in.yaml, out.yaml]\n")
	write("repo/kust/real.yaml", service)
	link("real.yaml", "repo/kust/in.yaml")
	link("../shared/web.yaml", "repo/kust/out.yaml")
	link("shared", "repo/alias")

	root, err := os.OpenRoot(filepath.Join(dir, "repo"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	want := `good/more: info[source]: good/more is a symbolic link to a directory and is not followed, as by kubectl
bad/absolute.yaml: error[source]: bad/absolute.yaml is a symbolic link that leaves the repository: --root widens what may be read
  plan.yaml:2:9: source bad is named here
bad/loop.yaml: error[source]: bad/loop.yaml is a loop of symbolic links
  plan.yaml:2:9: source bad is named here
bad/out.yaml: error[source]: bad/out.yaml is a symbolic link that leaves the repository: --root widens what may be read
  plan.yaml:2:9: source bad is named here
kust/kustomization.yaml:1:22: error[source]: file shared/web.yaml is outside kust; kustomize reads files only from the directory of the kustomization
  fix: make shared a kustomization and name that directory
alias/web.yaml:1:1: error[source]: Service default-ns/web is defined twice
  good/web.yaml:1:1: first defined here
`
	for name, fsys := range map[string]fs.FS{"os.Root": root.FS(), "os.DirFS": os.DirFS(filepath.Join(dir, "repo"))} {
		_, list := Read(fsys, roots("good", "bad", "kust", "alias"), ReadOptions{})
		if diff := cmp.Diff(want, printed(list)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReadUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(service), 0); err != nil {
		t.Fatal(err)
	}
	_, list := Read(os.DirFS(dir), roots("a.yaml"), ReadOptions{})
	if got := printed(list); !strings.Contains(got, "a.yaml can't be read: permission denied") {
		t.Error(got)
	}
}

// bigFile is a file that claims to be too large, and can't be read.
type bigFile struct{ fs.FileInfo }

func (bigFile) Size() int64 { return MaxFileSize + 1 }

type bigFS struct{ fstest.MapFS }

func (b bigFS) Lstat(name string) (fs.FileInfo, error) {
	info, err := b.MapFS.Lstat(name)
	if err == nil && strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, "kustomization.yaml") {
		info = bigFile{info}
	}
	return info, err
}

func TestReadTooLarge(t *testing.T) {
	fsys := bigFS{repo("-- a.yaml --\n-- k/kustomization.yaml --\nresources: [b.yaml]\n-- k/b.yaml --\n")}
	_, list := Read(fsys, roots("a.yaml", "k"), ReadOptions{})
	want := `a.yaml: error[source]: a.yaml is larger than 64 MiB
  plan.yaml:1:9: named here
k/kustomization.yaml:1:13: error[source]: b.yaml is larger than 64 MiB
`
	if diff := cmp.Diff(want, printed(list)); diff != "" {
		t.Error(diff)
	}
}
