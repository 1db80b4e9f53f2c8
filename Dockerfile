# syntax=docker/dockerfile:1
# Build:  docker build -t axis-hub .
# Run:    docker run --read-only --tmpfs /tmp -v axis:/var/lib/axis -p 8080:8080 axis-hub
# The hub writes to /var/lib/axis only (configuration, database, content); make it with `axis init /var/lib/axis` first.

ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/axis /opt/build
# Lock files first: this layer is made again only when a dependency changes.
COPY requirements.txt requirements-build.txt ./
RUN /opt/axis/bin/pip install --require-hashes --no-compile -r requirements.txt \
    && /opt/build/bin/pip install --require-hashes -r requirements-build.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && /opt/axis/bin/pip install --no-deps --no-index --no-compile /tmp/wheel/*.whl \
    # Checked by hash, not by time: the same sources give the same layer, and a read-only root needs no writing.
    && /opt/axis/bin/python -m compileall -q --invalidation-mode checked-hash /opt/axis/lib \
    && /opt/axis/bin/pip uninstall -q -y pip

FROM ${BASE}
LABEL org.opencontainers.image.title="Axis Hub" \
      org.opencontainers.image.description="Document exchange hub: signed edXML packages, a signed receipt for every step" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/axis /opt/axis
ENV PATH=/opt/axis/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# Numeric, so that an orchestrator can see that it is not root without reading /etc/passwd.
RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/axis
USER 10001:10001
WORKDIR /var/lib/axis
VOLUME /var/lib/axis
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["python", "-m", "hub", "health"]
ENTRYPOINT ["axis"]
CMD ["serve", "--config", "/var/lib/axis/axis.toml"]
