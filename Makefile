# `make` lists what there is to ask for.

BUILD_PACKAGES := libcurl4-openssl-dev libsqlite3-dev pkg-config zlib1g-dev
TEST_PACKAGES  := $(BUILD_PACKAGES) chromium chromium-driver collectd-core curl g++ gcc openssl netdata-core openssh-client openssh-server \
                  fish prometheus prometheus-pushgateway python3 python3-venv socat sqlite3 systemd tcsh

SWIFT_FLAGS := --explicit-target-dependency-import-check error
FORMATTED   := $(wildcard Package.swift Sources Plugins Tests Examples Benchmarks)
VENV        := .build/venv
# Tests of whole processes and of other people's libraries: no place for a sanitizer.
NOT_SANITIZED := --skip AgentTests --skip PluginConformanceTests --skip TestSupportTests
CONFIG      ?= config.example.json
# Many tests start processes: more at a time than there are cores to feed would only wait for each other.
TESTS_AT_ONCE ?= 8

.DEFAULT_GOAL := help
.PHONY: help build run demo test lint format bench sanitize clean build-packages test-packages toolchain

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: toolchain build-packages ## Build the agent and its plugins, optimised
	swift build -c release $(SWIFT_FLAGS)

run: build ## Build, then run the agent in the foreground (CONFIG=FILE for another configuration)
	exec .build/release/agent run --config $(CONFIG)

demo: ## Show what trouble looks like, at the agent that make run has started
	CONFIG=$(CONFIG) Examples/demo/demo.sh

test: toolchain test-packages lint $(VENV)/installed ## Check everything: style, layers, headers, tests
	swift build --build-tests $(SWIFT_FLAGS)
	.ci/check-examples .build/debug/agent
	.ci/test $(TESTS_AT_ONCE)
	@echo "make test: lint, headers, layers, build and tests passed."

lint: toolchain ## Check formatting, layers, the headers of the plugin ABI and the pages
	swift format lint --strict --parallel --recursive $(FORMATTED)
	.ci/check-layers
	.ci/check-headers
	.ci/check-guide
	.ci/check-docs

format: toolchain ## Format the Swift sources in place
	swift format --in-place --parallel --recursive $(FORMATTED)

bench: export BENCHMARKS := 1
bench: export BENCHMARK_DISABLE_JEMALLOC := 1
bench: toolchain build-packages ## Measure (ARGS='--filter NAME' to measure less)
	swift build -c release --product Prometheus
	swift build -c release --product StatsD
	swift package --disable-sandbox benchmark $(ARGS)

sanitize: toolchain test-packages $(VENV)/installed ## Run the unit tests under the address and thread sanitizers
	swift test --disable-xctest --sanitize address --scratch-path .build/address $(NOT_SANITIZED)
	TSAN_OPTIONS=suppressions=$(CURDIR)/.ci/thread-sanitizer.supp \
		swift test --disable-xctest --sanitize thread --scratch-path .build/thread $(NOT_SANITIZED)

clean: ## Remove everything that was built
	rm -rf .build

toolchain:
	@.ci/require-swift

build-packages:
	@.ci/install-packages $(BUILD_PACKAGES)

test-packages:
	@.ci/install-packages $(TEST_PACKAGES)

# Clients written by others, to talk to the agent in tests.
$(VENV)/installed: Tests/Support/requirements.txt | test-packages
	python3 -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@
