# `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench format demo migration messages lock clean

help:  ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(VENV)/.run  ## Install what is missing, then run web server and worker until Ctrl-C
	@$(BIN)/portal up

test: $(VENV)/.dev  ## Run all tests; what this machine lacks is named at the end
	@$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: $(VENV)/.dev  ## Style, types, templates, dependencies, import contracts, tests that read the application
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/deptry .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -q -n 2 tests/architecture

bench: $(VENV)/.dev  ## Measure what the README claims, as ratios within one run
	@$(BIN)/python -m benchmarks

demo: $(VENV)/.run  ## Fill an empty installation with a year of believable history
	@$(BIN)/portal demo

format: $(VENV)/.dev  ## Bring the code into shape
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .
	@$(BIN)/djlint templates --reformat --quiet || true

migration: $(VENV)/.dev  ## Write a migration from the models: make migration NAME="what it does"
	@$(BIN)/python -c "import sys, tempfile; from portal import create_app; from portal.extensions import alembic; \
	app = create_app({'data_dir': tempfile.mkdtemp()}); c = app.app_context(); c.push(); alembic.upgrade(); alembic.revision(sys.argv[1])" "$(NAME)"

messages: $(VENV)/.dev  ## Bring the catalogues in portal/languages up to the texts in the code
	@$(BIN)/pybabel -q extract -F portal/languages/extract.cfg -k _l -k lazy_gettext --no-location --omit-header -o .messages.pot .
	@for file in portal/languages/*.po; do \
	$(BIN)/pybabel -q update -i .messages.pot -o $$file -l $$(basename $$file .po) --no-fuzzy-matching --ignore-obsolete; done
	@rm .messages.pot

lock:  ## Write the lock files anew from pyproject.toml
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install -q uv
	@UV_FORK_STRATEGY=requires-python $(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url pyproject.toml -o requirements/run.txt
	@UV_FORK_STRATEGY=requires-python $(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra dev pyproject.toml -o requirements/dev.txt

clean:  ## Remove the virtual environment and everything built (data stays)
	@rm -rf $(VENV) static/dist frontend/node_modules .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Overture needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv $(VENV) && touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt pyproject.toml hatch_build.py $(wildcard frontend/src/*.js static/css/*.css frontend/*.json)
	@echo "Installing (once) …"
	@$(BIN)/pip install -q --disable-pip-version-check --retries 10 --require-hashes -r requirements/run.txt
	@$(BIN)/pip install -q --disable-pip-version-check --retries 10 --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing the tools for tests and checks (once) …"
	@$(BIN)/pip install -q --disable-pip-version-check --retries 10 --require-hashes -r requirements/dev.txt
	@touch $@
