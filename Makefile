# One command per intent. `make run` needs only Python 3.10, 3.11 or 3.12 with venv, and make.
# PYTHON=... chooses the interpreter; ARGS="--port 8000" is handed to the app.

PYTHONS := $(PYTHON) python3.11 python3.12 python3.10 python3 python
FITS := import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))
PIP := .venv/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
TORCH := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)
CPU_BUILDS := https://download.pytorch.org/whl/cpu
ARGS ?=

.PHONY: run serve-ray ci test tests test-avx2 check fix smoke bench soak fuzz screenshots clean
.DELETE_ON_ERROR:

run: .venv/installed
	@exec .venv/bin/python app.py $(ARGS)

# Long work in two replicas by Ray Serve, docs/scale.md; REPLICAS=1-4 for as many as are kept busy.
REPLICAS ?= 2
serve-ray: .venv/installed-scale
	@AIGC_REPLICAS=$(REPLICAS) exec .venv/bin/python app.py $(ARGS)

test: .venv/installed-tests
	@.venv/bin/python tests/chromium.py
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory tests

# All that `make test` and `make test-avx2` do; what runs in one process is done side by side.
ci: .venv/installed-tests
	@.venv/bin/python tests/chromium.py
	@$(MAKE) --no-print-directory --jobs 2 --output-sync check test-avx2
	@$(MAKE) --no-print-directory tests

tests: .venv/installed-tests
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder --durations 25

# What depends on the CPU, as one without AVX-512 computes it. Both libraries read their variable when they are loaded.
test-avx2: .venv/installed-tests
	ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 OMP_NUM_THREADS=1 .venv/bin/python -m pytest --quiet \
	  tests/test_precision.py tests/test_recipes.py tests/test_evaluation.py tests/test_threads.py \
	  tests/test_layout.py tests/test_text_folder.py tests/hf_text/test_use_cases.py

check: .venv/installed-tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/deno fmt --check --quiet
	.venv/bin/deno lint --quiet

fix: .venv/installed-tests
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/deno fmt --quiet
	.venv/bin/deno lint --fix --quiet
	PYTHONPATH=. .venv/bin/python tests/readme.py

# Two steps of every recipe, on made-up data.
smoke: .venv/installed-tests
	.venv/bin/python -m pytest tests/test_recipes.py

bench: .venv/installed-tests
	.venv/bin/python -m benchmarks

# Under load for hours: 20,000 requests by 30 people at once; every answer is checked.
soak: .venv/installed-tests
	PYTHONPATH=.:tests .venv/bin/python tests/crowd.py --requests 20000

# 5,000 cases against the HTTP API, made from what it says of itself.
fuzz: .venv/installed-tests
	AIGC_FUZZ=5000 .venv/bin/python -m pytest tests/test_fuzz.py

screenshots: .venv/installed-tests
	@.venv/bin/python tests/chromium.py --fonts
	PYTHONPATH=. .venv/bin/python tests/screenshots.py

clean:
	rm -rf .mypy_cache .ruff_cache .pytest_cache
	find aigc_demo benchmarks tests -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	@for name in $(PYTHONS); do \
	  if $$name -c "$(FITS)" 2>/dev/null; then \
	    echo "Making .venv with $$($$name --version)"; exec $$name -m venv .venv; \
	  fi; \
	done; \
	echo "No Python 3.10, 3.11 or 3.12 with the venv module was found." \
	  "Install one (on Debian and Ubuntu also the package python3-venv), or name it: make run PYTHON=/path/to/python" >&2; \
	exit 1

# On Linux without an NVIDIA GPU the CPU build of torch, where its index answers within seconds; else the pinned release.
.venv/installed: .venv/bin/python requirements.txt constraints.txt
	@if [ "$$(uname -s)" = Linux ] && [ ! -e /dev/nvidia0 ] && ! command -v nvidia-smi >/dev/null \
	    && ! .venv/bin/python -c "import torch" 2>/dev/null; then \
	  echo "Looking for the CPU build of $(TORCH)"; \
	  $(PIP) --no-deps --timeout 5 --retries 0 --index-url $(CPU_BUILDS) $(TORCH) 2>/dev/null \
	    || echo "It is not to be had here; taking the usual build"; \
	fi
	@echo "Installing what the app needs into .venv (once; torch is large)"
	@$(PIP) $(TORCH)
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/installed-scale: .venv/installed requirements-scale.txt
	@echo "Installing Ray Serve"
	@$(PIP) --requirement requirements-scale.txt
	@touch $@

.venv/installed-tests: .venv/installed requirements-test.txt requirements-mcp.txt requirements-onnx.txt
	@echo "Installing what the tests need"
	@$(PIP) --requirement requirements-test.txt
	@touch $@
