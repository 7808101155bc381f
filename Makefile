# make run    set up, run the article's walkthrough
# make test   set up, run the tests
# make bench  set up, print the benchmarks' ratios
# make fuzz   set up, give damaged files to every command (N=100000 files, SEED=1)
# make docs   set up, build the documentation into site/
# PYTHON=python3.12 make run   with another Python

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; done)

.PHONY: run test bench fuzz docs lint clean

run: $(VENV)/.run
	$(BIN)/tracer run --epochs 1

test: $(VENV)/.test
	$(BIN)/python -m pytest -n auto

bench: $(VENV)/.test
	$(BIN)/python benchmarks/bench.py

# The same seed makes the same files; those that are a finding are kept.
N ?= 100000
SEED ?= 1
fuzz: $(VENV)/.test
	$(BIN)/python tests/fuzz --files $(N) --seed $(SEED)

# Warnings are errors: a broken link, a page that index.md does not list, a command on a page that fails.
docs: $(VENV)/.docs
	@rm -rf site
	$(BIN)/python -m sphinx -W --keep-going --fresh-env --quiet --doctree-dir $(VENV)/doctrees docs site
	@echo "site/index.html"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# What is installed along with tracer, by the name of the file that remembers it.
along.test := [test]
along.dev := [test,dev]
along.docs := [docs]

$(VENV)/.run $(VENV)/.test $(VENV)/.dev $(VENV)/.docs: pyproject.toml | $(BIN)/pip
	@echo "Installing tracer into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".$(along$(@F))" || { \
		echo "The packages could not be installed; see pip's message above (is there a network?)." >&2; exit 1; }
	@touch $@

$(BIN)/pip:
	@if [ -z "$(PYTHON)" ]; then \
		echo "tracer needs Python 3.11 or newer, and $$(python3 --version 2>/dev/null || echo 'no python3') is what make found." >&2; \
		echo "Install one (Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "tracer needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || echo missing)." >&2; \
		echo "Name a newer one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) lacks its venv module; install it (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be made; see above." >&2; exit 1; }

clean:
	rm -rf $(VENV) site
