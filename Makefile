# make help lists what there is. Every target sets up what it needs.
SHELL := /bin/sh
DATA ?= ../shared/data
BENCH ?= ../shared/bench
PY := .venv/bin/python
RASA_MODEL := var/rasa/model.tar.gz
RASA_SOURCES := config.yml domain.yml $(wildcard data/nlu/*.yml data/rules/*.yml data/stories/*.yml nlu/*.py)
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export PYTHONWARNINGS := ignore
export DATA BENCH

help:  ## show this help
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: var/.serving $(RASA_MODEL)  ## install what the restaurant needs and build the dialogue model

run: setup  ## serve the restaurant on http://127.0.0.1:8000 until Ctrl-C
	@$(PY) -m bot serve

chat: setup  ## talk to the running restaurant in this terminal
	@$(PY) -m bot chat

test: var/.everything $(RASA_MODEL)  ## pass all tests
	$(PY) -m pytest

stories: var/.everything $(RASA_MODEL)  ## rasa test: the stories under tests/stories
	$(PY) -m pytest tests/stories

check: var/.everything  ## formatting, lint, types and import rules
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

BENCHES := "bot bench" "bot bench-bookings" "bot bench-calls" "bot bench-texts" "nlu bench-orders" "nlu bench-diet" "nlu bench-intents" "nlu bench-slots" "nlu bench-answers" "nlu bench-describe" "nlu bench-sentiment" "vision bench" "speech bench" "speech bench --model data/models/recogniser-streaming.onnx"
bench: var/.everything $(RASA_MODEL)  ## measure everything and print the tables of the README
	@status=0; for command in $(BENCHES); do \
		echo "== python -m $$command"; $(PY) -m $$command || status=$$?; done; exit $$status

DONE = @mkdir -p var/trained && touch $@
train: $(addprefix var/trained/,encoder spacy orders slots sentiment responder reader recogniser)  ## rebuild every shipped model from DATA
var/trained/sentiment: nlu/train_sentiment.py nlu/tune_encoder.py nlu/train_cnn.py nlu/sentiment_data.py var/trained/encoder | var/.everything
	$(PY) -m nlu train-sentiment
	$(DONE)
var/trained/encoder: nlu/export_encoder.py nlu/tune_questions.py | var/.everything
	$(PY) -m nlu.tune_questions
	$(PY) -m nlu.export_encoder
	$(DONE)
var/trained/spacy: nlu/train_spacy.py | var/.everything
	$(PY) -m nlu.train_spacy
	$(DONE)
var/trained/orders: nlu/train_parser.py $(wildcard nlu/synthetic_[mopt]*.py data/orders/*/*) | var/.everything
	$(PY) -m nlu train-parser
	$(DONE)
var/trained/slots: nlu/train_slots.py nlu/synthetic_bookings.py nlu/slot_tagger.py data/splits/restaurant8k.jsonl | var/.everything
	$(PY) -m nlu train-slots
	$(DONE)
var/trained/responder: nlu/train_describe.py nlu/responder_model.py nlu/describe_data.py | var/.everything
	$(PY) -m nlu train-describe
	$(DONE)
var/trained/reader: vision/train.py | var/.everything
	$(PY) -m vision train
	$(DONE)
var/trained/recogniser: speech/training.py speech/sentences.py speech/synthesis.py speech/neural_voices.py | var/.everything
	$(PY) -m speech voices
	$(PY) -m speech synthesise
	$(PY) -m speech train
	$(PY) -m speech words
	$(PY) -m speech tune
	$(PY) -m speech train --lookahead 16 --start-from data/models/recogniser.onnx --out var/speech/streaming
	$(PY) -m speech tune --model data/models/recogniser-streaming.onnx
	$(DONE)

var/.serving: requirements.txt
	@test -x $(PY) || { python=$$(.ci/python310) && $$python -m venv .venv; }
	@echo "Installing (a few minutes the first time) ..."
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(PY) -r requirements.txt; \
	else $(PY) -m pip install -q --disable-pip-version-check -r requirements.txt; fi
	@mkdir -p var && touch $@

var/.everything: requirements-dev.txt var/.serving
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(PY) -r requirements-dev.txt; \
	else $(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt; fi
	@mkdir -p var && touch $@

$(RASA_MODEL): $(RASA_SOURCES) | var/.serving
	@echo "Building the dialogue model ..."
	@mkdir -p var/rasa
	@$(PY) -m rasa train --config config.yml --domain domain.yml --data data/nlu data/rules data/stories \
		--out var/rasa --fixed-model-name model > var/rasa/train.log 2>&1 \
		|| { tail -n 20 var/rasa/train.log; echo "the whole log: var/rasa/train.log"; exit 1; }

.PHONY: help setup run chat test stories check bench train
