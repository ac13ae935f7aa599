# The commands of the project. `make up` needs only Python 3.11 or newer with venv, and a package registry.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,$(shell \
	$(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
UV := $(BIN)/python deploy_ui/registry.py
INSTALLED := $(VENV)/.installed
COMPILED := $(VENV)/.compiled
SOURCES := $(shell find deploy_ui -name '*.py')
GATES := $(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

.PHONY: help up test test-faults lint bench lock install pages browser prometheus

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: pages $(COMPILED) ## Install what is missing, and start everything on this machine until Ctrl-C
	@exec $(BIN)/deploy-ui up $(if $(KEEP_INSTANCES),--keep-instances)

test: pages browser prometheus $(COMPILED) ## Run every gate and every test but the faults
	@$(GATES)
	@$(BIN)/python -m pytest $(ARGS)

test-faults: pages $(COMPILED) ## Kill and starve every part of the whole product (minutes; alone on the machine)
	@$(BIN)/python -m pytest -m faults $(ARGS) tests/faults

lint: install ## Run the gates without the tests
	@$(GATES)

bench: pages $(COMPILED) ## Run the benchmarks; they print what they measured
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py); done

lock: install ## Resolve the dependencies anew into requirements.lock
	@$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--quiet --group dev pyproject.toml -o requirements.lock $(ARGS)

install: $(INSTALLED)

# Of the lock, the one requirement that installs all the others.
$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Deploy UI needs Python 3.11 or newer, and found none. Install it, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Deploy UI needs Python 3.11 or newer; $(PYTHON) is older or missing."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module. Install it (Debian, Ubuntu: apt-get install python3-venv)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	@$(UV) pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

# Once for all parts: they start at the same moment, and some environments forbid Python to keep what it compiled.
$(COMPILED): $(INSTALLED) $(SOURCES)
	@$(BIN)/python -m compileall -q deploy_ui
	@touch $@

pages: install
	@$(BIN)/python -m deploy_ui.build_pages

# One that is on the machine; else Debian's, where we may install; else Playwright's own.
browser: install
	@command -v chromium chromium-browser google-chrome google-chrome-stable > /dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y chromium > /dev/null && exit 0; \
	fi; \
	$(BIN)/playwright install chromium

# One that is on the machine; else Debian's, of which we take the programs alone: its package would start a service.
prometheus: install
	@command -v prometheus promtool > /dev/null && exit 0; test -x $(BIN)/promtool && exit 0; \
	command -v apt-get dpkg-deb > /dev/null || { echo "There is no Prometheus, and no way to get one: tests that need it are skipped."; exit 0; }; \
	test "$$(id -u)" != 0 || apt-get -qq update; \
	cd $(VENV) && apt-get -qq download prometheus && dpkg-deb -x prometheus_*.deb prometheus && mv prometheus/usr/bin/prom* bin/ \
		|| echo "Prometheus could not be fetched: tests that need it are skipped."; \
	rm -rf prometheus prometheus_*.deb
