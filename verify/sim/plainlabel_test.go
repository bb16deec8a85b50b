package sim

import (
	"math/rand/v2"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// What is plain at a glance is valid for the library, and means the same.
func TestPlainLabelsAreValid(t *testing.T) {
	const alphabet = "aZ0-_./ :"
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		b := make([]byte, random.IntN(7))
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(b)
	}
	plain := 0
	for range 50_000 {
		set := labels.Set{text(): text()}
		if !plainLabels(set) {
			continue
		}
		plain++
		slow, err := metav1.LabelSelectorAsSelector(&metav1.LabelSelector{MatchLabels: set})
		if err != nil {
			t.Fatalf("%v is taken to be plain: %v", set, err)
		}
		for _, other := range []labels.Set{set, {text(): text()}, nil} {
			if fast := labels.ValidatedSetSelector(set); fast.Matches(other) != slow.Matches(other) {
				t.Fatalf("%v matches %v: %v, and %v for the library", set, other, fast.Matches(other), slow.Matches(other))
			}
		}
	}
	if plain < 500 {
		t.Errorf("only %d of the texts were plain", plain)
	}
}
