# mailflow in a container: one process, one volume. docs/deployment.md has the commands;
# scripts/try-deployment.sh carries these steps out without a container engine.

FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python -m venv /build/tools && /build/tools/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
RUN python -m venv /opt/mailflow && /opt/mailflow/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md ./
COPY mailflow mailflow/
COPY rules rules/
COPY templates templates/
# The locked tools build the wheel; nothing is fetched by name alone.
RUN /build/tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir dist .
RUN /opt/mailflow/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.12-slim
# The charts of the monthly report have Chinese words; the base image has no font with them.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-wqy-microhei && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/mailflow --create-home --shell /usr/sbin/nologin mailflow
COPY --from=build /opt/mailflow /opt/mailflow
ENV PATH=/opt/mailflow/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1
USER mailflow
WORKDIR /var/lib/mailflow
# Configuration, rules, templates and, on SQLite, the database.
VOLUME /var/lib/mailflow
# Finishes what is in hand, within 10 seconds.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 CMD ["mailflow", "health", "--config", "/var/lib/mailflow/mailflow.yaml"]
CMD ["mailflow", "run", "--config", "/var/lib/mailflow/mailflow.yaml"]
