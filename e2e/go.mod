module github.com/rehome-dev/rehome/e2e

go 1.26.0

replace github.com/rehome-dev/rehome => ../

require (
	golang.org/x/net v0.62.0
	golang.org/x/sys v0.49.0
)
