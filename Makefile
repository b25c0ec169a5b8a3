# What a person types here; `make` lists it. PYTHON picks the interpreter, ARGS goes to the command that a target runs.
PYTHON ?= python3
UV ?= uv
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(UV) pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.11 --quiet
.DEFAULT_GOAL := help
.PHONY: help venv demo test check lint types bench lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.demo ## see the service at work on sample mails (ARGS=--stay: look in with your own mail client)
	@$(BIN)/mailflow demo $(ARGS)

venv: .venv/.test ## make .venv with everything that development needs

test: .venv/.test ## run every check and every test (installs the servers that they need; ARGS="-k words")
	@scripts/test-needs.sh
	@status=0; $(MAKE) --no-print-directory --keep-going check || status=$$?; $(BIN)/pytest -n auto $(ARGS) && exit $$status

check: lint types ## run what needs no server: style, layers, types

lint: .venv/.test ## style (ruff) and layers (import-linter)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-timing >.venv/.imports || { cat .venv/.imports; exit 1; }

types: .venv/.test ## types (mypy, strict)
	@$(BIN)/mypy

bench: .venv/.test ## measure beside the yardsticks; prints a table
	@scripts/test-needs.sh
	@$(BIN)/python -m bench $(ARGS)

lock: ## pin every dependency again, with hashes (needs uv; ARGS=--upgrade: newer ones)
	$(LOCK) pyproject.toml -o requirements/runtime.txt $(ARGS)
	$(LOCK) pyproject.toml --extra demo -o requirements/demo.txt $(ARGS)
	$(LOCK) pyproject.toml --extra demo --extra test -o requirements/test.txt $(ARGS)
	echo 'hatchling>=1.27' | $(LOCK) - -o requirements/build.txt $(ARGS)

clean: ## remove what was made here
	rm -rf .venv dist build demo-out bench-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mailflow needs Python 3.11 or newer; '$(PYTHON)' is not. Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

# demo or test: the pinned packages first, then this one without its dependencies.
.venv/.demo .venv/.test: .venv/.%: .venv/.made requirements/build.txt requirements/%.txt pyproject.toml
	@echo "Installing requirements/$*.txt into .venv …"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/$*.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
