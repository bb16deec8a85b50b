package deliver

import (
	"slices"
	"testing"
)

func TestLife(t *testing.T) {
	var l life
	for _, at := range []int{0, 2, 5, 5, 6} { // comes, goes, is back and gone at once, is back
		l.turn(at)
	}
	if !slices.Equal(l, life{0, 2, 6}) {
		t.Errorf("the life is %v", l)
	}
	for state, want := range []bool{true, true, false, false, false, false, true, true} {
		if l.at(state) != want {
			t.Errorf("in state %d it is there: %t", state, !want)
		}
	}
	if _, ends := l.end(); ends {
		t.Error("it ends, but it came back for good")
	}
	l.turn(9)
	if end, ends := l.end(); !ends || end != 9 {
		t.Errorf("it ends with state %d (%t), not with 9", end, ends)
	}
}
