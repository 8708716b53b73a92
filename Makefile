PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# A file or folder that `contactwire feed` takes; throughput wants a thousand articles of real length.
ARTICLES ?= seeds
# How often `make faults` runs each fault, each time with other articles and moments.
SEEDS ?= 1
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install demo lint format test faults bench clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{printf "make %-9s %s\n", $$1, $$2}'

install: $(STAMP) ## Create .venv with contactwire and its pinned dependencies

# Made again only when the pins or the packaging change.
$(STAMP): requirements/base.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "contactwire needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not there)." >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
		exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/base.txt -r requirements/dev.txt
	$(PIP) install --quiet --no-deps --editable .
	@touch $(STAMP)

demo: install ## Start a broker and a worker, feed seeds/, show contacts and the table
	$(BIN)/contactwire demo

lint: install ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## Bring the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: lint ## Check style and types, then run every test, on a real broker
	$(BIN)/python -m pytest

faults: install ## Run the whole fault matrix under SEEDS seeds and write its table to docs/reliability.md
	FAULT_SEEDS=$(SEEDS) FAULT_TABLE=docs/reliability.md $(BIN)/python -m pytest tests/faults -m "faults or not faults"

bench: install ## Measure latency and throughput, the latter on the wire ARTICLES
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.throughput $(ARTICLES)

clean: ## Remove .venv and what the tools cached here
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache *.egg-info
