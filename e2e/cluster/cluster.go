// Package cluster runs real Kubernetes clusters in a sandbox: etcd, the API
// server, controllers and scheduler of one release, two nodes with kube-proxy,
// CoreDNS as kubeadm configures it, and hollow kubelets that run stand-ins in
// place of images. NetworkPolicies are enforced on both nodes.
package cluster

import (
	"log/slog"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/rehome-dev/rehome/e2e/build"
	"github.com/rehome-dev/rehome/e2e/kubelet"
)

// ProxyMode is how kube-proxy writes its rules.
type ProxyMode string

// The modes of kube-proxy.
const (
	NFTables ProxyMode = "nftables"
	IPTables ProxyMode = "iptables"
)

// Nodes is how many nodes a cluster has.
const Nodes = 2

// DNSAddress is the address of the cluster's DNS, as kubeadm chooses it.
const DNSAddress = "10.96.0.10"

// Options are what a cluster is started with.
type Options struct {
	Number   int    // tells clusters of one sandbox apart; 0 to 40
	Dir      string // for logs and state; it is made
	Programs *build.Programs
	Proxy    ProxyMode      // NFTables when empty
	Player   kubelet.Player // what containers run; CoreDNS needs no player
	Log      *slog.Logger
}

// Cluster is a running cluster.
type Cluster struct {
	Client kubernetes.Interface
	Config *rest.Config

	opts       Options
	kubeconfig string
	closers    []func()
}
