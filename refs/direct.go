package refs

import "strings"

// NamesPod reports whether a reference to a Service names one of its pods: the
// name of a StatefulSet's pod, or the hostname of a pod with a subdomain
// (k8s.io/kubernetes pkg/kubelet/network/dns; CoreDNS plugin kubernetes).
func (r *Reference) NamesPod() bool {
	return r.Refers == ToService && r.Prefix != "" && r.Prefix != "*." && !strings.HasPrefix(r.Prefix, "_")
}

// AsksSRV reports whether a reference is looked up as an SRV record, which names
// ports (RFC 2782), also by the scheme of its URL.
func (r *Reference) AsksSRV() bool {
	return r.Refers == ToService && (strings.HasPrefix(r.Prefix, "_") || strings.HasSuffix(r.Scheme, "+srv"))
}

// Direct reports whether an ExternalName Service in the place of the Service
// does not serve a reference for good: an alias has no names of pods and no SRV
// records, and who looks a name up only once keeps the address of what was there
// before.
func (r *Reference) Direct() bool {
	return r.NamesPod() || r.AsksSRV() || r.ResolvedOnce()
}

// nginxDirectives are those that take an address that is resolved once.
var nginxDirectives = [...]string{"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "server"}

// ResolvedOnce reports whether a reference is the literal address of an nginx
// directive: nginx resolves it when it reads its configuration and never again
// (ngx_http_proxy_module; a variable in proxy_pass is resolved for every
// request).
func (r *Reference) ResolvedOnce() bool {
	if r.Refers != ToService || r.Form == Field {
		return false
	}
	value, ok := decoded(r.Object.Text(r.Path...), r.Base64)
	if !ok || r.Start > len(value) {
		return false
	}
	line := value[strings.LastIndexByte(value[:r.Start], '\n')+1:]
	line, _, _ = strings.Cut(line, "\n")
	if !strings.Contains(line, ";") || strings.Contains(line, "$") || strings.Contains(line, " resolve;") {
		return false
	}
	for _, statement := range strings.FieldsFunc(line, func(c rune) bool { return c == ';' || c == '{' || c == '}' }) {
		if fields := strings.Fields(statement); len(fields) > 1 && takesAddress(fields[0]) && strings.Contains(statement, r.Text()) {
			return true
		}
	}
	return false
}

func takesAddress(directive string) bool {
	for _, d := range nginxDirectives {
		if d == directive {
			return true
		}
	}
	return false
}
