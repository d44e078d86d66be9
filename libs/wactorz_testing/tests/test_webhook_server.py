import aiohttp
import pytest

from wactorz_testing.webhook_server import Cut, Fault, Slow, WebhookServer


@pytest.fixture
async def server():
    async with WebhookServer() as made:
        yield made


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as made:
        yield made


async def test_discord_tells_ids_only_when_asked_and_edits(server, http):
    async with http.post(server.discord, json={"content": "one"}) as answer:
        assert (answer.status, await answer.text()) == (204, "")
    async with http.post(f"{server.discord}?wait=true", json={"content": "two"}) as answer:
        number = (await answer.json())["id"]
    async with http.patch(f"{server.discord}/messages/{number}", json={"content": "three"}) as answer:
        assert answer.status == 200
    async with http.patch(f"{server.discord}/messages/999", json={"content": "x"}) as answer:
        assert (await answer.json())["code"] == 10008
    async with http.post(server.discord, json={"content": "x" * 2_001}) as answer:
        assert answer.status == 400
    assert server.texts == ["one", "three"]
    assert server.messages[1].edits == 1


async def test_telegram_counts_messages_and_knows_what_is_not_modified(server, http):
    edit = server.telegram.replace("sendMessage", "editMessageText")
    async with http.post(server.telegram, json={"chat_id": 1, "text": "one"}) as answer:
        number = (await answer.json())["result"]["message_id"]
    for text, status in (("two", 200), ("two", 400)):
        async with http.post(edit, json={"chat_id": 1, "message_id": number, "text": text}) as answer:
            assert answer.status == status
    async with http.post(server.telegram, json={"text": "no chat"}) as answer:
        assert (await answer.json())["ok"] is False


async def test_slack_and_others(server, http):
    async with http.post(server.slack, json={"text": "one"}) as answer:
        assert await answer.text() == "ok"
    async with http.post(server.slack, json={}) as answer:
        assert answer.status == 400
    async with http.put(server.webhook, data="plain") as answer:
        assert answer.status == 200
    assert [(one.service, one.text) for one in server.messages] == [("slack", "one"), ("webhook", "plain")]


async def test_tricks_are_played_one_per_request(server, http):
    server.script([Fault(429, retry_after=2), Slow(0.01), Cut()])
    async with http.post(server.discord, json={"content": "x"}) as answer:
        assert (answer.status, (await answer.json())["retry_after"], answer.headers["Retry-After"]) == (429, 2, "2")
    async with http.post(server.discord, json={"content": "slow"}) as answer:
        assert answer.status == 204
    with pytest.raises(aiohttp.ClientError):
        await http.post(server.discord, json={"content": "cut"})
    assert server.texts == ["slow", "cut"]
    await server.down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.post(server.slack, json={"text": "x"})
    await server.up()
    async with http.post(server.slack, json={"text": "back"}) as answer:
        assert answer.status == 200
    assert server.attempts == 4
