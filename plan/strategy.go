package plan

import "slices"

// strategy is one way to move an app: how its callers are led from the old copy
// to the new one. Adding one is a file and a line in strategies.
type strategy struct {
	// applies reports whether it is how an app moves.
	applies func(*App) bool
	// lead makes the items of a wave after which callers of a Service reach the new
	// copy, and returns those that the old copy has to outlast. Of ready, the first
	// is the deployment of the app; the others lead its routes.
	lead func(m *mover, w *Wave, c callee, ready []*item) []*item
}

// strategies lists them in the order in which they are asked. Every app moves in
// one of these ways.
func strategies() []strategy {
	return []strategy{betweenNamespaces(), betweenClusters()}
}

// strategyOf returns the strategy of a move.
func strategyOf(a *App) strategy {
	all := strategies()
	return all[slices.IndexFunc(all, func(s strategy) bool { return s.applies(a) })]
}
