package kubelet

import (
	"os"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/traffic"
)

// Player says what a container of a pod runs. No image is ever pulled.
type Player func(pod *corev1.Pod, c *corev1.Container) (Program, error)

// Program is what runs in place of an image: a stand-in, or a program of this
// machine.
type Program struct {
	// Standin is what the stand-in plays. Paths in it are those of the container,
	// in which Shared is mounted.
	Standin *traffic.Descriptor
	// Path is a program of this machine, run with the container's command and
	// args as they are, but for the program's own name at their beginning.
	Path string
}

// Shared is the directory of the machine that every container sees at the same
// path: stand-ins keep ledgers and sockets there, tests toggle readiness there.
const Shared = "/run/rehome/shared"

// MakeOpen makes a directory, such as [Shared], that programs of every user may
// write to.
func MakeOpen(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return os.Chmod(dir, 0o777) // whatever the umask is
}

// CommandVariable is where a stand-in finds the command line of the program that
// it stands in for.
const CommandVariable = "REHOME_COMMAND"
