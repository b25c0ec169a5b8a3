# What a person types here; `make` lists it. PYTHON picks the interpreter, ARGS goes to the command that a target runs.
PYTHON ?= python3
UV ?= uv
ARGS ?=
BIN := .venv/bin
CORPUS := tests/corpus/dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(UV) pip compile --universal --generate-hashes --no-emit-index-url --no-annotate --no-header \
	--python-version 3.11 --quiet
.DEFAULT_GOAL := help
.PHONY: help venv demo test needs check lint types bench corpus mutation letters lock clean
.NOTPARALLEL: # what a target needs is made in the order in which it is named

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.demo ## see the service at work on sample mails (ARGS=--stay: look in with your own mail client)
	@$(BIN)/mailflow demo $(ARGS)

venv: .venv/.test ## make .venv with everything that development needs

test: needs .venv/.test .venv/.wheels ## run every check and every test (installs the servers that they need; ARGS="-k words")
	@status=0; $(MAKE) --no-print-directory --keep-going check || status=$$?; $(BIN)/pytest -n auto $(ARGS) && exit $$status

needs:
	@PYTHON='$(PYTHON)' scripts/test-needs.sh

check: lint types ## run what needs no server: style, layers, types

lint: .venv/.test ## style (ruff) and layers (import-linter)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports >.venv/.imports || { cat .venv/.imports; exit 1; }

types: .venv/.test ## types (mypy, strict)
	@$(BIN)/mypy

bench: needs .venv/.test ## measure beside the yardsticks; prints a table
	@$(BIN)/python -m bench $(ARGS)

corpus: .venv/.test ## score the reading against the sample mails (ARGS="--misses 20": say what is missed)
	@mkdir -p build
	@$(BIN)/mailflow read --orders $(CORPUS)/orders.csv --parties $(CORPUS)/parties.yaml $(CORPUS)/mail >build/corpus.jsonl
	@$(BIN)/python tests/corpus/score.py $(CORPUS)/gold.jsonl build/corpus.jsonl $(ARGS)

mutation: .venv/.test .venv/.mutation ## change the reading in small ways and count what the tests notice (ARGS="--sample 300 --seed 1")
	@$(BIN)/python scripts/mutation.py $(ARGS)

letters: .venv/.demo ## write every letter in every language into one page, build/letters/index.html
	@$(BIN)/python scripts/letters_gallery $(ARGS)

lock: ## pin every dependency again, with hashes (needs uv; ARGS=--upgrade: newer ones)
	$(LOCK) pyproject.toml -o requirements/runtime.txt $(ARGS)
	$(LOCK) pyproject.toml --extra demo -o requirements/demo.txt $(ARGS)
	$(LOCK) pyproject.toml --extra demo --extra test -o requirements/test.txt $(ARGS)
	$(LOCK) pyproject.toml --extra demo --extra test --extra mutation -o requirements/mutation.txt $(ARGS)
	echo 'hatchling>=1.27' | $(LOCK) - -o requirements/build.txt $(ARGS)

clean: ## remove what was made here
	rm -rf .venv dist build demo-out bench-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "mailflow needs Python 3.11 or newer; '$(PYTHON)' is not. Name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv;" \
			"for a Python that is not the system's own, the package of that version, such as python3.12-venv." >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@

# demo or test: the pinned packages first, then this one without its dependencies.
.venv/.demo .venv/.test .venv/.mutation: .venv/.%: .venv/.made requirements/build.txt requirements/%.txt pyproject.toml
	@echo "Installing requirements/$*.txt into .venv …"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/$*.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# What an image would fetch: the trial of the deployment installs from here, so that tests need no network.
.venv/.wheels: .venv/.test requirements/build.txt requirements/runtime.txt
	@rm -rf .venv/wheels
	@$(PIP) download --only-binary :all: --require-hashes -r requirements/build.txt -r requirements/runtime.txt -d .venv/wheels
	@touch $@
