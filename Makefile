# The verbs of this house. `make help` lists them.

PYTHON := .venv/bin/python
UV := tools/uv
PYTEST := $(PYTHON) -m pytest

# A release must be a week old before it enters a lock: most poisoned ones are found by then.
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --exclude-newer "7 days" $(UPGRADE)

ASSETS := src/panshi/web/static/vendor/MANIFEST.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL: # verbs depend on the order of their steps

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- setting up ---------------------------------------------------------------------------

.PHONY: setup
setup: .venv/.packages $(ASSETS) ## Make .venv with every dependency and fetch the browser assets

.venv/.uv: locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null || { python=$$(tools/find_python) && "$$python" -m venv --clear .venv; }
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r locks/uv.txt
	@touch $@

.venv/.packages: .venv/.uv locks/dev.txt pyproject.toml
	@$(UV) pip sync --quiet --require-hashes locks/dev.txt locks/uv.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(ASSETS): assets/package-lock.json locks/node.txt tools/vendor_assets.py | .venv/.packages
	@$(PYTHON) tools/vendor_assets.py

.PHONY: lock
lock: .venv/.uv ## Write the locks anew; UPGRADE=--upgrade takes newer releases
	$(COMPILE) pyproject.toml --output-file locks/runtime.txt
	$(COMPILE) pyproject.toml --group dev --constraints locks/runtime.txt --output-file locks/dev.txt
	$(COMPILE) --group peers --no-annotate --output-file locks/peers.txt
	$(COMPILE) --group installer --no-annotate --output-file locks/uv.txt
	$(COMPILE) --group node --no-annotate --output-file locks/node.txt
	cd assets && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

# --- using it -----------------------------------------------------------------------------

.PHONY: run
run: setup ## Build the demo bank, observe this machine, assess it and serve the console on loopback
	PANSHI_HOME="$${PANSHI_HOME:-$(CURDIR)/.panshi}" .venv/bin/panshi demo

.PHONY: demo-sector
demo-sector: setup ## A hub and three members on loopback: one supplier compromise becomes a campaign
	PANSHI_SECTOR="$${PANSHI_SECTOR:-$(CURDIR)/.panshi-sector}" .venv/bin/panshi hub demo

# --- checking it --------------------------------------------------------------------------

.PHONY: test
test: setup system-packages lint test-fast test-slow ## Lint, then every test

.PHONY: lint
lint: setup ## Style, types, import contract
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	@# The plugin for Django reads the settings, which open a home: not the user's.
	PANSHI_HOME="$(CURDIR)/build/lint-home" .venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) tools/changelog.py check
	$(PYTHON) tools/adr_index.py --check

.PHONY: test-fast
test-fast: setup ## The tests that take seconds
	$(PYTEST) -n 2 -m "not slow and not e2e"

.PHONY: test-slow
test-slow: setup system-packages ## The tests that start servers and browsers, or build packages
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder -m "slow or e2e"

.PHONY: e2e
e2e: setup system-packages ## Only the tests that drive a browser
	$(PYTEST) -m e2e

.PHONY: system-packages
system-packages: ## Install what the tests need from the system (Chromium, PostgreSQL, LibreOffice), where missing
	@tools/system_packages

.PHONY: bench
bench: setup build/peers/.packages ## Measure our engines beside their named peers
	@for script in bench/[a-z]*.py; do [ -e "$$script" ] || continue; echo "== $$script"; $(PYTHON) "$$script" || exit 1; done

.PHONY: vault-kills
vault-kills: setup ## Kill the vault 200 times at random moments of seal, scrub, restore and prune
	PANSHI_KILLS=200 $(PYTHON) -m pytest -q -s tests/node/resilience/vault/test_kills.py

.PHONY: cedar-equivalence
cedar-equivalence: setup ## Compare a million random Cedar decisions with Cedar's own; goes on where it stopped
	$(PYTHON) tools/cedar_equivalence.py --requests 1000000 --state build/cedar-equivalence.json

build/peers/.packages: locks/peers.txt | .venv/.packages
	@rm -rf build/peers
	@$(UV) pip install --quiet --target build/peers --require-hashes -r locks/peers.txt
	@touch $@

# --- handing it on ------------------------------------------------------------------------

.PHONY: package
package: setup ## Build wheel and source archive in dist/, with SBOM, VEX and provenance; RELEASE_KEY signs
	rm -rf dist
	$(PYTHON) -m build --no-isolation --outdir dist .
	$(PYTHON) tools/release_sbom.py dist/*.whl
	$(PYTHON) tools/release_vex.py dist/*.whl
	$(PYTHON) tools/release_provenance.py dist
	@ls -l dist

.PHONY: reformat
reformat: setup ## Apply the formatter and the safe fixes
	.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format --quiet .

.PHONY: docs
docs: setup ## Write the generated pages anew: reference, index of decisions
	$(PYTHON) tools/adr_index.py
	$(PYTHON) tools/reference.py

.PHONY: clean
clean: ## Remove what was built; keep .venv and the demo home
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
