# Uketsuke. `make run` receives a visitor on this machine; `make test` runs what CI runs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
ARGS ?=
PYTEST := $(BIN)/python -m pytest --quiet
UI_TESTS := $(sort $(wildcard tests/ui/test_*.py))
UI_CHECKS := $(UI_TESTS:%=check-%)
CHECKS := check-lint check-format check-types check-contracts check-docstrings check-tests $(UI_CHECKS) check-visit

.PHONY: help setup run test checks proof bench pictures rules clean $(CHECKS)

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 16

setup: ## Make the virtual environment; install what is missing
	@.ci/setup

run: setup ## Run the counter on this machine until Ctrl-C; ARGS="--once --out DIR" plays one visit
	@exec $(BIN)/uketsuke demo $(ARGS)

test: setup ## Run everything that CI runs; goes on after a failure and fails in the end
	@$(MAKE) --no-print-directory --keep-going checks

checks: $(CHECKS)
	@echo "make test: everything passed"

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

# Everything without a window: rules, storage on SQLite and PostgreSQL, web, devices, pages in Chromium.
check-tests:
	$(PYTEST) tests --ignore=tests/ui --ignore=tests/e2e/test_one_visit.py

# Kivy keeps its window, rules and clock in globals, so every file of screens has a process of its own.
$(UI_CHECKS): check-%: %
	$(PYTEST) $<

# One visit through real processes, alone, so that nothing else takes the two cores.
check-visit:
	$(PYTEST) tests/e2e/test_one_visit.py

# A proof in hours is no test of a change: every file that counts its examples in tests/proof.py, fifty times as long.
proof: setup ## Try fifty times as many examples where tests try many; takes an hour or two
	UKETSUKE_PROOF=50 $(PYTEST) --timeout=7200 $$(grep -rl "tests.proof import" tests --include='test_*.py')

bench: setup ## Measure; prints the figures and writes them as JSON
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: setup ## Make the pictures of the README anew from one visit
	@$(BIN)/uketsuke demo --once --out var/pictures
	@mkdir -p docs/pictures
	@cp var/pictures/{kiosk-welcome,kiosk-ticket,ticket,hall-waiting,hall-called,clerk-checklist,staff,notice}.png docs/pictures/
	@echo "the pictures are in docs/pictures"

rules: setup ## Write docs/document-rules.md anew from assets/rules
	@$(BIN)/uketsuke rules document --out docs/document-rules.md

clean: ## Remove the virtual environment and what the tools keep; var/ stays, it may hold a database
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find backend kiosk queue_display assets tests -name __pycache__ -type d -prune -exec rm -rf {} +
