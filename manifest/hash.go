package manifest

import (
	"fmt"
	"regexp"

	"sigs.k8s.io/kustomize/api/hasher"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// hashed matches a name that ends in a hash of kustomize, in the alphabet of
// its encoding.
var hashed = regexp.MustCompile(`^(.+)-[bcdfghkmt2456789]{10}$`)

// describe says how a kustomization made an object, from the resource and the
// origin that kustomize gives it. Only generated objects get a hash: kustomize
// adds none where a generator merges into an object of a file, and a name that
// merely looks like it is the output of an earlier build.
func describe(res *resource.Resource, origin *resource.Origin) (*Build, error) {
	made := &Build{Name: res.GetName(), Namespace: res.GetNamespace(), Generated: isGenerated(origin)}
	if !made.Generated {
		return made, nil
	}
	name, ok, err := unhashed(&res.RNode)
	if err != nil {
		return nil, err
	}
	if ok {
		made.Name, made.HashSuffix = name, true
	}
	return made, nil
}

// isGenerated reports whether an origin is a generator of ConfigMaps or Secrets.
func isGenerated(origin *resource.Origin) bool {
	if origin == nil || origin.ConfiguredBy.APIVersion != konfig.BuiltinPluginApiVersion {
		return false
	}
	return origin.ConfiguredBy.Kind == "ConfigMapGenerator" || origin.ConfiguredBy.Kind == "SecretGenerator"
}

// unhashed returns the name of a generated object without the hash that
// kustomize put behind it, and whether it did: the hash of the object under the
// bare name must be the one that is there.
func unhashed(n *yaml.RNode) (string, bool, error) {
	match := hashed.FindStringSubmatch(n.GetName())
	if match == nil {
		return "", false, nil
	}
	bare := n.Copy()
	if err := bare.SetName(match[1]); err != nil {
		return "", false, err
	}
	hash, err := (&hasher.Hasher{}).Hash(bare)
	if err != nil {
		return "", false, err
	}
	return match[1], n.GetName() == match[1]+"-"+hash, nil
}

// HashedName returns the name that a kustomize build gives an object when its
// content is what it is now: for an object whose name ends in a hash of its
// content the name with the hash of today's content, by kustomize's own hasher
// (sigs.k8s.io/kustomize/api/hasher); every other object keeps its name.
func HashedName(o *Object) (string, error) {
	made := o.Build()
	if made == nil || !made.HashSuffix {
		return o.ID.Name, nil
	}
	// What the hasher reads of a ConfigMap or Secret, and nothing else.
	content := Map(
		F("apiVersion", Str(o.APIVersion())),
		F("kind", Str(o.ID.Kind)),
		F("metadata", Map(F("name", Str(made.Name)))),
		F("type", o.Get("type")),
		F("data", o.Get("data")),
		F("binaryData", o.Get("binaryData")),
		F("stringData", o.Get("stringData")),
	)
	hash, err := (&hasher.Hasher{}).Hash(yaml.NewRNode(yamlNode(content)))
	if err != nil {
		return "", fmt.Errorf("hash of %s: %w", o.ID, err)
	}
	return made.Name + "-" + hash, nil
}

// yamlNode returns a node as kustomize represents it.
func yamlNode(n *Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	switch n.Kind() {
	case Scalar:
		out.Kind, out.Tag, out.Value = yaml.ScalarNode, yamlTag(n.tag), n.value
		if n.tag == StrTag {
			out.Style = yaml.DoubleQuotedStyle
		}
	case Sequence:
		out.Kind, out.Tag = yaml.SequenceNode, yaml.NodeTagSeq
		for _, item := range n.Items() {
			out.Content = append(out.Content, yamlNode(item))
		}
	case Mapping:
		for key, value := range n.Entries() {
			out.Content = append(out.Content, yamlNode(Str(key)), yamlNode(value))
		}
	}
	return out
}

func yamlTag(t Tag) string {
	switch t {
	case IntTag:
		return yaml.NodeTagInt
	case FloatTag:
		return yaml.NodeTagFloat
	case BoolTag:
		return yaml.NodeTagBool
	case NullTag:
		return yaml.NodeTagNull
	case StrTag:
	}
	return yaml.NodeTagString
}
