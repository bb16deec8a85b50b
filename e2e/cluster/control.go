package cluster

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// apiPort is where the API server listens.
const apiPort = "6443"

// startControl starts the control plane and waits until it answers.
func (c *Cluster) startControl(ctx context.Context) error {
	if err := c.keys(); err != nil {
		return err
	}
	if err := c.startStore(); err != nil {
		return err
	}
	if err := c.startAPI(); err != nil {
		return err
	}
	if err := c.connectClient(); err != nil {
		return err
	}
	if err := c.await(ctx, "the API server", time.Minute, func(ctx context.Context) error {
		return c.Client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	}); err != nil {
		return err
	}
	return c.startControllers()
}

// keys makes the certificates.
func (c *Cluster) keys() error {
	a, err := newAuthority(filepath.Join(c.opts.Dir, "pki"))
	if err != nil {
		return err
	}
	addresses := []net.IP{net.ParseIP("10.96.0.1"), net.IP(c.plan.control().AsSlice())}
	names := []string{"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}
	if err := a.server("apiserver", addresses, names); err != nil {
		return err
	}
	c.pki = a
	return a.client("admin", "system:masters")
}

func (c *Cluster) startStore() error {
	client, peer := c.storeURL(0), c.storeURL(1)
	return c.procs.start("etcd", nil, c.opts.Programs.Kube, "etcd",
		"--data-dir="+filepath.Join(c.opts.Dir, "etcd"), "--listen-client-url="+client, "--listen-peer-url="+peer)
}

// storeURL is the nth address of etcd.
func (c *Cluster) storeURL(n int) string {
	return "http://127.0.0.1:" + strconv.Itoa(2379+2*c.opts.Number+n)
}

func (c *Cluster) startAPI() error {
	address := c.plan.control().String()
	return c.procs.start("kube-apiserver", nil, c.opts.Programs.Kube, "kube-apiserver",
		"--etcd-servers="+c.storeURL(0),
		"--bind-address="+address, "--advertise-address="+address, "--secure-port="+apiPort,
		"--tls-cert-file="+c.pki.path("apiserver.crt"), "--tls-private-key-file="+c.pki.path("apiserver.key"),
		"--client-ca-file="+c.pki.path(caFile),
		"--service-account-key-file="+c.pki.path(accountKeyFile), "--service-account-signing-key-file="+c.pki.path(accountKeyFile),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-cluster-ip-range="+serviceRange,
		"--authorization-mode=Node,RBAC", "--allow-privileged=true",
	)
}

func (c *Cluster) startControllers() error {
	err := c.procs.start("kube-controller-manager", nil, c.opts.Programs.Kube, "kube-controller-manager",
		"--kubeconfig="+c.kubeconfig, "--secure-port=0", "--leader-elect=false",
		"--service-account-private-key-file="+c.pki.path(accountKeyFile), "--root-ca-file="+c.pki.path(caFile),
		"--cluster-cidr="+c.plan.allPods().String(), "--allocate-node-cidrs=false",
		"--use-service-account-credentials=true",
	)
	if err != nil {
		return err
	}
	return c.procs.start("kube-scheduler", nil, c.opts.Programs.Kube, "kube-scheduler",
		"--kubeconfig="+c.kubeconfig, "--secure-port=0", "--leader-elect=false")
}

// connectClient writes the kubeconfig and makes the client of it.
func (c *Cluster) connectClient() error {
	k := clientcmdapi.NewConfig()
	k.Clusters["e2e"] = &clientcmdapi.Cluster{Server: "https://" + net.JoinHostPort(c.plan.control().String(), apiPort), CertificateAuthority: c.pki.path(caFile)}
	k.AuthInfos["admin"] = &clientcmdapi.AuthInfo{ClientCertificate: c.pki.path("admin.crt"), ClientKey: c.pki.path("admin.key")}
	k.Contexts["e2e"] = &clientcmdapi.Context{Cluster: "e2e", AuthInfo: "admin"}
	k.CurrentContext = "e2e"
	c.kubeconfig = filepath.Join(c.opts.Dir, "kubeconfig")
	if err := clientcmd.WriteToFile(*k, c.kubeconfig); err != nil {
		return err
	}
	var err error
	if c.Config, err = clientcmd.BuildConfigFromFlags("", c.kubeconfig); err != nil {
		return err
	}
	c.Config.QPS, c.Config.Burst = 200, 400
	c.Client, err = kubernetes.NewForConfig(c.Config)
	return err
}

// await asks until there is no error, a program died, or a time is over.
func (c *Cluster) await(ctx context.Context, what string, patience time.Duration, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		if died := c.procs.err(); died != nil {
			return died
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready after %s: %w", what, patience, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
