# make play          set everything up and play a first game
# make test          set everything up and run the tests
# make check         all gates: format, lint, types, layers, tests
# make conformance   clients that others wrote, against the embedded game
# make browser       the pages in a real browser
# make package       build wheel and sdist, install them elsewhere, play
# make smoke         import and play on every other Python (3.11 to 3.13) that is found
# make bench         how fast it is
# make bench-eval    how fast batches are, with scripted players and with models that must be waited for
# make bench-models  what calls of models cost, at up to 1,000 in flight, and how long a turn of 100 agents takes
# make baselines     scripted policies on every scenario, for scenarios/baselines.csv (hours; goes on where it stopped)
# make bench-words   how many tokens texts take, and how long texts and pictures
# make maps          every scripted policy on every SMAC map, twice: all games end, and end alike
# make tasks         noop, attack_nearest and the policy of its own on every task of LLM-PySC2, twice, by both rules
# make truth         networks trained in the real game, and SMAC's scripted agent on all its maps, play the embedded game
# make bench-marl    how fast StarCraft2Env is, straight and over a websocket
# make survey-marl   StarCraft2Env against raw observations on all SMAC maps, 200 random steps each
# make computers     built-in computers by level, race and build, beside what the build's tables expect (two hours)
# make sensitivity   how much scores depend on what the facts leave open (some hours; goes on where it stopped)
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: play test check gates install conformance browser package smoke bench bench-words bench-eval bench-models baselines maps tasks computers survey-marl truth bench-marl sensitivity clean

play: $(VENV)/.installed
	$(BIN)/llm-pysc2 play 2s3z --model scripted/focus_fire

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q

install: $(VENV)/.installed

check: gates test

conformance: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q tests/conformance --conformance

browser: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q tests/browser --browser

package: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q tests/packaging --packaging

smoke:
	$(PYTHON) tools/smoke.py

bench-eval: $(VENV)/.installed-dev
	$(BIN)/python tools/bench_eval.py

bench-models: $(VENV)/.installed-dev
	$(BIN)/python -m tools.bench_models

bench: $(VENV)/.installed-dev
	$(BIN)/python tools/bench.py

baselines: $(VENV)/.installed-dev
	$(BIN)/python -m tools.baselines

bench-words: $(VENV)/bench/.installed
	$(VENV)/bench/bin/python -m tools.bench_words

maps: $(VENV)/.installed-dev
	$(BIN)/python -m tools.every_map

tasks: $(VENV)/.installed-dev
	$(BIN)/python -m tools.every_task

truth: $(VENV)/.installed-dev
	$(BIN)/python -m tools.truth $(TRUTH)

bench-marl: $(VENV)/.installed-dev
	$(BIN)/python -m tools.bench_marl

survey-marl: $(VENV)/.installed-dev
	LLM_PYSC2_MARL_STEPS=200 $(BIN)/python -m pytest -q tests/unit/marl/test_same_numbers.py

computers: $(VENV)/.installed-dev
	$(BIN)/python -m tools.computers --levels 1,2,3,4,5 --quiet --minutes 22

sensitivity: $(VENV)/.installed-dev
	$(BIN)/python -m tools.sensitivity

gates: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

# in a house of its own, since it wants an older NumPy
$(VENV)/bench/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/bench
	$(VENV)/bench/bin/python -m pip install --quiet --disable-pip-version-check --editable . 'mistral-common>=1.8'
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
