# "make demo" and "make test" do all the set-up themselves.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help venv browser demo test features proof test-long layers lint format types bench translations modules clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(VENV)/ready: setup.cfg pyproject.toml tools/prepare-venv
	@tools/prepare-venv $(VENV)
	@touch $@

$(VENV)/ready-%: $(VENV)/ready
	@tools/prepare-venv $(VENV) $*
	@touch $@

venv: $(VENV)/ready-test  ## the virtual environment: Cabang and what its tests need

browser:
	@tools/prepare-browser

demo: $(VENV)/ready  ## a hub and two branches with sample data, and the story of a cut line
	@$(BIN)/cabang demo

test: venv browser  ## the ordinary tests, journeys and browser included
	@rm -rf .cache/rows
	$(PYTEST) -n 4 --dist loadfile -m "not proof and not long"
	@$(BIN)/python tests/check_features.py

features:  ## is every row of docs/FEATURES.md proved by the last "make test"?
	@$(BIN)/python tests/check_features.py

proof: venv browser  ## the claims that need minutes
	$(PYTEST) -n 2 --dist load -m "proof and not long"

test-long: venv browser  ## the claims that need hours
	$(PYTEST) -m long --timeout 0

layers: venv  ## do imports run one way?
	$(PYTEST) tests/test_layers.py

lint: $(VENV)/ready-dev  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/ready-dev  ## puts the style right where a program can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: venv $(VENV)/ready-dev  ## type annotations
	$(BIN)/mypy

bench: $(VENV)/ready  ## the speed figures, as ratios
	@$(BIN)/cabang bench

translations: $(VENV)/ready  ## compiles the Indonesian sentences and names the missing ones
	@$(BIN)/python -m ui.translations_build

modules: $(VENV)/ready  ## writes the module table of ARCHITECTURE.md and the list of tables in docs/PROTOCOL.md
	@$(BIN)/python tools/modules.py
	@$(BIN)/python tools/tables.py

clean:  ## all that was made here, but no data of yours
	rm -rf .venv .ci-venv .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find ui -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
