package refs

import "strings"

// namespaceFlag records the namespace in kubectl's -nNAME, written as one word.
func (t *text) namespaceFlag(start, end int) {
	name, ok := strings.CutPrefix(t.s[start:end], "-n")
	if !ok || t.manner != command || !t.scanner.services.namespaces[name] || !t.takesNamespace(start) {
		return
	}
	t.namespaceAt(name, start+len("-n"), Certain)
	t.found[len(t.found)-1].Base64 = t.base64
}

// takesNamespace reports whether -n at a position means a namespace, as that of
// kubectl does. In a list of arguments the program is another item, or the
// image's own; in a script it stands before, in the same command.
func (t *text) takesNamespace(at int) bool {
	if before := t.s[:at]; before == "" || before == "-n=" {
		return !plainFlag(t.program)
	}
	from := max(0, at-reach)
	line := t.s[from:at]
	if i := strings.LastIndexAny(line, ";|&`("); i >= 0 {
		line = line[i+1:]
	}
	for { // a line that ends in a backslash goes on
		i := strings.LastIndexByte(line, '\n')
		if i < 0 {
			break
		}
		if i == 0 || line[i-1] != '\\' {
			line = line[i+1:]
			break
		}
		line = line[:i-1] + " " + line[i+1:]
	}
	for word := range strings.FieldsSeq(line) {
		if namespaceTool(word) {
			return true
		}
	}
	return false
}

// namespaceTool reports whether a program's flag -n is a namespace.
func namespaceTool(word string) bool {
	switch word[strings.LastIndexByte(word, '/')+1:] {
	case "kubectl", "oc", "k", "helm", "flux", "argo", "istioctl", "linkerd", "velero", "stern", "kubeseal", "cmctl", "tkn", "kn":
		return true
	}
	return false
}

// plainFlag reports whether a program's flag -n means something else.
func plainFlag(program string) bool {
	switch program[strings.LastIndexByte(program, '/')+1:] {
	case "echo", "head", "tail", "sort", "cat", "nl", "grep", "sed", "nice", "xargs", "test", "[", "sysctl", "hostname", "nginx":
		return true
	}
	return false
}
