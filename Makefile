# Everything a developer or a reader runs. Each target makes what it needs, from python3 and make alone, and installs
# nothing twice: a stamp file in .venv records that a set of extras is installed, and depends on pyproject.toml.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help study test lint ruff types imports docs bench venv pytest clean
.DELETE_ON_ERROR:

help:
	@echo 'make study   answer the Kazakhstan question: report, figures, tables in build/study'
	@echo 'make test    static checks, documentation, every test, every example'
	@echo 'make docs    the documentation, in build/docs/html'
	@echo 'make bench   the benchmarks'
	@echo 'make lint    ruff, mypy, import contracts'
	@echo 'make venv    the whole development environment, in .venv'
	@echo 'make clean   remove build/ and caches, but not .venv'

$(BIN)/python:
	@echo '== making .venv with $(PYTHON)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv

.venv/study.stamp: pyproject.toml | $(BIN)/python
	@echo '== installing the package (once; a minute or two)'
	$(PIP) install --prefer-binary -e '.[plot]'
	@touch $@

.venv/dev.stamp: pyproject.toml | $(BIN)/python
	@echo '== installing the package with everything that its development needs (once; a few minutes)'
	$(PIP) install --prefer-binary -e '.[plot,distributed,docs,test]'
	@touch $@ .venv/study.stamp

venv: .venv/dev.stamp

study: .venv/study.stamp
	$(BIN)/gametheory study kazakhstan --out build/study

# The tests come last, so that their summary is the end of the output; make -k runs everything whatever fails.
test: lint docs pytest

lint: ruff types imports

ruff: .venv/dev.stamp
	@echo '== style'
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	@echo '== types'
	$(BIN)/mypy

imports: .venv/dev.stamp
	@echo '== import contracts'
	$(BIN)/lint-imports --no-cache

docs: .venv/dev.stamp
	@echo '== documentation'
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs/html
	@echo 'build/docs/html/index.html'

# A file stays with one worker: the code blocks of a page share their names, and compiled kernels their cache.
pytest: .venv/dev.stamp
	@echo '== tests'
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

bench: .venv/dev.stamp
	@echo '== benchmarks'
	$(BIN)/python -m benchmarks

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
