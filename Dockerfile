# The image of one service: docker build --build-arg SERVICE=main -t wactorz-main .
# `./just images` builds them all. Everything above the service's own layers is shared between the images.
# The gateway's has the dashboard in it when NODE names an image with Node: --build-arg NODE=node:20-slim
ARG NODE=python:3.12-slim-bookworm

FROM $NODE AS page
WORKDIR /build/spa
COPY spa/package.json spa/package-lock.json ./
RUN if command -v npm >/dev/null; then npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error; fi
COPY spa ./
RUN if command -v npm >/dev/null; then npm run --silent build -- --outDir /page --emptyOutDir --logLevel warn; else mkdir /page; fi

FROM python:3.12-slim-bookworm AS common
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/common.txt requirements/build.txt /build/requirements/
RUN pip install --quiet --require-hashes --prefix /common -r /build/requirements/common.txt \
 && cp -a /common/. /usr/local/ \
 && pip install --quiet --require-hashes -r /build/requirements/build.txt

FROM common AS wheels
WORKDIR /build
COPY libs libs
COPY services services
COPY gateway gateway
COPY edge edge
RUN pip wheel --quiet --no-deps --no-build-isolation --wheel-dir /wheels libs/* services/* ./gateway ./edge

# First what seldom changes: the packages of others, and what generated code runs in, built and compiled here so that a
# container of it starts at once.
FROM common AS service
ARG SERVICE
WORKDIR /build
COPY requirements/$SERVICE.txt requirements/sandbox-build.txt requirements/
RUN pip install --quiet --require-hashes --prefix /service -r "requirements/$SERVICE.txt"
COPY libs/wactorz_sandbox libs/wactorz_sandbox
RUN if [ "$SERVICE" = dynamic-agent ]; then \
      pip install --quiet --require-hashes -r requirements/sandbox-build.txt \
      && PYTHONPATH=libs/wactorz_sandbox/src python -m wactorz_sandbox.build --out /service/share/wactorz/sandbox \
      && chmod 755 /service/share/wactorz/sandbox; \
    fi
COPY --from=wheels /wheels /wheels
COPY --from=wheels /build /build
COPY scripts/image_parts.py scripts/
RUN pip install --quiet --no-deps --no-index --find-links /wheels --prefix /service $(python scripts/image_parts.py "$SERVICE") \
 && mkdir -p /service/bin \
 && printf '#!/bin/sh\nexec python -m %s "$@"\n' "$(python scripts/image_parts.py --module "$SERVICE")" > /service/bin/serve \
 && chmod 755 /service/bin/serve

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 wactorz && useradd --uid 10001 --gid 10001 --home-dir /var/lib/wactorz --shell /usr/sbin/nologin wactorz \
 && install -d -o wactorz -g wactorz -m 700 /var/lib/wactorz
COPY --from=common /common /usr/local
COPY --from=service /service /usr/local
COPY --from=page /page /usr/local/share/wactorz/page
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    WACTORZ_STATE_DIR=/var/lib/wactorz WACTORZ_LOG_FORMAT=json WACTORZ_HEALTH_FILE=/tmp/health \
    WACTORZ_DYNAMIC_SANDBOX_DIR=/usr/local/share/wactorz/sandbox WACTORZ_HTTP_PAGE=/usr/local/share/wactorz/page
USER 10001:10001
VOLUME /var/lib/wactorz
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=2 \
    CMD ["python", "-m", "wactorz_common.healthcheck", "/tmp/health"]
CMD ["serve"]
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="wactorz-$SERVICE" \
      org.opencontainers.image.description="Wactorz: the service $SERVICE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.licenses="Apache-2.0"
