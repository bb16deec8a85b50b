package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// environment is variables in the order in which they were set first.
type environment struct {
	names  []string
	values map[string]string
}

func newEnvironment() *environment { return &environment{values: map[string]string{}} }

// with sets a variable and returns the environment.
func (e *environment) with(name, value string) *environment {
	if _, known := e.values[name]; !known {
		e.names = append(e.names, name)
	}
	e.values[name] = value
	return e
}

func (e *environment) list() []string {
	out := make([]string, 0, len(e.names))
	for _, n := range e.names {
		out = append(out, n+"="+e.values[n])
	}
	return out
}

// expand replaces $(NAME) by the value of the variable; $$ is one $, and names
// that are not set stay as they are (third_party/forked/golang/expansion).
func (e *environment) expand(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		end := strings.IndexByte(rest, ')')
		switch {
		case strings.HasPrefix(rest, "$$"):
			out.WriteByte('$')
			i++
		case strings.HasPrefix(rest, "$(") && end > 0:
			value, known := e.values[rest[2:end]]
			if !known {
				value = rest[:end+1]
			}
			out.WriteString(value)
			i += end
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// environment returns the container's variables, in the order in which later ones
// win: those of Services, envFrom, env.
func (c *containerRun) environment(ctx context.Context) (*environment, error) {
	e := newEnvironment().
		with("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").
		with("HOME", "/").with("HOSTNAME", c.pod.hostname())
	if err := c.serviceVariables(ctx, e); err != nil {
		return nil, err
	}
	for i := range c.spec.EnvFrom {
		if err := c.takeAll(ctx, e, &c.spec.EnvFrom[i]); err != nil {
			return nil, err
		}
	}
	for i := range c.spec.Env {
		v := &c.spec.Env[i]
		value, set, err := c.variable(ctx, e, v)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", v.Name, err)
		}
		if set {
			e.with(v.Name, value)
		}
	}
	return e, nil
}

// takeAll sets a variable for every key of a ConfigMap or Secret.
func (c *containerRun) takeAll(ctx context.Context, e *environment, from *corev1.EnvFromSource) error {
	var s source
	switch {
	case from.ConfigMapRef != nil:
		s = source{kind: "ConfigMap", name: from.ConfigMapRef.Name, optional: from.ConfigMapRef.Optional}
	case from.SecretRef != nil:
		s = source{kind: "Secret", name: from.SecretRef.Name, optional: from.SecretRef.Optional}
	default:
		return fmt.Errorf("envFrom: %w", errUnsupported)
	}
	data, err := c.pod.read(ctx, s)
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(data) {
		e.with(from.Prefix+key, data[key])
	}
	return nil
}

// variable returns the value of one variable, and whether it is set.
func (c *containerRun) variable(ctx context.Context, e *environment, v *corev1.EnvVar) (value string, set bool, err error) {
	from := v.ValueFrom
	switch {
	case from == nil:
		return e.expand(v.Value), true, nil
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		return c.pod.readKey(ctx, source{"ConfigMap", r.Name, r.Optional}, r.Key)
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		return c.pod.readKey(ctx, source{"Secret", r.Name, r.Optional}, r.Key)
	case from.FieldRef != nil:
		value, err = c.pod.field(from.FieldRef.FieldPath)
		return value, err == nil, err
	case from.ResourceFieldRef != nil:
		value, err = c.resource(from.ResourceFieldRef)
		return value, err == nil, err
	}
	return "", false, errUnsupported
}

// serviceVariables sets what containers are told of Services: of the API server
// always, of those of their namespace when the pod asks for it
// (pkg/kubelet/envvars).
func (c *containerRun) serviceVariables(ctx context.Context, e *environment) error {
	links := c.pod.object.Spec.EnableServiceLinks
	namespaces := []string{metav1.NamespaceDefault}
	if (links == nil || *links) && c.pod.object.Namespace != metav1.NamespaceDefault {
		namespaces = append(namespaces, c.pod.object.Namespace)
	}
	for _, namespace := range namespaces {
		list, err := c.pod.kubelet.Client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		for i := range list.Items {
			s := &list.Items[i]
			if namespace == c.pod.object.Namespace || s.Name == "kubernetes" {
				serviceLink(e, s)
			}
		}
	}
	return nil
}

// serviceLink sets the variables of one Service.
func serviceLink(e *environment, s *corev1.Service) {
	if s.Spec.ClusterIP == "" || s.Spec.ClusterIP == corev1.ClusterIPNone || len(s.Spec.Ports) == 0 {
		return
	}
	name := strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
	e.with(name+"_SERVICE_HOST", s.Spec.ClusterIP)
	e.with(name+"_SERVICE_PORT", strconv.Itoa(int(s.Spec.Ports[0].Port)))
	for _, p := range s.Spec.Ports {
		number := strconv.Itoa(int(p.Port))
		if p.Name != "" {
			e.with(name+"_SERVICE_PORT_"+strings.ToUpper(strings.ReplaceAll(p.Name, "-", "_")), number)
		}
		protocol := string(p.Protocol)
		at := name + "_PORT_" + number + "_" + protocol
		address := strings.ToLower(protocol) + "://" + s.Spec.ClusterIP + ":" + number
		e.with(at, address).with(at+"_PROTO", strings.ToLower(protocol)).with(at+"_PORT", number).with(at+"_ADDR", s.Spec.ClusterIP)
		if _, known := e.values[name+"_PORT"]; !known {
			e.with(name+"_PORT", address)
		}
	}
}

// source is a ConfigMap or Secret of the pod's namespace.
type source struct {
	kind, name string
	optional   *bool
}

// read returns what is in a source; nothing when it is optional and not there.
func (p *pod) read(ctx context.Context, s source) (map[string]string, error) {
	core, namespace := p.kubelet.Client.CoreV1(), p.object.Namespace
	out := map[string]string{}
	var err error
	if s.kind == "Secret" {
		var o *corev1.Secret
		if o, err = core.Secrets(namespace).Get(ctx, s.name, metav1.GetOptions{}); err == nil {
			for k, v := range o.Data { // from a map to a map
				out[k] = string(v)
			}
		}
	} else {
		var o *corev1.ConfigMap
		if o, err = core.ConfigMaps(namespace).Get(ctx, s.name, metav1.GetOptions{}); err == nil {
			for k, v := range o.BinaryData { // from a map to a map
				out[k] = string(v)
			}
			for k, v := range o.Data { // from a map to a map
				out[k] = v
			}
		}
	}
	if apierrors.IsNotFound(err) && s.optional != nil && *s.optional {
		err = nil
	}
	return out, err
}

// readKey returns one key of a source, and whether it is there.
func (p *pod) readKey(ctx context.Context, s source, key string) (string, bool, error) {
	data, err := p.read(ctx, s)
	if err != nil {
		return "", false, err
	}
	value, known := data[key]
	if !known && (s.optional == nil || !*s.optional) {
		return "", false, fmt.Errorf("couldn't find key %s in %s %s/%s", key, s.kind, p.object.Namespace, s.name)
	}
	return value, known, nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m { // put into order below
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
