# Everything a target creates lies under .venv, var/ and the user's cache directory.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test check layers fmt bench clean distclean
MAKEFLAGS += --no-print-directory

ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for each in python3.11 python3.12 python3; do \
	"$$each" -c "" 2>/dev/null && echo "$$each" && break; done)
endif
PORT ?= 8000

export PYTHONPATH := $(CURDIR)/platform
export PYTHONPYCACHEPREFIX := $(CURDIR)/var/pycache
# Where the machine forbids it, each of the many processes would compile every module anew: three seconds of work.
unexport PYTHONDONTWRITEBYTECODE
# ONNX Runtime would otherwise report to its maker and leave an identifier in the user's folders.
export ORT_DISABLE_TELEMETRY := 1
export TORCHINDUCTOR_CACHE_DIR := $(CURDIR)/var/cache/torch
export npm_config_cache := $(CURDIR)/var/cache/npm
export npm_config_update_notifier := false
export VIDENBRO_GOAL := $(or $(firstword $(MAKECMDGOALS)),demo)

RUN := .venv/bin/python
MANAGE := $(RUN) manage.py
BOOTSTRAP = $(if $(PYTHON),$(PYTHON),$(error No Python found: install Python 3.11, or name it: make $(VIDENBRO_GOAL) PYTHON=/path/to/python3.11)) scripts/bootstrap.py

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: ## install what the demo needs into .venv
	@$(BOOTSTRAP) demo

setup-test:
	@$(BOOTSTRAP) test

demo: ## install, load the demo cluster, print recommendations, serve on 127.0.0.1:PORT (8000)
	@$(BOOTSTRAP) demo --port $(PORT)
	@$(MANAGE) demo --port $(PORT) $(OPTIONS)

test: setup-test ## all checks and all tests, those in a real browser included
	@$(RUN) scripts/run_tests.py

check: setup-test ## lint, format, types, layers, templates, translations, migrations
	@$(RUN) scripts/check.py

layers:
	@$(RUN) scripts/check.py layers

fmt: setup-test ## put the code in the house's format
	@$(RUN) -m ruff check --fix --exit-zero --quiet
	@$(RUN) -m ruff format

bench: setup-test ## run every benchmark and rewrite docs/benchmarks.md
	@$(MANAGE) bench all --report docs/benchmarks.md

clean: ## remove caches and built files; the database, mails and .venv stay
	@rm -rf var/cache var/pycache var/stamps var/logs var/assets var/static var/locale

distclean: ## remove .venv and everything in var/, the database included
	@rm -rf .venv var
