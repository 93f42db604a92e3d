# What people do daily. Each target is one line over `cargo xtask` (see `cargo xtask --help`), which sets up what is missing.

.DEFAULT_GOAL := help
.PHONY: help run dev build test lint bench clean

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

run: ## Build, and serve the demo organisation at http://127.0.0.1:7007
	@cargo xtask run

dev: ## The same, and refresh open pages whenever a file is saved
	@cargo xtask dev

build: ## Build the release binary with its web assets: target/release/callboard
	@cargo xtask build

test: ## Set up what the tests need, and run all of them
	@cargo xtask test

lint: ## Check formatting, lints, licences, import rules, styles, scripts, the plugin for Backstage
	@cargo xtask lint

bench: ## Measure
	@cargo xtask bench

clean: ## Remove everything that was built or fetched
	@rm -rf target .tools end2end/node_modules examples/backstage-plugin/node_modules
