# Two commands matter: `make run` and `make test`. Both need Python 3.11 or newer, make and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes

.PHONY: run test test-faults check audit sbom bench soak scoreboard messages clean pins browser
.DEFAULT_GOAL := help

help:
	@echo "make run    start Nutgraf at http://127.0.0.1:8000 (PORT=8001 for another port)"
	@echo "make test   install what tests need and run every test"
	@echo "make test-faults  only what provokes faults: killed processes, full disks, servers that misbehave; at full size"
	@echo "make sbom   write what a release is made of to nutgraf.cdx.json (CycloneDX)"
	@echo "make check  format, lint, types, import contracts, migrations, templates, audit"
	@echo "make bench  measure speed, as ratios"
	@echo "make soak   half an hour of a whole Nutgraf under fire: does it keep its word?"
	@echo "make scoreboard  measure everything we claim, and write docs/scoreboard.md"
	@echo "make messages  find what is to be translated, update locale/ and compile it"
	@echo "make clean  remove the environment and all state"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "nutgraf: needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1); try make PYTHON=python3.11 run" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "nutgraf: cannot make $(VENV) here: is the disk full or read-only?" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "installing requirements ..."
	@$(PIP) -r requirements.txt || { echo "nutgraf: the requirements could not be installed (see above): is a package index reachable, and has it a wheel for this platform?" >&2; exit 1; }
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "installing what tests need ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: $(VENV)/.installed
	@exec $(BIN)/python manage.py up --port $(or $(PORT),8000)

test: $(VENV)/.installed-dev browser
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-faults: $(VENV)/.installed-dev
	@NUTGRAF_FAULTS=$${NUTGRAF_FAULTS:-whole} $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m faults $(ARGS)

browser: $(VENV)/.installed-dev
	@sh tests/system_packages.sh $(BIN)/python

check: $(VENV)/.installed-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -W ignore manage.py makemigrations --check --dry-run --verbosity 0
	@$(BIN)/python -m pytest -q -p no:cacheprovider tests/config/test_templates.py
	@$(MAKE) --no-print-directory audit

# A dependency audit that cannot see the advisories finds nothing, so a known bad package must be found first.
audit: $(VENV)/.installed-dev
	@sh deploy/audit.sh $(BIN)

sbom: $(VENV)/.installed-dev
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible -o $(or $(SBOM),nutgraf.cdx.json) requirements.txt

# Those that take long have commands of their own.
bench: $(VENV)/.installed-dev
	@for script in $(filter-out $(addprefix bench/,soak.py scoreboard.py faults.py board.py claims.py corpus.py paper.py),$(wildcard bench/*.py)); do \
		$(BIN)/python $$script || exit 1; done

soak: $(VENV)/.installed-dev
	@$(BIN)/python bench/soak.py $(ARGS)

scoreboard: $(VENV)/.installed-dev
	@$(BIN)/python bench/scoreboard.py $(ARGS)

messages: $(VENV)/.installed-dev
	@$(BIN)/python -W ignore manage.py messages

pins:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --upgrade requirements-dev.in -o requirements-dev.txt

clean:
	@rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-artefacts
