# Every target sets up what it needs in .venv first; a second call finds it there and starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
RECIPE := pyproject.toml constraints.txt gridworld_env/version.py
SLOWEST := --durations=15 --durations-min=1.0

# Tests start many interpreters, each of which would have to compile every module of the project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-shown test-slow test-bounds lint format types api check docs bench bench-quick optimum figures clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python $(RECIPE)
	@echo "setting up $(VENV) ..."
	@$(PIP) "pip>=25.1" # the first that reads [dependency-groups]
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-sb3: $(VENV)/.installed
	@echo "adding Stable-Baselines3 and what a report needs to $(VENV): with torch, about 2 GB on disk ..."
	@$(PIP) -e ".[report,sb3]"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "adding what development needs to $(VENV) ..."
	@$(PIP) -e ".[dask,minari,plot,report,sb3,tensorboard,yaml]" --group dev
	@touch $@

demo: $(VENV)/.installed-sb3  ## compare four agents with the exact optimum, in about a minute; runs/demo/report.html
	@$(BIN)/python examples/demo.py

test: $(VENV)/.installed-dev  ## the fast tests
	$(BIN)/python -m pytest -n auto --dist worksteal $(SLOWEST)

test-shown: $(VENV)/.installed-dev  ## the tests of what people see: pages, examples, published figures, windows, recordings, reports
	$(BIN)/python -m pytest -n auto --dist worksteal $(SLOWEST) -m "shown and not slow"

test-slow: $(VENV)/.installed-dev  ## all tests, the slow ones too
	$(BIN)/python -m pytest -n auto -m "not alone"
	$(BIN)/python -m pytest -m alone

test-bounds: $(VENV)/.installed-dev  ## the compiled code once more, with its indices checked
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=$(VENV)/numba-bounds $(BIN)/python -m pytest -n auto \
		tests/gridworld_env tests/gridworld_agents

lint: $(VENV)/.installed-dev  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.installed-dev  ## mend the style where that can be done by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev  ## static types
	$(BIN)/mypy

api: $(BIN)/python  ## what follows from public names: lazy tables, type stubs, docs/api.txt
	$(BIN)/python docs/generator/api.py

check: lint types test  ## what a change has to pass

$(VENV)/.installed-docs: $(VENV)/.installed
	@echo "adding what the documentation needs to $(VENV) ..."
	@$(PIP) -e ".[sb3]" --group docs
	@touch $@

docs: $(VENV)/.installed-docs  ## the documentation as web pages, in build/docs/html
	$(BIN)/python docs/generator/make.py

bench: $(VENV)/.installed-dev  ## measure beside the peers, each in an environment of its own under .bench; store it
	$(BIN)/python benchmarks/run_all.py --store

bench-quick: $(VENV)/.installed-dev  ## a look at the same within three minutes; stores nothing
	$(BIN)/python benchmarks/run_all.py --quick

optimum: $(VENV)/.installed  ## measure the steps to the optimum of every tabular agent; writes docs/steps-to-optimum.md
	$(BIN)/python benchmarks/steps_to_optimum.py

figures: $(VENV)/.installed-dev  ## published figures, recomputed: pictures in runs/figures; writes docs/reproduced.md
	$(BIN)/python examples/figures/all.py --out runs/figures --page docs/reproduced.md

clean:  ## remove everything that was made here
	rm -rf $(VENV) .bench .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
