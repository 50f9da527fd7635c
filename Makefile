# Uketsuke. `make run` receives a visitor on this machine; `make test` runs what CI runs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
ARGS ?=
PYTEST := $(BIN)/python -m pytest --quiet
# Two tests at once: so many cores has the smallest machine that this must run on. One of them does not pay for two.
WORKERS ?= 2
LEDGER := var/test-ledger.jsonl
NOTED := UKETSUKE_LEDGER=$(LEDGER)

# What is played in real time, and would be disturbed by a neighbour: it has the machine for itself.
ALONE := tests/concurrency tests/e2e/test_demo_one_visit.py tests/e2e/test_demo_party.py tests/e2e/test_demo_walk_in.py
# Browsers and screens need a process of their own each; the longest begin first, so that no core waits in the end.
BROWSERS := $(wildcard tests/e2e/test_*_browser.py)
LONG := $(wildcard $(addprefix tests/ui/test_,kiosk_layout.py display_board.py kiosk_app.py kiosk_visit.py))
UI_TESTS := $(LONG) $(filter-out $(LONG),$(sort $(wildcard tests/ui/test_*.py)))
UI_CHECKS := check-browsers $(UI_TESTS:%=check-%)
STATIC := check-lint check-format check-types check-contracts check-docstrings check-dead
CHECKS := $(STATIC) check-tests check-screens check-alone check-ledger

.PHONY: help setup run test checks ledger proof proof-faults bench pictures rules clean $(CHECKS) $(UI_CHECKS)

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 16

setup: ## Make the virtual environment; install what is missing
	@.ci/setup

run: setup ## Run the counter on this machine until Ctrl-C; ARGS="--once --out DIR" plays one visit
	@exec $(BIN)/uketsuke demo $(ARGS)

test: setup ## Run everything that CI runs; goes on after a failure and fails in the end
	@$(MAKE) --no-print-directory --keep-going checks

checks: $(CHECKS)

# The ledger is of one run: what each folder costs, and what PostgreSQL was asked.
ledger:
	@mkdir -p $(dir $(LEDGER))
	@rm -f $(LEDGER)

check-lint:
	$(BIN)/ruff check

check-format:
	$(BIN)/ruff format --check

check-types:
	$(BIN)/mypy

check-contracts:
	$(BIN)/lint-imports

check-docstrings:
	$(BIN)/interrogate --quiet tests

# Names that nothing of the product uses; what only tests call does not count.
check-dead:
	$(BIN)/python -m tests.dead_names

# Everything without a window: rules, storage on SQLite and PostgreSQL, web, devices; two processes share it.
check-tests: ledger
	$(NOTED) $(PYTEST) tests $(addprefix --ignore=,tests/ui $(ALONE) $(BROWSERS)) -n $(WORKERS) --dist worksteal

# Kivy keeps its window, rules and clock in globals, so every file of screens has a process and a screen of its own.
check-screens: ledger
	@$(MAKE) --no-print-directory --keep-going --jobs=$(WORKERS) --output-sync=target $(UI_CHECKS)

$(UI_TESTS:%=check-%): check-%: %
	$(NOTED) $(PYTEST) $<

# The pages, in a Chromium for each of two processes: a page waits more than it computes, and a screen beside them has room.
check-browsers:
	$(NOTED) $(PYTEST) $(BROWSERS) -n $(WORKERS) --dist worksteal

# The load, the kills and two visits through real processes, one after another, so that nothing else takes the two cores.
check-alone: ledger
	$(NOTED) $(PYTEST) $(ALONE)

# Last, over what the others wrote: the CPU time of each folder, and whether PostgreSQL saw every order of the product.
check-ledger:
	$(BIN)/python -m tests.ledger $(LEDGER)

# A proof in hours is no test of a change: every file that asks tests/proof.py for its size, fifty times as long. One part
# after another; a further part is a further line.
proof: setup ## Prove at fifty times the size what `make test` shows; takes hours and adds a line to docs/proofs.md
	$(BIN)/python -m tests.proof $(ARGS)
	$(BIN)/python -m tests.faults

# Do the tests notice small faults? docs/testing.md has the table; ARGS="--only kiosk.visit.flow --count 40" asks more of one.
proof-faults: setup
	$(BIN)/python -m tests.faults $(ARGS)

bench: setup ## Measure; prints the figures and writes them as JSON
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: setup ## Make the pictures of the README anew from one visit, and sheets with every screen
	@$(BIN)/uketsuke demo --pictures docs/pictures --replace

rules: setup ## Write docs/document-rules.md anew from assets/rules
	@$(BIN)/uketsuke rules document --out docs/document-rules.md --replace

clean: ## Remove the virtual environment and what the tools keep; var/ stays, it may hold a database
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find backend kiosk queue_display assets tests -name __pycache__ -type d -prune -exec rm -rf {} +
