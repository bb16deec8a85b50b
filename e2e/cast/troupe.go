package cast

import (
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/rehome-dev/rehome/e2e/kubelet"
)

// Troupe is all players of a cluster, by namespace. The zero value has none.
type Troupe struct {
	mu      sync.Mutex
	players map[string]kubelet.Player
}

// Join gives the pods of some namespaces a player. Two players of one namespace
// are an error: their pods could not be told apart.
func (t *Troupe) Join(p kubelet.Player, namespaces ...string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.players == nil {
		t.players = map[string]kubelet.Player{}
	}
	for _, n := range slices.Sorted(slices.Values(namespaces)) {
		if t.players[n] != nil {
			return fmt.Errorf("namespace %s has a player already", n)
		}
		t.players[n] = p
	}
	return nil
}

// Leave frees namespaces for other players.
func (t *Troupe) Leave(namespaces ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range namespaces {
		delete(t.players, n)
	}
}

// Play asks the player of the pod's namespace.
func (t *Troupe) Play(pod *corev1.Pod, c *corev1.Container) (kubelet.Program, error) {
	t.mu.Lock()
	p := t.players[pod.Namespace]
	t.mu.Unlock()
	if p == nil {
		return kubelet.Program{}, fmt.Errorf("nobody plays the pods of namespace %s", pod.Namespace)
	}
	return p(pod, c)
}
