"""Every route against what its schema allows and what it does not, as every role: no 5xx, and nobody who may not."""

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
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
    schema = schemathesis.openapi.from_url(address, headers={"x-api-key": served.tokens["owner"]}, timeout=60)
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if one.label not in _STREAMS]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ROLES)
def test_every_route_keeps_its_word(served: Served, operations: list[Any], role: str, cases: int) -> None:
    each = max(1, math.ceil(cases / len(ROLES) / len(operations)))
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    with requests.Session() as session:
        trial = Trial(role, served.tokens.get(role, ""), session)
        for number, operation in enumerate(operations):
            wanted = modes if each > 1 else [modes[(number + ROLES.index(role)) % 2]]
            for mode in wanted:
                trial.of(operation, mode, math.ceil(each / len(wanted)))
    print(f"{role}: {sum(trial.statuses.values())} cases {dict(sorted(trial.statuses.items()))}")
    assert trial.problems == {}
    assert sum(trial.statuses.values()) >= len(operations) // 2


class Trial:
    """The cases of one role; what went wrong is kept by operation, the first of each kind."""

    def __init__(self, role: str, token: str, session: requests.Session) -> None:
        self.role, self.statuses = role, Counter[int]()
        self.problems: dict[str, str] = {}
        self._headers = {"x-api-key": token} if token else {}
        self._session, self._rights = session, Rights()

    def of(self, operation: Any, mode: GenerationMode, count: int) -> None:
        """Try one operation with so many cases."""

        @settings(
            max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck), print_blob=False,
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def tried(case: Any) -> None:
            self._try(case)

        with contextlib.suppress(Unsatisfiable, SkipTest):  # there is no wrong way to ask for some addresses
            tried()

    def _try(self, case: Any) -> None:
        label = case.operation.label
        with contextlib.suppress(KeyError, TypeError):
            for header in ("x-api-key", "authorization", "cookie"):
                case.headers.pop(header, None)
        case.cookies = {}
        response = case.call(session=self._session, headers=self._headers, timeout=_TIMEOUT)
        self.statuses[response.status_code] += 1
        right = self._rights.find(case.operation.method.upper(), case.operation.path)
        may = right is not None and covers("" if self.role in ("nobody", "expired") else self.role, right.least)
        if not may and response.status_code not in _REFUSED:
            self.problems[f"{label}: {response.status_code}"] = "nobody who may not must get in"
        try:
            case.validate_response(response, checks=_CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                told = f"{failure} {getattr(failure, 'message', '')}: {response.text[:300]}"
                self.problems.setdefault(
                    f"{label}: {type(failure).__name__}", f"{told} <- {case.as_curl_command()[:600]}"
                )
