package deliver

import (
	"github.com/rehome-dev/rehome/manifest"
)

// printer appends files to large buffers, so that thousands of small files cost
// few allocations. The zero printer is ready to use; one is used by one goroutine.
type printer struct {
	buffer []byte
}

// chunk is how much a printer allocates at once; a larger file gets its own.
const chunk = 1 << 18

// file returns the file that write appends.
func (p *printer) file(path string, write func([]byte) []byte) File {
	if cap(p.buffer)-len(p.buffer) < chunk/16 {
		p.buffer = make([]byte, 0, chunk)
	}
	start := len(p.buffer)
	p.buffer = write(p.buffer)
	data := p.buffer[start:len(p.buffer):len(p.buffer)]
	return File{Path: path, Data: data}
}

// node returns a file of one YAML document.
func (p *printer) node(path string, n *manifest.Node) File {
	return p.file(path, func(dst []byte) []byte { return appendNode(dst, n) })
}

// objects returns a file of the objects' manifests, each a document.
func (p *printer) objects(path string, objects []*manifest.Object) File {
	return p.file(path, func(dst []byte) []byte {
		for i, o := range objects {
			if i > 0 {
				dst = append(dst, "---\n"...)
			}
			dst = endLine(o.AppendTo(dst))
		}
		return dst
	})
}

// nodes returns a file of several YAML documents.
func (p *printer) nodes(path string, nodes []*manifest.Node) File {
	return p.file(path, func(dst []byte) []byte {
		for i, n := range nodes {
			if i > 0 {
				dst = append(dst, "---\n"...)
			}
			dst = appendNode(dst, n)
		}
		return dst
	})
}

func appendNode(dst []byte, n *manifest.Node) []byte {
	return endLine(manifest.New(n).AppendTo(dst))
}

func endLine(dst []byte) []byte {
	if len(dst) > 0 && dst[len(dst)-1] != '\n' {
		dst = append(dst, '\n')
	}
	return dst
}

// listHead is how a kustomization begins that only lists resources.
const listHead = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:"

// list returns the kustomization of a directory that lists variants. Those of
// the states are many and long.
func (p *printer) list(dir string, variants []*variant) File {
	up := relative(dir, "")
	return p.file(dir+"/"+kustomizationFile, func(dst []byte) []byte {
		dst = append(dst, listHead...)
		if len(variants) == 0 { // without a list kustomize calls the file empty and fails
			dst = append(dst, " []"...)
		}
		for _, v := range variants {
			dst = manifest.AppendString(append(dst, "\n- "...), up+v.dir)
		}
		return append(dst, '\n')
	})
}

// single returns the kustomization of a directory that has one resource.
func (p *printer) single(dir, resource string) File {
	return p.file(dir+"/"+kustomizationFile, func(dst []byte) []byte {
		return append(manifest.AppendString(append(dst, listHead+"\n- "...), resource), '\n')
	})
}

// kustomization returns a kustomization file's tree.
func kustomization(resources []string, patches ...*manifest.Node) *manifest.Node {
	var patchList *manifest.Node
	if len(patches) > 0 {
		patchList = manifest.Seq(patches...)
	}
	return manifest.Map(
		manifest.F("apiVersion", manifest.Str("kustomize.config.k8s.io/v1beta1")),
		manifest.F("kind", manifest.Str("Kustomization")),
		manifest.F("resources", manifest.Strs(resources...)),
		manifest.F("patches", patchList),
	)
}

// The names of files that kustomize reads.
const (
	kustomizationFile = "kustomization.yaml"
	manifestsFile     = "manifests.yaml"
)
