package deliver

import "github.com/rehome-dev/rehome/manifest"

// bundleFiles writes full manifests with the kustomization that lists them.
func bundleFiles(p *printer, dir string, objects []*manifest.Object) []File {
	return []File{
		p.single(dir, manifestsFile),
		p.objects(dir+"/"+manifestsFile, objects),
	}
}
