"""Every route against what its schema allows and what it does not, as every role: no 5xx, and nobody who may not."""

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from wactorz_gateway.accounts.rights import Rights
from wactorz_gateway.accounts.roles import covers

from .rest_doubles import Served

ROLES = ("nobody", "expired", "viewer", "user", "admin", "owner")
_STREAMS = frozenset({"GET /api/events"})
"""Never end by themselves."""

_CHECKS = [not_a_server_error, checks.response_schema_conformance, checks.content_type_conformance]
_REFUSED = (401, 403)
_TIMEOUT = 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(Path(tmp_path_factory.mktemp("gateway"))) as running:
        yield running


@pytest.fixture(scope="module")
def operations(served: Served) -> list[Any]:
    address = f"{served.url}/api/openapi.json"
    schema = schemathesis.openapi.from_url(address, headers={"x-api-key": served.tokens["owner"]})
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if one.label not in _STREAMS]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ROLES)
def test_every_route_keeps_its_word(served: Served, operations: list[Any], role: str, cases: int) -> None:
    each = max(1, math.ceil(cases / len(ROLES) / len(operations)))
    statuses: Counter[int] = Counter()
    with requests.Session() as session:
        if role in served.tokens:
            session.headers["x-api-key"] = served.tokens[role]
        for number, operation in enumerate(operations):
            modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
            wanted = modes if each > 1 else [modes[(number + ROLES.index(role)) % 2]]
            for mode in wanted:
                _try(operation, mode, math.ceil(each / len(wanted)), role, session, statuses)
    print(f"{role}: {sum(statuses.values())} cases {dict(sorted(statuses.items()))}")
    assert not [status for status in statuses if status >= 500]


def _try(
    operation: Any, mode: GenerationMode, count: int, role: str, session: requests.Session, statuses: Counter[int]
) -> None:
    right = Rights().find(operation.method.upper(), operation.path)
    assert right is not None

    @settings(
        max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        response = case.call(session=session, timeout=_TIMEOUT)
        statuses[response.status_code] += 1
        if not covers("" if role in ("nobody", "expired") else role, right.least):
            assert response.status_code in _REFUSED, f"{role} got {response.status_code} of {operation.label}"
        try:
            case.validate_response(response, checks=_CHECKS)
        except FailureGroup as group:
            pytest.fail(f"{role}, {operation.label}: {group.exceptions[0]}", pytrace=False)

    try:
        tried()
    except schemathesis.errors.InvalidSchema as error:
        pytest.fail(str(error))
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__ and "negative" not in str(error).casefold():
            raise
