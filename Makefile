# Two commands: `make up` brings the whole cluster up on this machine, `make down` removes it.
# Both need root on Debian 12. `make help` lists the others.

PYTHON    := .venv/bin/python
INSTALLED := .venv/.installed
# What the cluster and its tests use from Debian.
PACKAGES  := haproxy keepalived nftables openssh-client iproute2 procps util-linux mount hostname python3 python3-venv curl \
             poppler-utils ca-certificates fonts-liberation2 fonts-urw-base35

# Apache FOP is an oracle of the tests, which skip what it would check where it is missing.
# openssh-server makes the lab's hosts machines that are reached by ssh.
ORACLES   := openssh-server fop fonts-dejavu-core fonts-urw-base35 libcairo2
# Fonts of other makers, for `make fonts`.
FONTS_OF_OTHERS := fonts-urw-base35 cm-super lmodern tex-gyre fonts-liberation2 fonts-dejavu-core fonts-cantarell \
                   fonts-linuxlibertine fonts-sil-gentium-basic fonts-lohit-deva fonts-nanum

# Where no Docker engine is installed; mmdebstrap makes the base of its images where no registry answers.
DOCKER    := docker.io docker-compose mmdebstrap

.DEFAULT_GOAL := help
.PHONY: help up down up-docker down-docker images docker-packages test test-docker test-machines check format lock install packages oracles fonts fonts-packages image-files bench fuzz

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

up: install ## install what is missing, start the cluster, convert a sample through the VIP
	@$(PYTHON) -m compileall -q src # the services have no right to write their byte code
	@$(PYTHON) -m afpcluster up --sample out

down: ## stop the cluster and remove every trace of it
	@if [ -e $(INSTALLED) ]; then $(PYTHON) -m afpcluster down; else echo "Nothing is installed, so nothing is up."; fi
	@rm -f out/sample.afp out/sample.pdf && { rmdir out 2>/dev/null || true; }

up-docker: install docker-packages ## the reference topology in Docker (BASE=image of Debian 12 to build on)
	@$(PYTHON) -m afpcluster up-docker --sample out $(if $(BASE),--base $(BASE))

down-docker: ## stop the cluster in Docker and remove every trace of it
	@if [ -e $(INSTALLED) ]; then $(PYTHON) -m afpcluster down-docker; else echo "Nothing is installed, so nothing is up."; fi
	@rm -f out/sample.afp out/sample.pdf && { rmdir out 2>/dev/null || true; }

images: install docker-packages ## build the Docker images (BASE=image of Debian 12 to build on)
	@$(PYTHON) -m afpcluster images $(if $(BASE),--base $(BASE))

test: install docker-packages oracles check ## format, lint, types and all tests; works while a cluster is up
	@$(PYTHON) -m pytest

test-docker: install docker-packages ## the tests of the cluster in Docker alone, the long ones too
	@AFPCLUSTER_TEST_DOCKER=1 $(PYTHON) -m pytest tests/docker

test-machines: install docker-packages oracles ## two machines with engines of their own, installed, upgraded and rolled back
	@AFPCLUSTER_TEST_MACHINES=1 $(PYTHON) -m pytest tests/machines

check: install ## format, lint and strict types
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy --strict

format: install ## format the code
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

lock: install ## resolve requirements.lock anew from pyproject.toml
	@$(PYTHON) -m pip install -qq --disable-pip-version-check uv
	@$(PYTHON) -m uv pip compile --quiet --extra dev --extra deploy --generate-hashes --no-emit-index-url --no-header \
	  --upgrade --output-file requirements.lock pyproject.toml
	@$(PYTHON) -m uv pip compile --quiet --extra cluster --generate-hashes --no-emit-index-url --no-header \
	  --constraint requirements.lock --output-file docker/requirements.lock pyproject.toml

bench: install ## measure speed, memory and size; fails where a claim does (BENCH="speed --quick")
	@$(PYTHON) -m benchmarks $(BENCH)

fonts: install fonts-packages ## each glyph of Debian's fonts, source against PDF (FONTS="--every 20")
	@$(PYTHON) -m benchmarks.fonts $(FONTS)

image-files: install ## test images of Pillow and libpng (PngSuite) against their decoder (IMAGE_FILES="--every 20")
	@$(PYTHON) -m benchmarks.images $(IMAGE_FILES)

fuzz: install ## convert mutated files for a minute (FUZZ="--count 1000000 --jobs 2")
	@$(PYTHON) -m benchmarks.fuzz $(FUZZ)

install: packages $(INSTALLED) ## Debian packages and the Python environment, only what is missing

packages:
	@tools/install-packages $(PACKAGES)

docker-packages:
	@command -v dockerd >/dev/null && { docker compose version || docker-compose version; } >/dev/null 2>&1 || \
	  tools/install-packages $(DOCKER)

oracles:
	@tools/install-packages $(ORACLES)

fonts-packages:
	@tools/install-packages $(FONTS_OF_OTHERS)

# Debian's own Python: the services run as a user without rights, who may not read root's home.
$(INSTALLED): requirements.lock pyproject.toml
	@echo "Making the Python environment in .venv ..."
	@[ -x $(PYTHON) ] || /usr/bin/python3 -m venv .venv
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
