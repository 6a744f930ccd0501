# Judder's commands. `make demo` and `make test` each set up all they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CPP := $(shell find firmware-arduino tests/firmware -name '*.cpp' -o -name '*.h' -o -name '*.ino' 2>/dev/null)
TRAIN_STAMP := $(VENV)/.installed-train
PIP = $$([ -x $(BIN)/pip ] && echo $(BIN)/pip || echo $(PYTHON) -m pip --python $(BIN)/python)
INSTALL = $(PIP) install --quiet --disable-pip-version-check -c constraints.txt -e

.PHONY: help install tflm micropython32 demo test check prove serve clean

help:
	@echo "make demo           the whole path, without hardware"
	@echo "make test           every test that needs no extra system package"
	@echo "make check          format, lint, types, portability, tests"
	@echo "make prove          the long and timed proofs, with their figures"
	@echo "make serve          the server on port 1337, data in judder-data/"
	@echo "make install        .venv with everything, TensorFlow too"
	@echo "make tflm           TensorFlow Lite Micro for tests/firmware, 285 MB"
	@echo "make micropython32  a MicroPython of 32 bits for the tests that weigh memory, 15 MB"
	@echo "make clean          remove .venv and everything generated"

install: $(TRAIN_STAMP)

# Debian's python3 comes without ensurepip unless python3-venv is there; pip can then fill a bare venv.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Judder needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)
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

test: $(TRAIN_STAMP)
	$(BIN)/pytest -n 2 --dist loadscope shared host tests

check: $(TRAIN_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python tools/check_portable.py
	$(BIN)/clang-format --dry-run --Werror $(CPP)
	$(BIN)/clang-tidy --quiet $(filter firmware-arduino/%.cpp,$(CPP)) -- -std=c++17 -isystem tests/firmware/arduino
	$(MAKE) test

prove: $(TRAIN_STAMP)
	$(BIN)/python tools/prove.py

serve: $(STAMP)
	$(BIN)/judder serve --data-dir judder-data

clean:
	rm -rf $(VENV) build dist demo-data .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
