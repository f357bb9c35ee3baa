# Thin over dev.py, which works alone where make is missing: python3 dev.py run
PYTHON ?= python3

.PHONY: run test install check build cluster bench bench-ui soak screenshots wheelhouse lock
run test install check build cluster bench bench-ui soak screenshots wheelhouse lock:
	@$(PYTHON) dev.py $@ $(ARGS)
