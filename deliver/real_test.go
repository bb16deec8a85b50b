package deliver_test

import (
	"io/fs"
	"path"
	"testing"
	"testing/fstest"

	"github.com/rehome-dev/rehome"
	"github.com/rehome-dev/rehome/deliver"
	"github.com/rehome-dev/rehome/internal/kustbuild"
	"github.com/rehome-dev/rehome/internal/realdata"
)

// split moves the Online Boutique into three namespaces.
const split = `apiVersion: rehome.dev/v1alpha1
kind: MigrationPlan
metadata: {name: boutique}
spec:
  sources:
  - {path: base, namespace: boutique}
  apps:
  - {name: frontend, to: {namespace: web}}
  - {name: loadgenerator, to: {namespace: web}}
  - {name: cartservice, to: {namespace: cart}}
  - {name: redis-cart, to: {namespace: cart}}
  - {name: adservice, to: {namespace: shop}}
  - {name: checkoutservice, to: {namespace: shop}}
  - {name: currencyservice, to: {namespace: shop}}
  - {name: emailservice, to: {namespace: shop}}
  - {name: paymentservice, to: {namespace: shop}}
  - {name: productcatalogservice, to: {namespace: shop}}
  - {name: recommendationservice, to: {namespace: shop}}
  - {name: shippingservice, to: {namespace: shop}}
  cutover: auto
`

func TestOnlineBoutique(t *testing.T) {
	disk, name := realdata.OnlineBoutique(t)
	sources := fstest.MapFS{"plan.yaml": {Data: []byte(split)}}
	base := path.Join(name, "base")
	entries, err := fs.ReadDir(disk, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(disk, path.Join(base, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		sources["base/"+e.Name()] = &fstest.MapFile{Data: data}
	}
	r, diags := rehome.Compile(sources, "plan.yaml", rehome.Options{})
	if len(r.States) < 2 {
		t.Fatal(diags.Err())
	}
	for mode, opts := range map[string]deliver.Options{"overlay": {}, "flat": {Flat: true}} {
		t.Run(mode, func(t *testing.T) {
			opts.SourceRoot = "../"
			files, diags := deliver.Files(r.Schedule, r.States, opts)
			if err := diags.Err(); err != nil {
				t.Fatal(err)
			}
			kustbuild.CheckBuild(t, sources, "out", files, r.States)
		})
	}
}
