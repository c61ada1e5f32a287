# One command per job. `make` alone lists them.
# Bytecode is what makes start-up quick: a shell that forbids writing it does not get its way here.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DATA ?= data

.DEFAULT_GOAL := help
.PHONY: help setup refresh test test-clients test-pages test-spark quick check format golden docs screenshot bench bench-small bench-large soak serve audit lock

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(READY)  ## Install everything into .venv (the other commands do it when needed)

$(READY): requirements.lock requirements-uv.lock pyproject.toml
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v != (3, 11) and "Python 3.11 is needed, this is %d.%d: make PYTHON=python3.11 ..." % v)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m orchestration.dagster.dbt_process < /dev/null > /dev/null || { cat dbt_project/target/said.log; exit 1; }
	@touch $(READY)

refresh: $(READY)  ## The main job: ingest, build, check, publish
	@$(BIN)/kuntakysely refresh --data $(DATA)

test: $(READY)  ## All tests
	@$(BIN)/python -m pytest

CLIENTS := 1.2 1.5 2.0
test-clients: $(CLIENTS:%=.clients/%/.ready) $(DATA)/published/current.duckdb  ## Read a release by other versions of DuckDB and by SQLAlchemy, each in an environment of its own
	@for each in $(CLIENTS); do \
		echo "DuckDB $$each: $$(grep -hE '^(duckdb|duckdb-engine|sqlalchemy)==' tests/clients/duckdb-$$each.txt | tr -d '\\\n')"; \
		KUNTAKYSELY_DATA=$(DATA) .clients/$$each/bin/python -m pytest -o addopts="-q --import-mode=importlib" -p tests.telling \
			--confcutdir=tests/clients tests/clients/reading.py || exit 1; \
	done

$(DATA)/published/current.duckdb:
	@$(MAKE) refresh

.clients/%/.ready: tests/clients/duckdb-%.txt $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .clients/$*
	@$(BIN)/uv pip sync --quiet --python .clients/$*/bin/python --require-hashes tests/clients/duckdb-$*.txt
	@touch $@

test-pages: .pages/.ready $(DATA)/published/current.duckdb  ## Look at each page of a release in Chromium, open its workbooks in LibreOffice
	@for each in chromium soffice pdftotext; do command -v $$each > /dev/null || { echo "make test-pages: there is no $$each here. On Debian, as root:" \
		"apt-get install --no-install-recommends chromium fonts-liberation libreoffice-calc-nogui poppler-utils"; exit 1; }; done
	@KUNTAKYSELY_DATA=$(DATA) .pages/bin/python -m pytest -o addopts="-q --import-mode=importlib" -p tests.telling \
		--confcutdir=tests/pages tests/pages/looking.py

.pages/.ready: tests/pages/requirements.txt $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .pages
	@$(BIN)/uv pip sync --quiet --python .pages/bin/python --require-hashes tests/pages/requirements.txt
	@touch $@

test-spark: .spark/.ready  ## Make each model on Spark, refresh by Spark, and compare with DuckDB (needs Java 17)
	@command -v java > /dev/null || { echo "make test-spark: there is no java here. On Debian, as root:" \
		"apt-get install --no-install-recommends openjdk-17-jre-headless"; exit 1; }
	@.spark/bin/python -m pytest -o addopts="-q --import-mode=importlib --numprocesses=2 --dist=loadfile --no-loadscope-reorder" -o faulthandler_timeout=0 \
		-p tests.telling --confcutdir=tests/spark \
		tests/spark/refreshing.py tests/spark/comparing.py tests/spark/quoting.py tests/spark/aimed.py

.spark/.ready: requirements-spark.lock $(READY)
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .spark
	@$(BIN)/uv pip sync --quiet --python .spark/bin/python --require-hashes --build-constraint requirements-spark.lock requirements-spark.lock
	@$(BIN)/uv pip install --quiet --python .spark/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

soak: $(READY)  ## Hours of kills, faults and examples: every fault at every step of a publish, 350 kills at random
	@KUNTAKYSELY_SOAK=1 $(BIN)/python -m pytest --numprocesses=0 -o faulthandler_timeout=0 tests/faults tests/properties

quick: $(READY)  ## Quick unit tests and types, while you work
	@$(BIN)/python -m pytest tests/unit -m "not slow"
	@$(BIN)/mypy

check: $(READY)  ## ruff, types, sqlfluff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint dbt_project/models

format: $(READY)  ## Put Python and SQL in form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

golden: $(READY)  ## Rewrite the golden tables; read the diff before you commit it
	@$(BIN)/python -m tests.pipeline.golden

docs: $(READY)  ## Rewrite what follows from definitions: pages of inputs, checks, measures, table of tables, exposures, catalogues
	@$(BIN)/python -m orchestration.reference_pages
	@$(BIN)/python -m expectations.page
	@$(BIN)/python -m publish.report.methods
	@$(BIN)/python -m publish.releases.reading_page
	@$(BIN)/python -m publish.releases.exposures
	@$(BIN)/python -m publish.writing.catalogues
	@$(BIN)/python -m tests.bench.page

CHROMIUM := chromium
SHOWN := resources_sufficient
screenshot: $(DATA)/published/current.duckdb  ## Take README's picture of a page: its head and one question (needs Chromium)
	@mkdir -p docs
	@sed 's|</head>|<style>nav, header .terms, header h2, .findings, .also, main > section:not(:has(#$(SHOWN))), section section:not(#$(SHOWN)) { display: none; }</style></head>|' \
		$(DATA)/published/current/report/koto_kuntakysely.2023-01.en.html > docs/.shown.html
	@$(CHROMIUM) --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=880,930 \
		--screenshot=docs/results.png docs/.shown.html > docs/.said.log 2>&1 || { cat docs/.said.log; exit 1; }
	@rm docs/.shown.html docs/.said.log

bench: $(READY)  ## Measure it all beside libraries and plain scripts; kept in tests/bench/history.jsonl and docs/scale.md
	@$(BIN)/python -m tests.bench --keep

bench-small: $(READY)  ## The same with small sizes, in four minutes; nothing is kept
	@$(BIN)/python -m tests.bench --small

bench-large: $(READY)  ## One round of 100 million answers, within 4 GB
	@$(BIN)/python -m tests.bench --part answers --answers 10000000 100000000 --gb 4 --keep

serve: $(READY)  ## Dagster's web interface on 127.0.0.1:3000
	@$(BIN)/kuntakysely serve --data $(DATA)

audit: $(READY)  ## Look up every library for known weaknesses (needs the network)
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off --requirement requirements.lock --requirement requirements-uv.lock --requirement requirements-spark.lock || { \
		echo 'make audit: failed. A library has a known weakness, or could not be looked up; the lines above say which.'; exit 1; }

lock: $(READY)  ## Resolve the libraries anew into requirements.lock, and those of Spark and of the clients
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
		--constraint requirements.lock --extra dev --extra spark pyproject.toml --output-file requirements-spark.lock
	@echo 'uv==$(shell $(BIN)/uv --version | cut -d" " -f2)' | $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links - --output-file requirements-uv.lock
	@for each in $(CLIENTS); do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		tests/clients/duckdb-$$each.in --output-file tests/clients/duckdb-$$each.txt; done
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		tests/pages/requirements.in --output-file tests/pages/requirements.txt
