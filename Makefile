.PHONY: demo test dev check fmt bench chaos plan archives deploy rollback clean

PYTHON ?= python3
T :=  # of make test: a path, where it is not the whole suite
BIN := .venv/bin
READY := .venv/.ready
export PORT ?= 8080
export PYTHONDONTWRITEBYTECODE :=  # what is compiled once is kept, whatever the environment says

demo: $(READY)  ## the whole system, playing the product's main job
	@$(BIN)/python -m infra demo

test: $(READY)  ## the whole suite, on its own emulators; T=tests/http/test_chat.py: that room alone
	@$(BIN)/python -m pytest $(if $(T),$(T),-n 3 --dist worksteal)

dev: $(READY)  ## serve on 127.0.0.1:$(PORT) until Ctrl-C; data is kept between runs
	@$(BIN)/python -m infra dev

check: $(READY)  ## what CI checks beside the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy

fmt: $(READY)  ## format, and write anew what is generated: functions/openapi.json, the Firebase CLI's files
	@$(BIN)/python -m infra openapi
	@$(BIN)/python -m infra firebase
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format -q .

bench: $(READY)  ## figures as ratios within one run: a table, and build/bench.json
	@$(BIN)/python -m infra bench

chaos: $(READY)  ## 2,000 executions while the functions are killed every 2 to 5 seconds: none lost, none doubled
	@$(BIN)/python -m infra chaos

plan: $(READY)  ## write infra/terraform/plan.json from the manifest, and check the files that read it
	@$(BIN)/python -m infra plan

archives: $(READY)  ## pack each function's bundle into build/archives, for Terraform to upload
	@$(BIN)/python -m infra archives

deploy: $(READY)  ## deploy to PROJECT=…: checks, plan, indexes, functions, trial, traffic; YES=1 agrees beforehand
	@$(BIN)/python -m infra deploy "$(PROJECT)" $(if $(YES),--yes)

rollback: $(READY)  ## PROJECT=…: all traffic back to what served before the last deployment
	@$(BIN)/python -m infra rollback "$(PROJECT)" $(if $(YES),--yes)

clean:
	rm -rf .venv .local build

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into .venv (once, about a minute) …"
	@$(PYTHON) -m venv .venv || { echo "venv is missing (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@
