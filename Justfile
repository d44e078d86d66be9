# Every command of a developer's day; `./just` lists them.
set positional-arguments
set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# Start everything here (`-d`: in the background)
[group('run')]
[no-exit-message]
@up *args: setup spa
    exec .venv/bin/wactorz up "$@"

# Stop everything that `up` started
[group('run')]
[no-exit-message]
@down *args: setup
    exec .venv/bin/wactorz down "$@"

# The `wactorz` command, for example `./just wactorz ask "turn on the kitchen light"`
[group('run')]
[no-exit-message]
@wactorz *args: setup
    exec .venv/bin/wactorz "$@"

# Container images of every service, or of those named (`docker compose up --wait` runs them)
[group('run')]
[no-exit-message]
@images *services:
    scripts/images "$@"

# Unit, contract and integration tests, on a private Mosquitto; the dashboard checked and built
[group('check')]
[no-exit-message]
@test *args: setup mosquitto spa-check spa
    .venv/bin/python -m pytest -q libs services gateway edge tests -m "not e2e and not chaos and not docker and not browser" "$@"

# Everything that must hold before a commit: format, lint, types, imports, services, generated files, unit tests, the dashboard
[group('check')]
[no-exit-message]
@check: fmt-check lint types imports services gen-check unit spa-check

# Unit tests alone
[group('check')]
[no-exit-message]
@unit *args: setup
    .venv/bin/python -m pytest -q libs services gateway edge tests/contract -m "not broker and not home_assistant and not sandbox" "$@"

# The whole system, killed and restarted
[group('check')]
[no-exit-message]
@test-e2e *args: setup mosquitto
    .venv/bin/python -m pytest -q tests -m "e2e or chaos" "$@"

# The main job in a browser on the whole system, and what may go wrong there
[group('check')]
[no-exit-message]
@test-browser *args: setup mosquitto chromium spa
    .venv/bin/python -m pytest -q tests/browser -m browser "$@"

# Pictures of every view, light, dark, phone size and German, on a lively house: into .artifacts/screenshots
[group('check')]
[no-exit-message]
@screenshots *args: setup mosquitto chromium spa
    .venv/bin/python -m tests.browser.screenshots "$@"

# The system in containers: images built, the main job through the public entry, containers killed
[group('check')]
[no-exit-message]
@test-compose *args: setup chromium
    .venv/bin/python -m pytest -q tests/compose -m docker "$@"

[group('check')]
[no-exit-message]
@lint: setup
    .venv/bin/ruff check --quiet .

[group('check')]
[no-exit-message]
@types: setup
    .venv/bin/mypy libs/*/src services/*/src gateway/src edge/src scripts .ci/lanes.py .ci/plan.py

[group('check')]
[no-exit-message]
@imports: setup
    .venv/bin/lint-imports --no-cache | tail -n 3

# The shape of every service folder
[group('check')]
[no-exit-message]
@services: setup
    .venv/bin/python scripts/check_services.py

# Format, lint, types and tests of the dashboard, where Node is there
[group('check')]
[no-exit-message]
@spa-check:
    scripts/spa check

# Format the code
[group('write')]
@fmt: setup
    .venv/bin/ruff format --quiet . && .venv/bin/ruff check --quiet --fix . || true

[group('check')]
[no-exit-message]
@fmt-check: setup
    .venv/bin/ruff format --quiet --check .

# Write what is generated from the contracts: AsyncAPI, OpenAPI, TypeScript, tables in READMEs
[group('write')]
@gen: setup
    .venv/bin/python scripts/gen.py

[group('check')]
[no-exit-message]
@gen-check: setup
    .venv/bin/python scripts/gen.py --check

# A new service from the scaffold: `./just new-agent weather "Tells the weather."`
[group('write')]
[no-exit-message]
@new-agent *args: setup
    .venv/bin/python scripts/new_agent.py "$@"

# Measurements, as ratios against raw clients in the same run
[group('check')]
[no-exit-message]
@bench *args: setup mosquitto
    .venv/bin/python -m tests.bench "$@"

# Line coverage of the shared library
[group('check')]
[no-exit-message]
@coverage: setup mosquitto
    .venv/bin/python -m pytest -q libs/wactorz_common tests/integration -m "not e2e and not chaos and not home_assistant" --cov=wactorz_common --cov-report=term --cov-fail-under=90

# Sizes of files and functions beside what good code bases have (a compass, not a gate)
[group('check')]
@sizes: setup
    .venv/bin/python scripts/sizes.py

# Settings that the services know, as a table
[group('run')]
@env: setup
    .venv/bin/python scripts/gen.py --settings

# Compile the pins in requirements/ anew
[group('write')]
@pins:
    uv lock --quiet --upgrade
    uv export --quiet --frozen --all-packages --all-groups --all-extras --no-emit-workspace --no-header --no-annotate -o requirements/dev.txt
    uv export --quiet --frozen --package wactorz-common --no-dev --no-emit-workspace --no-header --no-annotate -o requirements/common.txt
    uv export --quiet --frozen --package wactorz-sandbox --extra build --no-dev --no-emit-workspace --no-header --no-annotate -o requirements/sandbox-build.txt
    for service in $(python scripts/image_parts.py); do uv export --quiet --frozen --package "$(python scripts/image_parts.py "$service" | sed -n 1p)" --no-dev --no-emit-workspace --no-header --no-annotate -o "requirements/$service.txt"; done
    for set in tools build; do uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate "requirements/$set.in" -o "requirements/$set.txt"; done

[private]
[no-exit-message]
@setup:
    scripts/setup

# The dashboard, built where its sources changed
[private]
[no-exit-message]
@spa:
    scripts/spa

[private]
[no-exit-message]
@chromium: setup
    .venv/bin/python -m wactorz_testing.chromium

[private]
[no-exit-message]
@mosquitto: setup
    .venv/bin/python -c 'import sys; from wactorz_edge.broker import find; from wactorz_edge.broker_install import install; sys.exit(0 if find("mosquitto") or install() else "The tests need Mosquitto: install it first (for example: apt-get install mosquitto)")'
