# Every target installs what it needs into .venv; nothing but Python 3.11+, pip and make has to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check bench lock clean help

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(VENV)/run.stamp  ## the whole way through on a shipped made-up world, offline
	@$(BIN)/prospekt demo

# bytecode is written even where the environment says no: else each program that is started is compiled anew
test: $(VENV)/dev.stamp  ## the test suite
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n auto --dist loadfile --no-loadscope-reorder

check: $(VENV)/dev.stamp ## lint, format, types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: $(VENV)/bench.stamp ## speed and accuracy against peers, one JSON line a measure
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m bench

lock: $(VENV)/dev.stamp  ## renew the three lock files from pyproject.toml
	@$(BIN)/python -m piptools compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-header --generate-hashes --allow-unsafe --extra build -o requirements.lock pyproject.toml
	@$(BIN)/python -m piptools compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-header --generate-hashes --allow-unsafe --extra build --extra dev -o requirements-dev.lock pyproject.toml
	@$(BIN)/python -m piptools compile -q --strip-extras --no-emit-index-url --no-emit-find-links --no-header --generate-hashes --allow-unsafe --extra build --extra dev --extra bench -c requirements-dev.lock -o requirements-bench.lock pyproject.toml

clean:           ## remove the environment and the demo's data
	rm -rf $(VENV) .demo

# --without-pip and pip --python: Debian's python3 has no ensurepip unless python3-venv is installed.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "prospekt needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing prospekt into $(VENV) (about half a minute, once)" >&2
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing prospekt and its test tools into $(VENV) (about a minute, once)" >&2
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp

$(VENV)/bench.stamp: requirements-bench.lock $(VENV)/dev.stamp
	@echo "Installing the other matchers into $(VENV) (about a minute, once; PyICU, of rigour, is compiled: g++, pkg-config, libicu-dev)" >&2
	@$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	@touch $@
