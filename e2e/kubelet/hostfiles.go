package kubelet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/container"
)

// clusterDomain is the domain of the cluster.
const clusterDomain = "cluster.local"

// hostFiles writes the files of /etc by which programs resolve names.
func (p *pod) hostFiles() ([]container.Mount, error) {
	dir := p.kubelet.podDir(p.object)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	resolv, err := p.resolvConf()
	if err != nil {
		return nil, err
	}
	var out []container.Mount
	for _, f := range []struct{ name, text string }{
		{"resolv.conf", resolv},
		{"hosts", p.hosts()},
		{"hostname", p.hostname() + "\n"},
		{"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"},
	} {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			return nil, err
		}
		out = append(out, container.Mount{From: path, To: "/etc/" + f.name, ReadOnly: true})
	}
	return out, nil
}

// resolvConf is the resolver configuration of the pod (pkg/kubelet/network/dns).
// The node itself has no name servers, so dnsPolicy Default gives none.
func (p *pod) resolvConf() (string, error) {
	var servers, searches, options []string
	spec := &p.object.Spec
	switch spec.DNSPolicy {
	case corev1.DNSClusterFirst, corev1.DNSClusterFirstWithHostNet, "":
		servers = []string{p.kubelet.Node.DNS.String()}
		searches = []string{p.object.Namespace + ".svc." + clusterDomain, "svc." + clusterDomain, clusterDomain}
		options = []string{"ndots:5"}
	case corev1.DNSDefault, corev1.DNSNone:
	default:
		return "", fmt.Errorf("dnsPolicy %s: %w", spec.DNSPolicy, errUnsupported)
	}
	if c := spec.DNSConfig; c != nil {
		servers, searches = append(servers, c.Nameservers...), append(searches, c.Searches...)
		for _, o := range c.Options {
			options = mergeOption(options, o)
		}
	}
	var out strings.Builder
	for _, s := range unique(servers) {
		fmt.Fprintf(&out, "nameserver %s\n", s)
	}
	if len(searches) > 0 {
		fmt.Fprintf(&out, "search %s\n", strings.Join(unique(searches), " "))
	}
	if len(options) > 0 {
		fmt.Fprintf(&out, "options %s\n", strings.Join(options, " "))
	}
	return out.String(), nil
}

// mergeOption sets an option of the resolver; one of the same name is replaced.
func mergeOption(options []string, o corev1.PodDNSConfigOption) []string {
	text := o.Name
	if o.Value != nil {
		text += ":" + *o.Value
	}
	for i, old := range options {
		if name, _, _ := strings.Cut(old, ":"); name == o.Name {
			options[i] = text
			return options
		}
	}
	return append(options, text)
}

func unique(list []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// hosts is the pod's /etc/hosts (podHostsFileContent in pkg/kubelet/kubelet_pods.go).
func (p *pod) hosts() string {
	var out strings.Builder
	out.WriteString("127.0.0.1\tlocalhost\n")
	names := p.hostname()
	if s := p.object.Spec.Subdomain; s != "" {
		names = p.hostname() + "." + s + "." + p.object.Namespace + ".svc." + clusterDomain + "\t" + names
	}
	fmt.Fprintf(&out, "%s\t%s\n", p.address, names)
	for _, a := range p.object.Spec.HostAliases {
		fmt.Fprintf(&out, "%s\t%s\n", a.IP, strings.Join(a.Hostnames, "\t"))
	}
	return out.String()
}
