# One command per verb. Each sets up what it needs first: Python 3.11 or newer and git are enough.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
# Only where it may be installed without asking: as root, on Debian and its kin.
JAVA := ([ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -yqq --no-install-recommends openjdk-17-jre-headless)
CHROMIUM := ([ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -yqq --no-install-recommends chromium)
ARGS ?=

.PHONY: demo test lint docs bench clean

demo: $(VENV)/.run  ## An invented theatre from its data to a segment on another platform (ARGS=--no-serve to end by itself)
	$(BIN)/hub demo $(ARGS)

test: lint  ## Everything that must hold
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

lint: $(VENV)/.develop  ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	for plugin in plugins/*/; do $(BIN)/mypy $$plugin || exit 1; done

docs: $(VENV)/.develop  ## The documentation as HTML, in build/docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs build/docs

bench: $(VENV)/.develop  ## What it costs, beside hand-written floors in the same run
	$(BIN)/python -m bench $(ARGS)

clean:  ## Everything that the commands above made
	rm -rf $(VENV) build demo-home .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) .
	touch $@

$(VENV)/.develop: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) '.[dev]'
	command -v java > /dev/null || $(JAVA) || echo "There is no Java 17: the tests of the Spark engine are skipped."
	command -v chromium > /dev/null || command -v google-chrome > /dev/null || $(CHROMIUM) || echo "There is no Chromium: the tests of the pages in a browser are skipped."
	touch $@ $(VENV)/.run
