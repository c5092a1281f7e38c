# Everything a developer runs. `make test` is the README's one command.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HEAT := .venv-heat

.PHONY: test lint heat-env example catalogs clean cloud cloud-test cloud-down image-test

test: $(BIN)/.done $(HEAT)/.done
	$(BIN)/python -m pytest -q -n 2 -m "not cloud and not emulated and not nightly"

lint: $(BIN)/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cfn2heat mappings lint

example: $(BIN)/.done
	$(BIN)/cfn2heat convert examples/shop.yaml -d build/example

# The real Heat engine, in an environment of its own: its requirements are not ours.
heat-env: $(HEAT)/.done

$(BIN)/.done: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,dev]'
	touch $@

$(HEAT)/.done:
	$(PYTHON) -m venv $(HEAT)
	$(HEAT)/bin/python -m pip install --quiet --disable-pip-version-check 'openstack-heat==27.0.1'
	touch $@

# A real OpenStack on this machine (tests/cloud/README.md); root, or a machine with its packages installed.
cloud:
	$(PYTHON) tests/cloud/cloud.py up

cloud-test: $(BIN)/.done cloud
	$(BIN)/python -m pytest -q -m cloud --reruns 1 tests/cloud

# The real tools on whole guests, one at a time: each takes a core.
image-test: $(BIN)/.done
	$(BIN)/python -m pytest -q -m emulated tests/images

cloud-down:
	$(PYTHON) tests/cloud/cloud.py down

# Snapshots of both sides' schemas; a test says when they are stale.
catalogs: $(BIN)/.done $(HEAT)/.done
	$(BIN)/python scripts/generate_aws_catalog.py
	$(HEAT)/bin/python scripts/generate_hot_catalog.py

clean:
	test ! -d build/test-cloud || $(PYTHON) tests/cloud/cloud.py wipe
	rm -rf $(VENV) $(HEAT) build dist
