# The menu: 'make help' prints it. Every target is one command, which works by itself where there is no make.

# What a caller may set. A value is text: put back unexpanded and handed on through the environment, it reaches the
# command as one argument, whatever stands in it ('$(shell …)', quotes, newlines), and by the '=' of '--period=' never as
# an option of its own.
# 'v' and 'w' are emptied, since the loops' own hide them.
override v :=
override w :=
override GIVEN := $(foreach v,PROJECT PROJECTS PERIOD PERIODS SCHEDULER AS_OF FORCE FILE NAME BY ONLY ROUNDS,$(if \
    $(filter command,$(firstword $(origin $v))),$v))
PROJECT ?= smart-government-ii
override PROJECT := $(value PROJECT)
override PERIOD := $(value PERIOD)
override PERIODS := $(value PERIODS)
override PROJECTS := $(value PROJECTS)
override SCHEDULER := $(value SCHEDULER)
override AS_OF := $(value AS_OF)
override FORCE := $(value FORCE)
override FILE := $(value FILE)
# From the command line alone: some systems (Windows' WSL) have a NAME of their own in the environment.
override NAME := $(if $(filter command,$(firstword $(origin NAME))),$(value NAME))
# A release is somebody's act: by whom is said in the call itself, too.
override BY := $(if $(filter command,$(firstword $(origin BY))),$(value BY))
# What is measured, and how often, is said in the call itself as well: an environment may have such names for others.
override ONLY := $(if $(filter command,$(firstword $(origin ONLY))),$(value ONLY))
override ROUNDS := $(if $(filter command,$(firstword $(origin ROUNDS))),$(value ROUNDS))
export PROJECT PROJECTS PERIOD PERIODS SCHEDULER AS_OF FORCE FILE NAME BY ONLY ROUNDS

# Any other variable on the command line is refused: a misspelt 'ASOF=' would make another report than was asked for,
# and make would expand the value on its way to the commands.
$(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),$(error \
    There is no variable '$v' to set; there are PROJECT, PROJECTS, PERIOD, PERIODS, SCHEDULER, AS_OF, FORCE, FILE, NAME, BY, ONLY and ROUNDS)))

# A goal that is no target is told as one, before what it would use: it is misspelt, or the rest of a value with blanks.
# A variable MAKECMDGOALS of the environment hides the goals; then make says so itself.
override TARGETS := help report reports portfolio figures cleaning classification metrics release release-check \
    freeze compare decide evaluate-classification evaluate-redaction disclose redact check project template demo \
    dictionary bench test lint format lab setup lock clean
$(if $(filter default,$(origin MAKECMDGOALS)),$(foreach w,$(value MAKECMDGOALS),$(if $(filter $(TARGETS),$w),,$(error \
    There is no target '$w', so nothing was done. make help lists those that there are. If it belongs to a value, put the value in quotation marks: PERIODS="2023H2 2024H1"))))

# So is one that a target does not use, since the target would do something else than was asked for. Which use it:
override TAKERS.PROJECT := report reports cleaning classification metrics figures release release-check freeze compare \
    decide disclose redact check template
override TAKERS.PROJECTS := portfolio
override TAKERS.PERIOD := report cleaning classification metrics figures release release-check freeze decide disclose
override TAKERS.PERIODS := compare
override TAKERS.SCHEDULER := portfolio figures
override TAKERS.AS_OF := report cleaning classification metrics figures
override TAKERS.FORCE := report reports portfolio cleaning classification metrics freeze template demo
override TAKERS.FILE := decide disclose redact
override TAKERS.NAME := project
override TAKERS.BY := release
override TAKERS.ONLY := bench
override TAKERS.ROUNDS := bench
$(foreach w,$(value MAKECMDGOALS),$(foreach v,$(GIVEN),$(if $(filter $w,$(TAKERS.$v)),,$(error \
    make $w does not use $v, so nothing was done. $v is for: $(TAKERS.$v). Leave it out, or call these by themselves))))

# make expands these without being told to, as they stand in the environment.
override MAKEOVERRIDES :=
override VPATH :=
override GPATH :=
override IFS :=
override SHELL := /bin/sh
override .SHELLFLAGS := -c
override .DEFAULT_GOAL := help

.PHONY: $(TARGETS)
.NOTPARALLEL:

help: ## this menu
	@echo "make report PERIOD=2024H1 [PROJECT=…] [AS_OF=2024-06-30] [FORCE=1]"
	@echo 'make reports [PROJECT=… or PROJECT="… …"]'
	@echo 'make portfolio [PROJECTS="demo my-project"] [SCHEDULER=tcp://…]'
	@echo 'make figures PERIOD=2024H1 [PROJECT=…] [AS_OF=2024-06-30] [SCHEDULER=tcp://…]'
	@echo "make decide PERIOD=2024H1 FILE=outputs/…/2024H1/internal/review.xlsx [PROJECT=…]"
	@echo "make disclose PERIOD=2024H1 FILE=outputs/…/2024H1/internal/disclosure.xlsx [PROJECT=…]"
	@echo 'make release PERIOD=2024H1 BY="Head of the unit" [PROJECT=…]'
	@echo "make redact FILE=letter.txt [PROJECT=…]"
	@echo 'make compare PERIODS="2023H2 2024H1" [PROJECT=…]'
	@echo "make project NAME=my-project"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-24s %s\n", $$1, $$2 }' Makefile

