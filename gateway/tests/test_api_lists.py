"""Lists by pages, and answers that are sent once."""

import pytest

from wactorz_common.contracts.memory import CommandInfo, CommandList
from wactorz_common.contracts.policy import EntityPolicy, Policies

from .test_app import FakeBus, assert_problem, client_of, make_app


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers["list_policies"] = Policies(policies=tuple(EntityPolicy(entity_id=f"light.l{n}") for n in range(7)))
    return made


@pytest.fixture
async def client(tmp_path, bus):
    async with client_of(make_app(tmp_path, bus), headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_pages_follow_their_links_to_the_end(client):
    seen, address, pages = [], "/api/policies?limit=3", 0
    while address:
        page = await client.get(address)
        seen += [row["entity_id"] for row in page.json()]
        address, pages = page.headers.get("link", "").partition(">")[0].strip("<"), pages + 1
    assert seen == [f"light.l{number}" for number in range(7)]
    assert pages == 3


async def test_without_a_limit_it_is_the_whole_list_and_nothing_is_sent_twice(client, bus):
    whole = await client.get("/api/policies")
    assert len(whole.json()) == 7
    assert "link" not in whole.headers
    same = {"if-none-match": whole.headers["etag"]}
    assert (await client.get("/api/policies", headers=same)).status_code == 304
    bus.answers["list_policies"] = Policies(policies=())
    assert (await client.get("/api/policies", headers=same)).json() == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "cursor=nonsense", "limit=x", "cursor=" + "x" * 601])
async def test_a_wrong_page_is_told(client, query):
    assert_problem(await client.get(f"/api/policies?{query}"), 422)


async def test_fields_without_a_value_are_still_told(client, bus):
    assert (await client.get("/api/policies")).json()[0]["risk"] is None
    info = CommandInfo(name="help", usage="/help", summary="List")
    bus.answers["list_commands"] = CommandList(commands=(info,))
    assert [row["name"] for row in (await client.get("/commands")).json()] == ["help"]
