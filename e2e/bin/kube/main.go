// Command kube is a Kubernetes release in one program: etcd, kube-apiserver,
// kube-controller-manager, kube-scheduler, kube-proxy and kubectl, chosen by the
// first argument. Nothing of it is changed; it is a module of its own, so that it
// is built from the very versions that the release was built from.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"          // as in the release's own main packages
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // likewise
	_ "k8s.io/component-base/metrics/prometheus/version"  // likewise
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: kube etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kube-proxy|kubectl ...")
		os.Exit(2)
	}
	// Each program reads os.Args as if it were called by its own name.
	os.Args = os.Args[1:]
	switch os.Args[0] {
	case "etcd":
		os.Exit(etcd(os.Args[1:]))
	case "kubectl":
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err) // exits as kubectl does
		}
	default:
		os.Exit(component(os.Args[0]))
	}
}

// component runs one of the long-running programs and returns its exit code.
func component(name string) int {
	var cmd *cobra.Command
	switch name {
	case "kube-apiserver":
		cmd = apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		cmd = controllers.NewControllerManagerCommand()
	case "kube-scheduler":
		cmd = scheduler.NewSchedulerCommand()
	case "kube-proxy":
		cmd = proxy.NewProxyCommand()
	default:
		fmt.Fprintf(os.Stderr, "kube: no program is called %q\n", name)
		return 2
	}
	return cli.Run(cmd)
}
