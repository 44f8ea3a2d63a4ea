# The verbs of this repository. `make demo` and `make test` need Python 3.11+ and nothing prepared.
PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt

# Whatever the environment says: the demo and the tests are hundreds of processes, and each of them
# would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test chaos screenshots check format clean

help:
	@echo "make demo    the product on loopback, with stand-ins for Slack, Stripe and the mail server,"
	@echo "             and a page to try all of it by hand; TOUR=off leaves the tour out"
	@echo "make test    the whole suite"
	@echo "make chaos   kills, lost answers and storms of events for some minutes, with numbers"
	@echo "make screenshots  takes the pictures in docs/screenshots"
	@echo "make check   style, types, import rules"
	@echo "make format  put the code in the house style"

demo: .venv/demo.installed
	@sh .ci/pango
	@$(BIN)/python -m bot demo $(if $(filter off,$(TOUR)),--no-tour) $(DEMO_FLAGS)

test: .venv/dev.installed
	@sh .ci/pango
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder -q

chaos: .venv/dev.installed
	@$(BIN)/python -m tests.chaos.long --database sqlite $(CHAOS_FLAGS)
	@$(BIN)/python -m tests.chaos.long --database postgresql $(CHAOS_FLAGS)
	@STORM_SEEDS="7 11 23 42 1789" $(BIN)/python -m pytest -q tests/chaos/test_money_storm.py

screenshots: .venv/dev.installed
	@sh .ci/pango
	@$(BIN)/python docs/screenshots/take.py

check: .venv/dev.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache

format: .venv/dev.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  echo "venv is missing; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/demo.installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing what the demo needs into .venv …"
	@$(PIP_INSTALL) --editable '.[demo]'
	@touch $@

.venv/dev.installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing what the tests need into .venv …"
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ .venv/demo.installed
