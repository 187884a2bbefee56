# Everything one does with Carillon. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help run build up down restart logs status clean test faults fuzz unit lint ari openapi bench lock venv shell-asterisk shell-lab

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Get what is needed, build, start, and place the demonstration call
	@docker/run

build: ## Build the images only (REFRESH=1 fetches all packages anew)
	@docker/bootstrap && docker/build "$$(docker/project)"

up: ## Start the system that is built, without the demonstration
	@docker/stack up && docker/stack wait

down: ## Stop the system; its volumes stay
	@docker/down

restart: ## Restart one service: make restart SERVICE=carillon (or asterisk, redis, lab)
	@docker/stack restart $(SERVICE)

logs: ## Follow the logs; of one service: make logs SERVICE=asterisk
	@docker/stack logs $(SERVICE)

status: ## Show the containers and whether they are healthy
	@docker/stack ps

clean: ## Delete containers, volumes (calls, recordings, settings) and images; asks first (YES=1 does not ask)
	@docker/clean

test: ## Install what tests need and run all of them, real containers included (ARGS for pytest, KEEP=1 leaves the test system up)
	@docker/test $(ARGS)

faults: ## Kill and restart parts of a test system that is up with calls, five times each (a short form is in make test)
	@CARILLON_FAULTS=full docker/test tests/faults

fuzz: ## Send 500 requests of every shape to each operation of a test system (a short form is in make test)
	@CARILLON_FUZZ=full docker/test tests/e2e/test_sinch_configuration_fuzz.py tests/e2e/test_sinch_fuzz.py tests/e2e/test_api_fuzz.py tests/api/own/test_api_fuzz.py

unit: ## Run the tests that need no container: make unit ARGS=tests/engine
	@docker/venv test && $(PYTHON) -m pytest --ignore=tests/asterisk --ignore=tests/e2e $(ARGS)

lint: ## Check style, types and the arrows between the packages
	@docker/venv test && docker/lint

openapi: ## Write docs/openapi/*.json anew from the code
	@docker/venv && $(PYTHON) -m api.own.openapi_files docs/openapi

ari: ## Write engine/ari/generated.py anew from the image's own API description
	@docker/venv && docker/ari

bench: ## Measure (see docs/benchmarks.md); needs the running system's machine to be otherwise idle
	@docker/venv test && docker/bench $(ARGS)

lock: ## Write the lock files anew from pyproject.toml (ARGS=--upgrade takes newer versions)
	@docker/lock $(ARGS)

venv: ## Make .venv, with the command line in .venv/bin/carillon
	@docker/venv

shell-asterisk: ## Open the console of the engine's Asterisk
	@docker/stack exec asterisk asterisk -rvvv

shell-lab: ## Open the console of the lab's Asterisk
	@docker/stack exec lab asterisk -rvvv
