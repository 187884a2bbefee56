# The commands of an installation and of its development. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help run build up down restart logs status clean test faults matrix nat fuzz campaigns unit lint ari openapi bench lock venv shell-asterisk shell-lab

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Install what is missing, build, start, and place the demonstration call
	@docker/run

build: ## Build the images only (REFRESH=1 fetches all packages anew)
	@docker/bootstrap && docker/build "$$(docker/project)"

up: ## Start the system that was built, without the demonstration call
	@docker/stack up && docker/stack wait

down: ## Stop the system; its data stays
	@docker/down

restart: ## Restart one service: make restart SERVICE=carillon (or asterisk, redis, lab)
	@docker/stack restart $(SERVICE)

logs: ## Follow the logs of all services, or of one: make logs SERVICE=asterisk
	@docker/stack logs $(SERVICE)

status: ## Show the containers and their health
	@docker/stack ps

clean: ## Delete containers, images and volumes (calls, recordings, settings); asks first, unless YES=1
	@docker/clean

test: ## Run all tests in a test system of their own (ARGS for pytest; KEEP=1 leaves the system up)
	@docker/test $(ARGS)

faults: ## Kill and restart each part of a test system during calls, five times (make test does it once)
	@CARILLON_FAULTS=full docker/test tests/faults

matrix: ## Call by each carrier of the lab in every way, in a test system (make test makes two calls by each)
	@docker/test tests/matrix

nat: ## Test calls from outside and from behind a NAT, in network namespaces (as root)
	@docker/test-nat $(ARGS)

fuzz: ## Send 500 random requests to each operation of a test system (make test sends fewer)
	@CARILLON_FUZZ=full docker/test tests/e2e/sinch/test_configuration_fuzz.py tests/e2e/sinch/test_fuzz.py tests/e2e/test_api_fuzz.py tests/api/own/test_api_fuzz.py

campaigns: ## Run 10,000 campaigns at random under the virtual clock (make test runs 200)
	@docker/venv test && CARILLON_SEEDS=10000 $(PYTHON) -m pytest -q -n 2 --timeout=3600 tests/engine/features/campaigns/test_seeds.py

unit: ## Run the tests that need no container, e.g. make unit ARGS=tests/engine
	@docker/venv test && $(PYTHON) -m pytest --ignore=tests/asterisk --ignore=tests/e2e --ignore=tests/matrix --ignore=tests/nat $(ARGS)

lint: ## Check style, types, and the imports between packages
	@docker/venv test && docker/lint

openapi: ## Generate docs/openapi/*.json from the code
	@docker/venv && $(PYTHON) -m api.own.openapi_files docs/openapi

ari: ## Generate engine/ari/generated.py from the API description in Asterisk's image
	@docker/venv && docker/ari

bench: ## Run the benchmarks (docs/benchmarks.md) on a machine that is otherwise idle
	@docker/venv test && docker/bench $(ARGS)

lock: ## Write the lock files from pyproject.toml (ARGS=--upgrade takes newer versions)
	@docker/lock $(ARGS)

venv: ## Make .venv with the command line, .venv/bin/carillon
	@docker/venv

shell-asterisk: ## Open the console of the engine's Asterisk
	@docker/stack exec asterisk asterisk -rvvv

shell-lab: ## Open the console of the lab's Asterisk
	@docker/stack exec lab asterisk -rvvv
