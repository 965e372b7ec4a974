# Every target is one line over start.py, which works the same on machines without make.
PYTHON ?= python3
.PHONY: run test bench assure drill bundle

run test bench drill bundle:
	@$(PYTHON) start.py $@

assure:
	@$(PYTHON) start.py assure $(foreach name,ID ENGINE QUICK SEED,$(if $($(name)),$(name)=$($(name))))
