"""Problem documents over HTTP: which request, in which words."""

import pytest

from .test_app import FakeBus, assert_problem, client_of, make_app


@pytest.fixture
async def client(tmp_path):
    async with client_of(make_app(tmp_path, FakeBus()), headers={"host": "127.0.0.1"}) as made:
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
    assert_problem(answer, 422)
    assert answer.json()["detail"] == "rule_id: an id of this kind has up to 32 digits and letters from a to f"


async def test_a_hostile_path_is_a_reference_and_nothing_else(client):
    body = (await client.get("/api/actors/%3Cscript%3E%E2%80%AE")).json()
    assert body["instance"] == "/api/actors/%3Cscript%3E%E2%80%AE"
