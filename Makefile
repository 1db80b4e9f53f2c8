# Everything starts here; needs Python >= 3.11 with venv, and make. `make help` lists the targets.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
HUB := var

export PIP_ROOT_USER_ACTION = ignore

.DEFAULT_GOAL := help
.PHONY: help install install-dev run demo test check bench faults format audit lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

install: $(VENV)/.installed  ## .venv with the `axis` command in it, from hash-pinned lock files

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "venv is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# The stamps are younger than what they were made from; touching a lock file installs again.
$(VENV)/.locked: requirements.txt requirements-build.txt | $(BIN)/python
	@echo "Installing the run-time libraries ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --require-hashes -r requirements-build.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/.locked
	@echo "Installing the development tools ..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

install-dev: $(VENV)/.installed $(VENV)/.installed-dev  ## the same, with what tests and checks need

run: install  ## a development hub on 127.0.0.1:8080, its state in var/
	@test -e $(HUB)/axis.toml || $(BIN)/axis init $(HUB) --demo
	@$(BIN)/axis serve --config $(HUB)/axis.toml

# PROFILE=production: the same on a private PostgreSQL and RabbitMQ, which it starts and stops.
demo: $(if $(filter production,$(PROFILE)),install-dev,install)  ## exchange real signed packages on a throw-away hub; also PROFILE=production
ifeq ($(PROFILE),production)
	@$(BIN)/python -m tests.services $(BIN)/axis demo --database-url {postgresql} --broker-url {rabbitmq} $(ARGS)
else
	@$(BIN)/axis demo $(ARGS)
endif

# Tests of one module stay on one worker: its hub is started once. Much of their time is waiting for servers, hence four on two cores.
# In the order of the folders the long ones (faults, integration) begin early, and the many short ones fill what is left.
test: install-dev  ## all tests
	@.ci/install-test-packages
	@$(BIN)/python -m pytest --numprocesses 4 --dist loadscope --no-loadscope-reorder $(ARGS)

CHECKS := check-format check-lint check-types check-imports check-dependencies check-image
.PHONY: $(CHECKS)
check: $(CHECKS)  ## format, lint, types, import contracts, dependencies, Dockerfile
$(CHECKS): | install-dev
check-format:
	$(BIN)/ruff format --check --quiet .
check-lint:
	$(BIN)/ruff check --quiet .
check-types:
	$(BIN)/mypy
check-imports:
	$(BIN)/lint-imports
check-dependencies:
	$(BIN)/deptry .
check-image:
	$(BIN)/hadolint Dockerfile

bench: install-dev  ## the hub beside the obvious design, measured on this machine
	@$(BIN)/python -m bench $(ARGS)

faults: install-dev  ## ten minutes of load and faults on three hub processes, PostgreSQL and RabbitMQ (ARGS='--seed N')
	@.ci/install-test-packages
	@$(BIN)/python -m tests.faults $(ARGS)

format: install-dev  ## put every file into the project's format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

audit: install-dev  ## known vulnerabilities of the locked libraries (asks the package index)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

# One hash-pinned file per purpose; versions agree because each is bound by the one before it. No file records where a package came from.
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header
lock:  ## renew the lock files from pyproject.toml (needs uv)
	$(LOCK) pyproject.toml --output-file requirements.txt $(ARGS)
	$(LOCK) --group build --constraint requirements.txt --output-file requirements-build.txt $(ARGS)
	$(LOCK) --group dev --constraint requirements.txt --constraint requirements-build.txt --output-file requirements-dev.txt $(ARGS)

clean:  ## remove what the tools made (not var/, a hub may live there)
	rm -rf $(VENV) .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
