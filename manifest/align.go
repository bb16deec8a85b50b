package manifest

// pair is an item of two sequences: its position before and after, -1 where it
// is not in one of them.
type pair struct{ old, new int }

// align says which items of two sequences are the same. Items that are
// identical nodes are; between those, items are the same by their order, and
// what is left over is removed or added.
func align(before, after []*Node) []pair {
	pairs := make([]pair, 0, max(len(before), len(after)))
	i, j := 0, 0
	for _, same := range identical(before, after) {
		pairs = appendGap(pairs, i, same.old, j, same.new)
		pairs = append(pairs, same)
		i, j = same.old+1, same.new+1
	}
	return appendGap(pairs, i, len(before), j, len(after))
}

// appendGap pairs the items of two ranges in their order.
func appendGap(pairs []pair, i, oldEnd, j, newEnd int) []pair {
	for ; i < oldEnd && j < newEnd; i, j = i+1, j+1 {
		pairs = append(pairs, pair{i, j})
	}
	for ; i < oldEnd; i++ {
		pairs = append(pairs, pair{i, -1})
	}
	for ; j < newEnd; j++ {
		pairs = append(pairs, pair{-1, j})
	}
	return pairs
}

// identical returns the items that are the same nodes in the same order.
func identical(before, after []*Node) []pair {
	var pairs []pair
	start := 0
	for start < len(before) && start < len(after) && before[start] == after[start] {
		pairs = append(pairs, pair{start, start})
		start++
	}
	if start == len(before) || start == len(after) {
		return pairs
	}
	places := make(map[*Node]int, len(after)-start)
	for j := len(after) - 1; j >= start; j-- {
		places[after[j]] = j
	}
	next := start
	for i := start; i < len(before); i++ {
		if j, ok := places[before[i]]; ok && j >= next {
			pairs = append(pairs, pair{i, j})
			next = j + 1
		}
	}
	return pairs
}