report: ## the report of a PERIOD: all four notebooks, HTML and PDF in outputs/
cleaning: ## the first notebook alone: the register read, corrected and checked
classification: ## as far as the second notebook: type, relation, topic and sensitivity of each case
metrics: ## as far as the third notebook: the indicators
report cleaning classification metrics: setup
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --as-of="$$AS_OF" --force="$$FORCE"

release: setup ## the report of a PERIOD, once it is read, without the mark DRAFT, with a record of who released it (BY)
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --by="$$BY"

release-check: setup ## whether the public files of a PERIOD are those that were released
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD"

freeze: setup ## the figures of a PERIOD's report stored as published: data/<PROJECT>/published/
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --force="$$FORCE"

reports: setup ## the reports of all periods of one or more projects (PROJECT), side by side, and the pages that list them
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --force="$$FORCE"

portfolio: setup ## the reports of all periods of many PROJECTS, side by side, on this machine or a Dask SCHEDULER
	@.venv/bin/python -m pipeline $@ --projects="$$PROJECTS" --scheduler="$$SCHEDULER" --force="$$FORCE"

figures: setup ## the figures alone of a PERIOD, from a register in files that are too large to be read together
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --as-of="$$AS_OF" --scheduler="$$SCHEDULER"

compare: setup ## two or more PERIODS side by side: HTML, PDF and a table in outputs/
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --periods="$$PERIODS"

decide: setup ## the decisions of a filled review workbook FILE into decisions.csv, and what they change in PERIOD
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --file="$$FILE"

disclose: setup ## the decisions of a filled disclosure workbook FILE on texts of PERIOD into disclosure.csv
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --period="$$PERIOD" --file="$$FILE"

evaluate-classification: setup ## how well the learned model does on real texts that people labelled
	@.venv/bin/python -m pipeline $@

evaluate-redaction: setup ## how much redaction finds in texts in which people marked names and numbers
	@.venv/bin/python -m pipeline $@

redact: setup ## a text, a table or a workbook FILE without names, numbers and addresses of persons
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --file="$$FILE"

check: setup ## the register of PROJECT alone, in seconds: what was read, and what is to be mended
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT"

project: setup ## a project of your own, called NAME: a folder in data/ with project.yml and an empty register
	@.venv/bin/python -m pipeline $@ --name="$$NAME"

template: setup ## an empty register in Excel, with the words of PROJECT in drop-down lists
	@.venv/bin/python -m pipeline $@ --project="$$PROJECT" --force="$$FORCE"

demo: setup ## the invented register of the project demo anew: data/demo/register.csv
	@.venv/bin/python -m pipeline $@ --force="$$FORCE"

dictionary: setup ## docs/register.md's lists of columns and rules anew, from their definitions
	@.venv/bin/python -m pipeline $@

bench: setup ## what a report costs, beside other ways to make it: docs/performance.md anew, in about half an hour
	@.venv/bin/python -m bench --only="$$ONLY" --rounds="$$ROUNDS"

test: ## all tests
	@sh ./setup.sh test
	@# As many at once as there are processors; the tests of one file share what they make and stay together.
	@.venv/bin/python -m pytest -n auto --dist loadfile

lint: setup ## what must hold before a change is handed in: style, types, notebooks without outputs
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	find notebooks -name '*.ipynb' ! -path '*/.*' -exec .venv/bin/python -m nbstripout --keep-id --verify {} +

format: setup ## mends what can be mended of it: style, outputs taken out of notebooks
	.venv/bin/python -m ruff check --fix
	.venv/bin/python -m ruff format
	find notebooks -name '*.ipynb' ! -path '*/.*' -exec .venv/bin/python -m nbstripout --keep-id {} +

lab: setup ## JupyterLab on the notebooks
	@.venv/bin/python -m jupyterlab notebooks

setup: ## .venv from requirements.lock, where it is not ready; what needs it calls this itself
	@sh ./setup.sh

lock: ## requirements.lock anew, with the newest versions that pyproject.toml admits
	@sh ./setup.sh lock

clean: ## removes the tools' caches, and half-made reports of killed runs; no data, no report, not .venv
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -path ./.venv -prune -o -path ./data -prune -o -path ./outputs -prune \
	    -o -type d '(' -name __pycache__ -o -name .ipynb_checkpoints ')' -prune -exec rm -rf {} +
	@# What is younger than an hour may be a report in the making.
	@find outputs -mindepth 1 -maxdepth 3 -type d -name '.*.staging-*' -mmin +60 -exec rm -rf {} +
