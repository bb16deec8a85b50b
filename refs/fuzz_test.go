package refs_test

import (
	"testing"

	"github.com/rehome-dev/rehome/manifest"
	"github.com/rehome-dev/rehome/refs"
)

// FuzzText holds of any text that its references lie within it, that rewriting
// one to the address it has changes nothing, and that one that is rewritten to
// another address is found there again, and means that.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"api", "http://api:80/x", "redis://:pw@redis:6379,api:80", "api.shop.svc.cluster.local.", "a\n- redis\nhosts:\n  - api\n",
		`{"host":"api","urls":["http:\/\/api"]}`, "host=redis port=6379", "${X:-http://api}", "*.api.shop.svc", "$(POD).api.shop.svc",
		"nc -z redis 6379", "--host redis --url=api -n shop", "upstream api {\n server api:80;\n}\nproxy_pass http://api$request_uri;",
		"_http._tcp.api", "api-0.api:80", "<host>api</host>", "[api]\nhost = 'redis'", `up{namespace=~"shop|away"}`, "jdbc:oracle:thin:@//api:80/x",
		".shop.svc", "http://redis.$(NS).svc", ":-api", "a.svc.svc.svc", "api.shop.svc.svc.cluster.local",
	} {
		for kind := range byte(3) {
			f.Add(text, kind)
		}
	}
	known := []refs.ServiceInfo{
		{Name: "api", Namespace: "shop", Ports: []string{"80", "http"}},
		{Name: "redis", Namespace: "shop", Ports: []string{"6379"}},
		{Name: "api2", Namespace: "away", Ports: []string{"80", "6379"}},
	}
	scanner := refs.NewScanner(known, refs.Options{})
	f.Fuzz(func(t *testing.T, text string, kind byte) {
		if len(text) > 500 {
			t.Skip("every reference is rewritten and scanned again")
		}
		o := holderOf(text, kind)
		found := scanner.Object(o)
		for i := range found {
			r := &found[i]
			value := o.Text(r.Path...)
			if r.Start < 0 || r.Start >= r.End || r.End > len(value) {
				t.Fatalf("%q: %d to %d is no text in it", value, r.Start, r.End)
			}
			own := refs.Address{Name: r.Target.Name, Namespace: r.Target.Namespace}
			if r.Refers == refs.ToNamespace {
				own.Namespace = r.Target.Name
			}
			if host := r.Host(own, "shop"); host != value[r.Start:r.End] {
				t.Fatalf("%q: %q rewritten to itself is %q", value, value[r.Start:r.End], host)
			}
			if r.Refers == refs.ToService && r.Certainty == refs.Certain {
				foundAgain(t, scanner, o, r)
			}
		}
	})
}

func foundAgain(t *testing.T, scanner *refs.Scanner, o *manifest.Object, r *refs.Reference) {
	s, err := r.To(refs.Address{Name: "api2", Namespace: "away"}, "shop")
	if err != nil {
		return
	}
	moved := refs.Apply(o, []refs.Substitution{s})
	again := scanner.Object(moved)
	for i := range again {
		q := &again[i]
		if q.Path.String() == r.Path.String() && q.Start == r.Start && q.Target.Name == "api2" && q.Target.Namespace == "away" {
			return
		}
	}
	t.Fatalf("%q: rewritten to %q, where the reference at %d is not found", o.Text(r.Path...), moved.Text(r.Path...), r.Start)
}

// holderOf returns an object that holds a text in one of the places that are read.
func holderOf(text string, kind byte) *manifest.Object {
	str, node := manifest.Str, manifest.Map
	head := func(apiVersion, kind string, rest manifest.Field) *manifest.Object {
		return manifest.New(node(
			manifest.F("apiVersion", str(apiVersion)), manifest.F("kind", str(kind)),
			manifest.F("metadata", node(manifest.F("name", str("x")), manifest.F("namespace", str("shop")))), rest))
	}
	switch kind % 3 {
	case 0:
		return head("v1", "ConfigMap", manifest.F("data", node(manifest.F("API_URL", str(text)))))
	case 1:
		return head("v1", "Pod", manifest.F("spec", node(manifest.F("containers",
			manifest.Seq(node(manifest.F("args", manifest.Strs("--host", text, "6379"))))))))
	}
	return head("example.com/v1", "Widget", manifest.F("spec", node(manifest.F("backend", str(text)))))
}
