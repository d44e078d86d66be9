import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from wactorz_notifier.client import Client, covered, read
from wactorz_notifier.dialects import DIALECTS, Answer, Request, Saying
from wactorz_testing.webhook_server import Cut, Fault, Slow, WebhookServer

URL = "https://discord.com/api/webhooks/112233445566/abcDEF123"


def outcome(status, body="", service="discord", **headers):
    text = body if isinstance(body, str) else json.dumps(body)
    return read(DIALECTS[service], Request("POST", URL, {}), Answer(status, headers, text))


def test_what_arrived():
    assert outcome(200, {"id": "5"}).message_id == "5"
    assert outcome(204).arrived
    assert outcome(200, "ok", "slack").arrived
    assert not outcome(200, {"ok": False, "description": "no"}, "telegram").arrived


@pytest.mark.parametrize("status", [500, 502, 503, 408, 425])
def test_what_is_tried_again(status):
    assert outcome(status).may_retry


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (outcome(429, {"retry_after": 1.5}), 1.5),
        (outcome(429, {"ok": False, "parameters": {"retry_after": 7}}, "telegram"), 7),
        (outcome(429, "slow down", "slack", **{"retry-after": "3"}), 3),
        (outcome(429), None),
        (outcome(503, "", **{"retry-after": "soon"}), None),
    ],
)
def test_how_long_a_service_wants_to_rest(answer, seconds):
    assert (answer.may_retry, answer.again_in) == (True, seconds)


def test_a_rest_until_a_date():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < outcome(429, "", **{"retry-after": date}).again_in <= 30


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 301])
def test_what_is_given_up_is_told_without_the_url(status):
    result = outcome(status, {"message": f"Unknown {URL} and abcDEF123 of 112233445566"})
    assert (result.arrived, result.may_retry, result.unclear) == (False, False, False)
    assert "abcDEF123" not in result.problem
    assert "112233445566" not in result.problem
    assert str(status) in result.problem


def test_pages_of_proxies_are_not_repeated():
    assert outcome(403, "<html>nothing for you</html>").problem == "it does not let us in (403)"


def test_covered():
    url = "mailto://user%40x:pass%20word@example.org/path?to=somebody"
    assert covered("user@x pass word at example.org wrote to somebody", url) == "*** *** at example.org wrote to ***"


async def test_over_the_wire():
    discord, saying = DIALECTS["discord"], Saying("hello")
    async with WebhookServer() as server, Client() as client:
        server.script([Slow(0.05), Slow(5), Cut(), Fault(500)])
        request = discord.send(server.discord, saying)
        assert (await client.deliver(discord, request, 2)).arrived
        assert (await client.deliver(discord, request, 0.2)).unclear
        assert (await client.deliver(discord, request, 2)).unclear
        assert (await client.deliver(discord, request, 2)).may_retry
        await server.down()
        result = await client.deliver(discord, request, 2)
        assert (result.may_retry, result.problem) == (True, "it cannot be reached")
        await server.up()
        edit = discord.edit(server.discord, "1", saying)
        server.script([Cut()])
        assert (await client.deliver(discord, edit, 2)).may_retry


async def test_an_address_that_cannot_be_used():
    async with Client() as client:
        request = Request("POST", "http://exa mple:port/", {})
        assert "enter it again" in (await client.deliver(DIALECTS["webhook"], request, 1)).problem
