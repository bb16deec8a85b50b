# What can be done with this tree: make help.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

GO ?= go
# Tools are pinned in modules of their own, so that rehome depends on none of them.
LINT := $(GO) tool -modfile=tools/lint/go.mod golangci-lint
VALIDATE := $(GO) tool -modfile=tools/validate/go.mod kubectl-validate

# How long each fuzz target runs in make fuzz.
FUZZTIME ?= 10s
# How many apps the benchmarks take.
N ?= 100,1000

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/rehome
	$(GO) build -trimpath -o bin/rehome ./cmd/rehome

# -count=1: some tests ask git, go list or haproxy, which the test cache does
# not see change.
.PHONY: test
test: ## Run all tests
	$(GO) test -count=1 ./...

.PHONY: lint
lint: ## Run the linters
	$(LINT) run ./...

.PHONY: fmt
fmt: ## Format the Go files as the linter wants them
	$(LINT) fmt ./...

.PHONY: generate
generate: ## Write again everything that is generated from code
	$(GO) generate ./...
	for plan in examples/*/migration*.yaml; do \
	  out="$${plan%.yaml}"; out="$${plan%/*}/out$${out##*/migration}"; \
	  $(GO) run ./cmd/rehome render -q "$$plan" -o "$$out" || exit 1; \
	done

.PHONY: golden
golden: ## Record the goldens again; what fails schema validation or kustomize build is refused
	$(GO) run ./internal/golden/cmd -validate '$(VALIDATE)' -crds tools/validate/crds

.PHONY: decode
decode: ## Decode the recorded custom resources with the Go types of their controllers
	cd tools/decode && $(GO) test -count=1 ./...

.PHONY: validate
validate: ## Check the recorded goldens and the examples' output without recording
	$(GO) run ./internal/golden/cmd -validate '$(VALIDATE)' -crds tools/validate/crds -check

.PHONY: browser
browser: ## Click through the examples' reports in a headless Chromium; SCREENSHOTS=DIR keeps what it saw
	cd tools/browser && $(GO) test -count=1 ./...

.PHONY: tidy
tidy: ## Check that go.mod and go.sum hold what is needed and no more
	$(GO) mod tidy -diff
	cd e2e && $(GO) mod tidy -diff

# What the work tree differs by from the last commit, files unknown to git included.
worktree = git diff --binary HEAD; git ls-files -z --others --exclude-standard | xargs -0 -r sha256sum

.PHONY: no-diff
no-diff: ## Check that generating changes nothing
	@before=$$($(worktree)); $(MAKE) generate; after=$$($(worktree)); \
	  [ "$$before" = "$$after" ] || { git status --short >&2; echo 'make generate changed files: commit what it wrote' >&2; exit 1; }

.PHONY: check
check: test lint tidy validate decode no-diff ## Everything that must hold before a change is committed

.PHONY: bench
bench: ## Compare with the copy bound and the kustomize API in one run (N=100,1000,10000 for all)
	$(GO) run ./bench -n $(N)

# The file that a run of make e2e writes its measurements to, if any.
MEASURED ?=

.PHONY: e2e
e2e: e2e-packages ## Walk rendered migrations through real clusters (MEASURED=docs/measured.md writes the table)
	cd e2e && $(GO) run ./cmd/programs
	cd e2e && REHOME_E2E_MEASURED=$(if $(MEASURED),$(abspath $(MEASURED))) \
	  $(GO) test -count=1 -parallel 6 -timeout 40m ./...

.PHONY: e2e-packages
e2e-packages: ## Install the Debian packages that make e2e uses, or say what is missing
	@e2e/packages.sh

.PHONY: lint-e2e
lint-e2e: ## Run the linters on the end-to-end tests
	cd e2e && $(GO) tool -modfile=../tools/lint/go.mod golangci-lint run --config ../.golangci.yml ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME
	@$(GO) list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.Dir}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$p.Dir}}/{{.}}{{"\n"}}{{end}}' ./... | \
	  { xargs -r grep -H -o -E '^func Fuzz[A-Za-z0-9_]+' || true; } | \
	  while IFS=: read -r file func; do \
	    name=$${func#func }; \
	    echo "== $$name in $${file#$(CURDIR)/}"; \
	    $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" </dev/null; \
	  done

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin dist out
