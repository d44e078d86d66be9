"""Problem documents over HTTP: which request, in which words."""

import pytest

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed

from .test_app import FakeBus, assert_problem, client_of, make_app


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
async def client(tmp_path, bus):
    async with client_of(make_app(tmp_path, bus), headers={"host": "127.0.0.1"}) as made:
        yield made


@pytest.mark.parametrize("address", ["/api/actors/nobody", "/api/nothing", "/api/rules/zz", "/api/feed?limit=0"])
async def test_every_problem_names_its_request(client, address):
    answer = await client.get(address, headers={"x-request-id": "my-request-1"})
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["type"], body["status"], body["instance"]) == (
        "about:blank",
        answer.status_code,
        address.partition("?")[0],
    )
    assert body["title"]
    assert body["request_id"] == answer.headers["x-request-id"] == "my-request-1"


async def test_a_wrong_rule_id_is_told_in_words(client):
    answer = await client.get("/api/rules/not-a-rule")
    assert_problem(answer, 404)
    assert answer.json()["detail"] == "rule_id: an id of this kind has up to 32 digits and letters from a to f"


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("GET", "/api/rules/{}", None), ("PUT", "/api/rules/{}", {"sentence": "at 8 turn on the lamp"}),
        ("DELETE", "/api/rules/{}", None), ("POST", "/api/rules/{}/pause", None), ("GET", "/api/plans/{}", None),
        ("POST", "/api/plans/{}/cancel", None),
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_found_whatever_its_id_looks_like(client, bus, method, address, body):
    gone, code = "There is no ab12cd34.", {"error_code": "not_there"}
    bus.answers |= dict.fromkeys(("show_rule", "show_plan"), TaskFailed(gone, code="not_there"))
    actions = ("edit_rule", "delete_rule", "pause_rule", "cancel_plan")
    bus.ends |= dict.fromkeys(actions, (TaskState.FAILED, None, gone, code))
    assert_problem(await client.request(method, address.format("zzz"), json=body), 404)
    answer = await client.request(method, address.format("ab12cd34"), json=body)
    assert_problem(answer, 404)
    assert answer.json()["detail"] == gone


async def test_what_only_a_body_names_is_not_the_address(client, bus):
    bus.answers["backtest"] = TaskFailed("There is no rule ab12cd34.", code="not_there")
    assert_problem(await client.post("/api/backtests", json={"rule_id": "ab12cd34"}), 409)


async def test_a_hostile_path_is_a_reference_and_nothing_else(client):
    body = (await client.get("/api/actors/%3Cscript%3E%E2%80%AE")).json()
    assert body["instance"] == "/api/actors/%3Cscript%3E%E2%80%AE"
