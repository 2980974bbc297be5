# The two commands of a newcomer are `make up` and `make test`; all they need is Python 3.11 or
# newer. Everything that is installed is named with its hash in deploy/lock.

VENV := .venv
BIN := $(VENV)/bin
LOCK := deploy/lock
TOOLS := tests/clients/tools
DATA := $(or $(HUIYIN_DATA_DIR),.huiyin)
PIP := $(BIN)/python -m pip install --disable-pip-version-check
SOAK := $(addprefix tests/chassis/test_, durability.py order.py lost_reply.py races.py black_hole.py) \
	$(addprefix tests/flow/test_, exactly_once.py parking.py cause.py kafka_down.py restarts.py relay.py restored.py)
WORKERS ?= 2
UV ?= uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help up down test soak lint bench clean lock

help:
	@echo "make up      start everything on this machine and play the demo (the first time)"
	@echo "make down    stop everything; the data stays"
	@echo "make test    run all tests, against the same real PostgreSQL, Kafka and Keycloak"
	@echo "make soak    the promises in full size, about fifty minutes"
	@echo "make lint    check style, types and the direction of imports"
	@echo "make bench   measure, and write build/bench.json"
	@echo "make lock    resolve dependencies and Kafka's jars anew (needs uv)"
	@echo "make clean   stop everything and delete the data and the virtual environment"

up: $(VENV)/.embedded
	@$(BIN)/huiyin up $(ARGS)

down:
	@if [ -x $(BIN)/huiyin ]; then $(BIN)/huiyin down; else echo "Nothing is installed here."; fi

# What is compiled is kept, whatever the shell says: a run starts some two hundred processes.
test: $(VENV)/.dev
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

soak: $(VENV)/.dev
	@HUIYIN_TEST_FULL=1 $(BIN)/python -m pytest -s -v $(SOAK) $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy contracts services
	@$(BIN)/lint-imports

bench: $(VENV)/.dev
	@$(BIN)/huiyin bench $(ARGS)

clean:
	@if [ -x $(BIN)/huiyin ]; then $(BIN)/huiyin down; fi
	rm -rf $(DATA) $(VENV) build dist .hypothesis .*_cache
	find contracts services tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock: $(VENV)/.embedded
	@command -v $(UV) >/dev/null || { \
		echo "make lock needs uv: install it, or name it with UV=/path/to/uv." >&2; exit 1; }
	$(COMPILE) pyproject.toml --output-file $(LOCK)/runtime.txt
	$(COMPILE) pyproject.toml --extra embedded --extra build --output-file $(LOCK)/embedded.txt
	$(COMPILE) pyproject.toml --all-extras --output-file $(LOCK)/dev.txt
	$(COMPILE) $(TOOLS)/python.in --output-file $(TOOLS)/python.txt
	$(BIN)/python -m services.cli.embedded.jars $(TOOLS)/java.sha256

# dev.txt holds everything that is in embedded.txt: one environment serves both, and a stamp beside
# it tells which list it was made from, so that a second `make up` installs nothing.
$(VENV)/.embedded $(VENV)/.dev: $(VENV)/.%: $(LOCK)/%.txt | $(VENV)/pyvenv.cfg
	@echo "Installing what $< names (once; a few minutes on a slow network) ..."
	@$(PIP) --require-hashes -r $< || { \
		echo "The packages of $< could not be installed: check the network (or name a mirror in" \
			"PIP_INDEX_URL), then run make again." >&2; exit 1; }
	@$(PIP) --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/pyvenv.cfg:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3.14 python3 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -c 'import ensurepip, venv' 2>/dev/null || { \
				echo "$$python has no module venv: install it (Debian, Ubuntu: the package" \
					"python3-venv), then run make again." >&2; exit 1; }; \
			echo "Making the virtual environment $(VENV) with $$($$python --version) ..."; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo "Huiyin needs Python 3.11 or newer: install it, or name it with PYTHON=/path/to/python." >&2; \
	exit 1
