package verify_test

import (
	"strings"

	"github.com/rehome-dev/rehome/diag"
)

// moveA moves the app a; b stays.
const moveA = "  apps: [{name: a, to: {namespace: new}}, {name: b}]\n"

// frozenB moves the app a; b must not be changed.
const frozenB = "  apps: [{name: a, to: {namespace: new}}, {name: b, frozen: true}]\n"

// with returns a spec with more lines.
func with(lines ...string) string { return moveA + "  " + strings.Join(lines, "\n  ") + "\n" }

// callsA is an app b that calls a by its full name, ready for anything.
var callsA = calling("b", "http://a.old.svc.cluster.local")

func twins() []twin {
	peersOfA := strings.Replace(statefulSetOf("a", ""), "ports: [{name: http, containerPort", "env: [{name: PEERS, value: \"a-0.a:8080,a-1.a:8080\"}]\n          ports: [{name: http, containerPort", 1)
	relay := with("cutover: relay")
	nginx := func(target string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  nginx.conf: |\n    location / {\n      " + target + "\n    }\n---\n" +
			deploymentOf("b", "volumes: [{name: conf, configMap: {name: b}}]")
	}
	return []twin{
		{
			"H01", diag.Warning, "an alias gives up the address", "of b may fail from then on for up to 45s",
			archive(with("windows: {dnsTTL: 5s, clientCache: 40s, drain: 50s}"), app("a"), callsA),
			archive(relay, app("a"), callsA),
		},
		{
			"H02", diag.Warning, "nginx resolves once", "resolves a.old.svc.cluster.local once",
			archive(frozenB, app("a"), nginx("proxy_pass http://a.old.svc.cluster.local;")),
			archive(moveA, app("a"), nginx("proxy_pass http://a.old.svc.cluster.local;")),
		},
		{
			"H02", diag.Warning, "a frozen nginx behind a relay", "resolves a.old.svc.cluster.local once",
			archive(frozenB, app("a"), nginx("proxy_pass http://a.old.svc.cluster.local;")),
			archive(frozenB+"  cutover: relay\n", app("a"), nginx("proxy_pass http://a.old.svc.cluster.local;")),
		},
		{
			"H10", diag.Error, "SRV", "SRV records of Service old/a",
			archive(frozenB, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 80, targetPort: 8080}]"), deploymentOf("a"), calling("b", "_http._tcp.a.old.svc.cluster.local:80")),
			archive(frozenB, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]"), deploymentOf("a"), calling("b", "a.old.svc.cluster.local:8080")),
		},
		{
			"H11", diag.Error, "names of pods", "the pod a-0",
			archive(frozenB, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]"), statefulSetOf("a", ""), calling("b", "http://a-0.a.old.svc.cluster.local:8080")),
			archive(frozenB, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]"), statefulSetOf("a", ""), calling("b", "http://a.old.svc.cluster.local:8080")),
		},
		{
			"H11", diag.Error, "pods of one app name each other", "as long as b uses the old name",
			archive(frozenB, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]"), peersOfA, calling("b", "http://a.old.svc.cluster.local:8080")),
			archive(moveA, serviceOf("a", "clusterIP: None", "ports: [{name: http, port: 8080}]"), peersOfA, calling("b", "http://a.old.svc.cluster.local:8080")),
		},
		{
			"H17", diag.Warning, "search domains", "below the search domain corp.example first",
			archive(moveA, app("a"), calling("b", "http://a.old.svc.cluster.local", "dnsConfig: {searches: [corp.example]}")),
			archive(moveA, app("a"), calling("b", "http://a.old.svc.cluster.local", `dnsConfig: {searches: [corp.example], options: [{name: ndots, value: "2"}]}`)),
		},
		{
			"H18", diag.Error, "host network", "the host's DNS",
			archive(moveA, app("a"), calling("b", "http://a.old.svc.cluster.local", "hostNetwork: true")),
			archive(moveA, app("a"), calling("b", "http://a.old.svc.cluster.local", "hostNetwork: true", "dnsPolicy: ClusterFirstWithHostNet")),
		},
		{
			"H22", diag.Warning, "a topic with the namespace", "holds the name of the namespace old",
			archive(moveA, strings.Replace(app("a"), "ports: [{name: http, containerPort", "env: [{name: TOPIC, value: events/old}]\n          ports: [{name: http, containerPort", 1), callsA),
			archive(moveA, strings.Replace(app("a"), "ports: [{name: http, containerPort", "env: [{name: TOPIC, value: events/older}]\n          ports: [{name: http, containerPort", 1), callsA),
		},
		{
			"H25", diag.Warning, "another address on the way back", "gives another ClusterIP to a",
			archive(moveA, app("a"), callsA), archive(relay, app("a"), callsA),
		},
		{
			"H27", diag.Warning, "one number, two protocols", "port 53 twice",
			archive(moveA, serviceOf("a", "ports: [{name: dns, port: 53, targetPort: 8080}, {name: udp, port: 53, protocol: UDP, targetPort: 8080}]"), deploymentOf("a"), deploymentOf("b")),
			archive(moveA, serviceOf("a", "ports: [{name: dns, port: 53, targetPort: 8080}, {name: udp, port: 5353, protocol: UDP, targetPort: 8080}]"), deploymentOf("a"), deploymentOf("b")),
		},
		{
			"H29", diag.Error, "a Job that is repointed", "spec.template of Job old/b cannot be changed",
			archive(moveA, app("a"), jobOf("b", "http://a.old.svc.cluster.local")),
			archive(strings.Replace(moveA, "{name: b}", "{name: b, frozen: true}", 1), app("a"), jobOf("b", "http://a.old.svc.cluster.local")),
		},
		{
			"H35", diag.Warning, "two Ingresses of one host", "two routes",
			archive(movesDocs, app("docs"), app("blog"), docsIngress), archive(movesDocs, app("docs"), app("blog")),
		},
		{
			"H61", diag.Warning, "a quota at the target", "limits what new may hold",
			archive(moveA, app("a"), app("b"), "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small, namespace: new}\nspec: {hard: {pods: \"2\"}}\n---\n"),
			archive(moveA, app("a"), app("b"), "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small, namespace: other}\nspec: {hard: {pods: \"2\"}}\n---\n"),
		},
		{
			"H63", diag.Error, "Recreate", "never runs old and new pods together",
			archive(moveA, strings.Replace(deploymentOf("a"), "  replicas: 2\n", "  replicas: 1\n  strategy: {type: Recreate}\n", 1), deploymentOf("b")),
			archive(strings.Replace(moveA, "{name: a,", "{name: a, singleton: true,", 1), strings.Replace(deploymentOf("a"), "  replicas: 2\n", "  replicas: 1\n  strategy: {type: Recreate}\n", 1), deploymentOf("b")),
		},
		{
			"H64", diag.Error, "a StatefulSet with claims", "new and empty",
			archive(moveA, statefulSetOf("a", "volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}]"), deploymentOf("b")),
			archive(moveA, statefulSetOf("a", ""), deploymentOf("b")),
		},
		{
			"H64", diag.Error, "a mounted claim", "new and empty",
			archive(moveA, claimOf(""), deploymentOf("a", "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"), deploymentOf("b")),
			archive(moveA, deploymentOf("a", "volumes: [{name: data, emptyDir: {}}]"), deploymentOf("b")),
		},
		{
			"H65", diag.Error, "a bound claim", "bound to the volume pv-1",
			archive(moveA, claimOf("volumeName: pv-1, "), deploymentOf("a", "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"), deploymentOf("b")),
			archive(with("accept: [{code: H64, reason: a cache}]"), claimOf(""), deploymentOf("a", "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"), deploymentOf("b")),
		},
		{
			"H66", diag.Warning, "an autoscaled app without replicas", "starts with 1 pod",
			archive(moveA, strings.Replace(deploymentOf("a"), "  replicas: 2\n", "", 1), scaler, deploymentOf("b")),
			archive(moveA, deploymentOf("a"), scaler, deploymentOf("b")),
		},
		{
			"H68", diag.Error, "a port of the node", "take a port of their node",
			archive(moveA, strings.Replace(deploymentOf("a"), "containerPort: 8080", "containerPort: 8080, hostPort: 80", 1), deploymentOf("b")),
			archive(strings.Replace(moveA, "{name: a,", "{name: a, singleton: true,", 1), strings.Replace(deploymentOf("a"), "containerPort: 8080", "containerPort: 8080, hostPort: 80", 1), deploymentOf("b")),
		},
		{
			"H69", diag.Warning, "no preStop hook", "have no preStop hook",
			archive(moveA, strings.Replace(app("a"), "          lifecycle: {preStop: {sleep: {seconds: 5}}}\n", "", 1), callsA),
			archive(moveA, app("a"), callsA),
		},
		{
			"H69", diag.Warning, "too little time to end", "are killed 20s after",
			archive(moveA, strings.Replace(app("a"), "PeriodSeconds: 90", "PeriodSeconds: 20", 1), callsA),
			archive(moveA, app("a"), callsA),
		},
		{
			"H70", diag.Info, "IPVS", "in IPVS mode",
			archive(moveA, app("a"), callsA), archive(relay, app("a"), callsA),
		},
		{
			"H71", diag.Warning, "UDP", "has a UDP port",
			archive(moveA, serviceOf("a", "ports: [{name: stats, port: 8125, protocol: UDP, targetPort: 8080}]"), deploymentOf("a"), deploymentOf("b")),
			archive(moveA, app("a"), deploymentOf("b")),
		},
		{
			"H72", diag.Warning, "sticky clients", "binds clients to pods",
			archive(moveA, serviceOf("a", "sessionAffinity: ClientIP", "ports: [{name: http, port: 80, targetPort: 8080}]"), deploymentOf("a"), deploymentOf("b")),
			archive(moveA, app("a"), deploymentOf("b")),
		},
		{
			"H73", diag.Error, "local traffic", "serves callers of the nodes",
			archive(moveA, serviceOf("a", "internalTrafficPolicy: Local", "ports: [{name: http, port: 80, targetPort: 8080}]"), deploymentOf("a"), deploymentOf("b")),
			archive(moveA, app("a"), deploymentOf("b")),
		},
		{
			"H77", diag.Warning, "a monitor of the old namespace", "watches old and not new",
			archive(moveA, app("a"), deploymentOf("b"), monitor("[old]")), archive(moveA, app("a"), deploymentOf("b"), monitor("[old, new]")),
		},
	}
}

const scaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
  minReplicas: 4
  maxReplicas: 9
---
`

func statefulSetOf(name, more string) string {
	text := deploymentOf(name)
	text = strings.Replace(text, "kind: Deployment", "kind: StatefulSet", 1)
	return strings.Replace(text, "  replicas: 2\n", "  replicas: 2\n  serviceName: "+name+"\n  "+more+"\n", 1)
}

func jobOf(name, host string) string {
	return `apiVersion: batch/v1
kind: Job
metadata: {name: ` + name + `, labels: {app: ` + name + `}}
spec:
  template:
    metadata: {labels: {app: ` + name + `}}
    spec:
      restartPolicy: Never
      containers:
        - {name: main, image: "ghcr.io/acme/job:1", env: [{name: BACKEND_URL, value: "` + host + `"}]}
---
`
}

func claimOf(more string) string {
	return "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {" + more + "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n---\n"
}

func monitor(namespaces string) string {
	return "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: all, namespace: monitoring}\nspec: {selector: {matchLabels: {team: x}}, namespaceSelector: {matchNames: " + namespaces + "}, endpoints: [{port: http}]}\n---\n"
}
