# `make` says what there is. Needs node with npm; brings its own Deno.

DENO_VERSION := 2.9.6

# Always the pinned Deno, so that format, lint and lock file are the same everywhere; DENO=/path/to/deno uses another.
OWN_DENO := .tools/runtimes/deno-$(DENO_VERSION)/deno
DENO ?= $(OWN_DENO)

# What is downloaded stays in .tools: an empty, missing or read-only HOME is no obstacle, a second run needs no network.
export DENO_DIR := $(CURDIR)/.tools/deno-cache
export DENO_NO_UPDATE_CHECK := 1
# The system's certificates too, for Deno and for npm: behind a company's proxy the built-in ones do not do.
export DENO_TLS_CA_STORE ?= mozilla,system
export NODE_EXTRA_CA_CERTS ?= $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))

# MATRIX=all: the tests on every runtime; ONLY=text: those with this in their name; WITH=deno: the executable is made by
# deno compile, where its base runtime can be had from deno.land. The releases are made on Node.
MATRIX ?=
ONLY ?=
WITH ?=
export MATRIX

SOURCES := $(shell find src 2>/dev/null)

# The names of files in dist; the version stands in deno.json only.
VERSION := $(shell sed -n 's/^ *"version": "\(.*\)",/\1/p' deno.json)
PACKAGE := dist/profsrv-$(VERSION).tgz
EXECUTABLES := $(addprefix dist/profsrv-,linux-x64 linux-arm64 darwin-x64 darwin-arm64 win32-x64.exe)
EXECUTABLE_SOURCES := $(addprefix build/,compile.ts single_executable.ts node_base.ts strip_elf.ts sign_macho.ts \
  runtimes.ts npm_binary.ts)

.PHONY: help build package executables release demo screenshots test table ok check unit fmt bench foreign soak clean distclean FORCE
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: dist/profsrv ## dist/profsrv.mjs and the executable dist/profsrv, on the Node that the releases are made on (WITH=deno: by deno compile)

package: $(PACKAGE) ## the npm package, dist/profsrv-<version>.tgz

release: package $(EXECUTABLES) ## dist/release: the executable for each system, archives, SHA256SUMS, SBOM
	@$(DENO) run -A build/release.ts

executables: $(EXECUTABLES)

demo: build ## profile a small server and show what was found
	@$(DENO) run -A build/demo.ts

screenshots: build ## pictures of every page of profsrv view, of a run of the demo, in dist/screenshots; the README's in docs/images
	@$(DENO) run -A build/screenshots.ts

test: build package $(if $(MATRIX),release) ## the tests, on the node and deno at hand, in some minutes (MATRIX=all: all, on every supported version)
	@$(DENO) run -A build/test.ts unit e2e $(if $(ONLY),-- --filter "$(ONLY)")

table: build ## docs/compatibility.md and docs/traces.md, by the tests that show what works on which runtime, and what can be seen there
	@MATRIX=all $(DENO) run -A build/test.ts table

ok: check unit ## what must hold before a commit: check and the unit tests

check: node_modules/.installed ## format, lint, types
	@echo "checking format" && $(DENO) fmt --check
	@echo "checking lint" && $(DENO) lint --quiet
	@echo "checking types" && $(DENO) check --quiet src build test && \
	$(DENO) run -A node_modules/typescript/bin/tsc -p .

unit: node_modules/.installed ## the tests that start no server: import directions, house rules, everything pure
	@$(DENO) run -A build/test.ts unit $(if $(ONLY),-- --filter "$(ONLY)")

fmt: $(filter $(OWN_DENO),$(DENO)) ## format the sources
	@$(DENO) fmt --quiet

bench: build ## all measurements; ONLY=cost: one of test/bench; ARGS="--server express": its options
	@for file in test/bench/$(or $(ONLY),*).ts; do MATRIX=all $(DENO) run -A $$file $(ARGS) || exit 1; done

foreign: build ## test suites of others, with profsrv and without: both counts (ONLY=koa NODE=/path/to/node)
	@ONLY="$(ONLY)" NODE="$(NODE)" $(DENO) run -A test/foreign/run.ts

soak: build ## 20 minutes (SECONDS=60: one): requests, idle sockets, servers that come and go: memory, and each request in the index once
	@$(DENO) run -A test/soak/soak.ts $(or $(SECONDS),1200)

clean: ## remove what was built
	rm -rf dist

distclean: clean ## remove what was downloaded, too
	rm -rf .tools node_modules

# Two makes may do this at once: each downloads into its own directory, the last to rename wins.
$(OWN_DENO):
	@echo "downloading Deno $(DENO_VERSION) from npm into .tools (once)"
	@mkdir -p $(@D) && into=$$(mktemp -d .tools/download-XXXXXX) && \
	trap 'rm -rf "$$into"' EXIT && \
	npm install --prefix "$$into" --cache "$$into/cache" --no-save --no-package-lock --no-audit --no-fund \
	  --no-update-notifier --ignore-scripts --loglevel=error "deno@$(DENO_VERSION)" >/dev/null && \
	mv -f "$$into"/node_modules/@deno/*/deno $@

node_modules/.installed: deno.json deno.lock $(filter $(OWN_DENO),$(DENO))
	@echo "installing dependencies into node_modules"
	@$(DENO) install --quiet && touch $@

dist/profsrv.mjs: $(SOURCES) build/bundle.ts build/bundling.ts build/bundled_packages.ts node_modules/.installed
	@$(DENO) run -A build/bundle.ts
	@touch $@

$(PACKAGE): dist/profsrv.mjs build/package.ts build/man_page.ts build/bundled_packages.ts build/inside_speedscope.ts \
  build/speedscope_licences.txt README.md LICENSE
	@$(DENO) run -A build/package.ts
	@touch $@

dist/profsrv: dist/profsrv.mjs dist/.with $(EXECUTABLE_SOURCES)
	@$(DENO) run -A build/compile.ts $(if $(WITH),--with $(WITH))
	@touch $@

$(EXECUTABLES): dist/profsrv-%: dist/profsrv.mjs $(EXECUTABLE_SOURCES)
	@$(DENO) run -A build/compile.ts --for $(basename $*)
	@touch $@

dist/.with: FORCE
	@mkdir -p dist && (echo "$(WITH)" | cmp -s - $@ || echo "$(WITH)" >$@)
