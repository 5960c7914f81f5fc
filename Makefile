.PHONY: demo test dev check fmt bench chaos drill audit plan archives deploy rollback clean

# The first that is there and of a tested version; else any: the recipe says what is wrong with it.
PYTHON ?= $(or $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c \
	'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done),python3)
T :=  # of make test: a path, where it is not the whole suite
BIN := .venv/bin
READY := .venv/.ready
WHOLE := $(shell [ -e .venv/.ready ] && .venv/bin/python -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)
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

chaos: $(READY)  ## 2,000 executions while the functions are killed, then 100 under each other fault: none lost, none doubled
	@$(BIN)/python -m infra chaos

audit: $(READY)  ## the pinned packages: shipped advisories that apply, and newer versions where the index answers
	@$(BIN)/python -m infra audit

drill: $(READY)  ## a store with work under way is backed up, restored into another and compared; the work ends once
	@$(BIN)/python -m infra drill

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

ifneq ($(WHOLE),True)  # never made, half made, or its Python is gone: made anew
.PHONY: $(READY)
endif
$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or later is needed; name one: make PYTHON=/path/to/python3.13"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info >= (3, 14))' || \
		echo "This Python is newer than those that the suite runs on, 3.11 to 3.13."
	@echo "Installing into .venv (once, about a minute) …"
	@said=$$([ "$(WHOLE)" = True ] || $(PYTHON) -m venv --clear .venv 2>&1) || { echo "$$said" | tail -n 1; echo \
		"Python's venv does not work here (Debian: apt-get install python3-venv; is this folder writable?)"; exit 1; }
	@rm -f $@
	@$(if $(filter-out 0,$(OFFLINE)),PIP_NO_INDEX=1) $(BIN)/python -m pip install -q --disable-pip-version-check \
		-r requirements-dev.txt || { echo "The packages could not be installed: pip says why above." $(if \
		$(filter-out 0,$(OFFLINE)),"OFFLINE is set; unset it.","Behind a proxy, name it in HTTPS_PROXY" \
		"and its certificate in PIP_CERT."); exit 1; }
	@touch $@
