# Judder's commands. `make demo` and `make test` each set up all they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CPP := $(shell find firmware-arduino tests/firmware -name '*.cpp' -o -name '*.h' -o -name '*.ino' 2>/dev/null)
TRAIN_STAMP := $(VENV)/.installed-train
PIP = $$([ -x $(BIN)/pip ] && echo $(BIN)/pip || echo $(PYTHON) -m pip --python $(BIN)/python)
INSTALL = $(PIP) install --quiet --disable-pip-version-check -c constraints.txt -e

IN_TWO := -n 2 --dist loadscope
PAGE := tools/page
TSC := $(PAGE)/node_modules/.bin/tsc

.PHONY: help install tflm micropython32 demo test quick lint format check coverage prove serve clean

help:
	@echo "make demo           the whole path, without hardware"
	@echo "make test           every test that needs no extra system package"
	@echo "make quick          what needs neither a board, a browser, a compiler nor TensorFlow: under a minute"
	@echo "make lint           format, lint, types, portability, layers; needs npm for the page's JavaScript"
	@echo "make check          make lint and make test"
	@echo "make format         writes Python and C++ as they should look"
	@echo "make coverage       make test, and which lines no test ran"
	@echo "make prove          the long and timed proofs, with their figures"
	@echo "make serve          the server on port 1337, for your network, data in judder-data/"
	@echo "make install        .venv with everything, TensorFlow too"
	@echo "make tflm           TensorFlow Lite Micro for tests/firmware, 285 MB"
	@echo "make micropython32  a MicroPython of 32 bits for the tests that weigh memory, 15 MB"
	@echo "make clean          remove .venv and everything generated"

install: $(TRAIN_STAMP)

# Debian's python3 comes without ensurepip unless python3-venv is there; pip can then fill a bare venv.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Judder needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)
	$(INSTALL) '.[dev]'
	@touch $(STAMP)

# TensorFlow is 300 MB, and make demo does without it.
$(TRAIN_STAMP): $(STAMP)
	$(INSTALL) '.[train]'
	@touch $(TRAIN_STAMP)

# TensorFlow Lite Micro for this computer, for tests/firmware: 285 MB, of which nothing is shipped.
tflm: $(STAMP)
	@[ -d $(VENV)/tflm ] || $(PIP) install --quiet --disable-pip-version-check --no-deps --target $(VENV)/tflm \
	  xmos-ai-tools==1.4.2

# A MicroPython with a board's short pointers, for the tests that weigh memory: 15 MB, from Debian's packages.
micropython32: $(STAMP)
	@[ -x $(VENV)/micropython32/micropython ] || tools/micropython32.sh $(VENV)/micropython32

demo: $(STAMP)
	@$(BIN)/judder demo

# COVERAGE=1 measures which lines run, which takes a third more.
test: $(TRAIN_STAMP)
	$(if $(COVERAGE),$(BIN)/coverage erase)
	$(BIN)/$(if $(COVERAGE),coverage run -m )pytest $(IN_TWO) shared host tests

quick: $(STAMP)
	$(BIN)/pytest $(IN_TWO) -m "not slow" shared host tests/core tests/host tests/test_*.py

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/check_portable.py
	$(BIN)/clang-format --dry-run --Werror $(CPP)
	$(BIN)/clang-tidy --quiet $(filter firmware-arduino/%.cpp,$(CPP)) -- -std=c++17 -isystem tests/firmware/arduino
	@$(MAKE) --no-print-directory $(TSC)
	$(TSC) --project $(PAGE)

$(TSC): $(PAGE)/package-lock.json
	@command -v npm >/dev/null || { echo "The page's JavaScript is checked by TypeScript: apt install npm"; exit 1; }
	npm ci --prefix $(PAGE) --no-audit --no-fund --silent
	@touch $(TSC)

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/clang-format -i $(CPP)

check: lint test

coverage:
	$(MAKE) test COVERAGE=1
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

prove: $(TRAIN_STAMP)
	$(BIN)/python tools/prove.py

serve: $(STAMP)
	$(BIN)/judder serve --open --data-dir judder-data

clean:
	rm -rf $(VENV) build dist demo-data .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage* $(PAGE)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
