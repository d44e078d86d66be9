"""Notices on a real broker, to places that speak as Discord, Slack, Telegram and plain webhooks do."""

import asyncio
import contextlib
import json
import os
import sys
import time
from pathlib import Path

import aiomqtt
import pytest

from wactorz_common.agent import Agent, TaskEnd, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import CHAT, CHAT_OUT, ChatReply, ChatRequest
from wactorz_common.contracts.lifecycle import ALERT, AgentAlert
from wactorz_common.contracts.notices import (
    FORGET_SECRET,
    LIST_SECRETS,
    LIST_TARGETS,
    NOTICES,
    NOTIFY,
    REMOVE_TARGET,
    SET_TARGET,
    STORE_SECRET,
    VAULT_KEY,
    Notice,
    NoticeEvent,
    NoticeResult,
    SecretRef,
    SetTarget,
    StoreSecret,
    Target,
    TargetName,
    VaultKey,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.sealing import seal
from wactorz_common.settings import AgentSettings
from wactorz_notifier.agent import NotifierAgent
from wactorz_notifier.settings import NotifierSettings
from wactorz_testing.agents import running
from wactorz_testing.webhook_server import TEST_TOKEN, Cut, Fault, Slow, WebhookServer

pytestmark = pytest.mark.broker


class Main(Agent[AgentSettings]):
    """Passes on what people want, and hears what they are told."""

    name = "main"
    description = "Asks"

    async def on_start(self) -> None:
        self.key: VaultKey | None = None
        self.events: list[NoticeEvent] = []
        self.page: list[str] = []
        self.alerts: list[str] = []

    @listens(VAULT_KEY)
    async def on_key(self, message: Message[VaultKey]) -> None:
        self.key = message.payload

    @listens(NOTICES)
    async def on_notice(self, message: Message[NoticeEvent]) -> None:
        self.events.append(message.payload)

    @listens(CHAT_OUT)
    async def on_page(self, message: Message[ChatReply]) -> None:
        self.page.append(message.payload.content)

    @listens(ALERT)
    async def on_alert(self, message: Message[AgentAlert]) -> None:
        self.alerts.append(message.payload.message)

    async def vault_key(self) -> VaultKey:
        async with asyncio.timeout(10):
            while self.key is None:
                await asyncio.sleep(0.01)
        return self.key

    async def keep(self, url: str, name: str = "", service: str = "") -> TaskEnd[Target]:
        secret = seal("secret:place-1", service or "webhook", url, await self.vault_key())
        return await self.submit(SET_TARGET, SetTarget(name=name, service=service, secret=secret))

    async def tell(self, text: str, task_id: str | None = None, deadline: float | None = None, **more) -> NoticeResult:
        end = await self.submit(NOTIFY, Notice(text=text, **more), task_id=task_id, deadline=deadline)
        assert end.result is not None, end.error
        return end.result


class Stranger(Main):
    name = "weather"


@pytest.fixture
async def server():
    async with WebhookServer() as made:
        yield made


@pytest.fixture
async def main(broker, tmp_path):
    async with running(Main, broker, tmp_path) as made:
        yield made


@pytest.fixture
def start(broker, tmp_path):
    return lambda **values: running(NotifierAgent, broker, tmp_path, NotifierSettings, **values)


async def eventually(check, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("service", ["discord", "slack", "telegram", "webhook"])
async def test_each_service_is_recognized_and_told(service, main, server, start):
    async with start():
        end = await main.keep(getattr(server, service))
        assert end.result.service == end.result.name == service
        assert end.result.usual
        result = await main.tell("The door is open, @everyone", target=service)
        assert (result.status, result.target) == ("sent", service)
        assert server.texts == ["The door is open, @\u200beveryone"]
        await eventually(lambda: main.events)
        assert (main.events[0].status, main.events[0].target) == ("sent", service)


async def test_apprise_tells_other_services(main, server, start):
    async with start():
        end = await main.keep(server.webhook.replace("http://", "json://"), name="own")
        assert (end.result.service, end.result.hint) == ("json", "json://…")
        assert (await main.tell("Hello", title="Door", target="own")).status == "sent"
        message = server.messages[0]
        assert (message.body["message"], message.body["title"]) == ("Hello", "Door")
        server.script([Fault(400)])
        assert "(400)" in (await main.tell("Hello again")).text
        server.script([Fault(503)])
        assert (await main.tell("And again")).status == "sent"


async def test_without_a_place_people_are_told_what_to_type_and_see_it_on_the_page(main, start):
    async with start():
        await main.vault_key()
        end = await main.submit(NOTIFY, Notice(text="The door is open", target="discord"))
        assert end.state is TaskState.FAILED
        assert "/webhook discord URL" in end.error
        await eventually(lambda: main.page == ["The door is open"])
        result = await main.tell("It rains")
        assert (result.status, result.target) == ("sent", "page")
        assert "/webhook discord URL" in result.text
        await eventually(lambda: main.page[1:] == ["It rains"])
        assert (await main.tell("Only here", target="page")).text == "Shown on the page"


async def test_only_main_and_the_gateway_change_places_and_secrets(main, server, start, broker, tmp_path):
    async with start(), running(Stranger, broker, tmp_path) as stranger:
        secret = seal("secret:token-1", "token", "abc", await main.vault_key())
        for operation, request in (
            (SET_TARGET, SetTarget(secret=secret)), (REMOVE_TARGET, TargetName(name="discord")),
            (STORE_SECRET, StoreSecret(secret=secret)), (FORGET_SECRET, SecretRef(reference="secret:token-1")),
        ):  # fmt: skip
            end = await stranger.submit(operation, request)
            assert "Only a person" in end.error
        assert (await stranger.tell("hello")).status == "sent"
        assert (await stranger.ask(LIST_TARGETS, Nothing())).targets == ()


async def test_secrets_are_kept_and_forgotten_and_never_told(main, start):
    async with start():
        secret = seal("secret:token-1", "token", TEST_TOKEN, await main.vault_key())
        end = await main.submit(STORE_SECRET, StoreSecret(secret=secret, note="for the weather"))
        assert (end.result.reference, end.result.note) == ("secret:token-1", "for the weather")
        listed = await main.ask(LIST_SECRETS, Nothing())
        assert [one.kind for one in listed.secrets] == ["token"]
        assert TEST_TOKEN not in repr(listed)
        end = await main.submit(FORGET_SECRET, SecretRef(reference="secret:token-1"))
        assert end.result.secrets == ()


async def test_places_survive_a_restart_and_can_be_removed(main, server, start):
    async with start():
        await main.keep(server.discord)
        await main.keep(server.slack, name="family")
    async with start():
        listed = (await main.ask(LIST_TARGETS, Nothing())).targets
        assert [(one.name, one.service, one.usual) for one in listed] == [
            ("discord", "discord", True), ("family", "slack", False),
        ]  # fmt: skip
        assert (await main.tell("one", target="slack")).target == "family"
        end = await main.submit(REMOVE_TARGET, TargetName(name="discord"))
        assert [(one.name, one.usual) for one in end.result.targets] == [("family", True)]
        assert (await main.tell("two")).target == "family"
        end = await main.submit(REMOVE_TARGET, TargetName(name="discord"))
        assert "no place called 'discord'" in end.error


async def test_the_same_task_is_told_once(main, server, start):
    async with start() as notifier:
        await main.keep(server.discord)
        await main.tell("once", task_id="rule/1/1")
        await main.tell("once", task_id="rule/1/1")
        ending = await notifier.desk.tell("rule/1/1", Notice(text="once"), time.time() + 10)
        assert (ending.result.status, ending.is_new) == ("sent", False)
    assert server.texts == ["once"]


async def test_cooldown_holds_the_same_back_also_after_a_restart_but_a_failure_does_not_count(main, server, start):
    async with start():
        await main.keep(server.slack)
        server.script([Fault(404)])
        assert (await main.tell("one", key="door", cooldown_seconds=60)).status == "failed"
        assert (await main.tell("two", key="door", cooldown_seconds=60)).status == "sent"
        assert (await main.tell("three", key="door", cooldown_seconds=60)).status == "suppressed"
    async with start():
        assert (await main.tell("four", key="door", cooldown_seconds=60)).status == "suppressed"
        assert (await main.tell("five", key="window", cooldown_seconds=60)).status == "sent"
    assert server.texts == ["two", "five"]


@pytest.mark.parametrize("service", ["discord", "telegram"])
async def test_a_message_is_edited_in_place_and_sent_anew_when_it_is_gone(service, main, server, start):
    async with start():
        await main.keep(getattr(server, service))
        await main.tell("Washing: 10 %", key="wash", edit=True)
        assert (await main.tell("Washing: 20 %", key="wash", edit=True, cooldown_seconds=60)).status == "edited"
        assert (await main.tell("Washing: 20 %", key="wash", edit=True)).status == "edited"
    async with start():
        server.script([Fault(503)])
        assert (await main.tell("Washing: 90 %", key="wash", edit=True)).status == "edited"
        assert server.texts == ["Washing: 90 %"]
        server.messages.clear()
        assert (await main.tell("Washing: done", key="wash", edit=True)).status == "sent"
        assert server.texts == ["Washing: done"]


async def test_a_service_that_cannot_edit_gets_a_new_message(main, server, start):
    async with start():
        await main.keep(server.slack)
        await main.tell("one", key="k", edit=True)
        assert (await main.tell("two", key="k", edit=True)).status == "sent"
    assert server.texts == ["one", "two"]


async def test_trouble_of_the_service_is_waited_out(main, server, start):
    async with start():
        await main.keep(server.discord)
        server.script([Fault(429, retry_after=0.4), Fault(500)])
        began = time.time()
        assert (await main.tell("patience")).status == "sent"
        assert time.time() - began >= 0.8
    assert (server.attempts, server.texts) == (3, ["patience"])


async def test_failure_is_said_everywhere(main, server, start):
    async with start():
        await main.keep(server.discord)
        server.script([Fault(404, text=f"Unknown Webhook {TEST_TOKEN}")])
        end = await main.submit(NOTIFY, Notice(text="The door is open"))
        assert end.state is TaskState.FAILED
        assert (end.result.status, end.result.text) == (
            "failed", "discord did not get it: there is nothing at that address (404: Unknown Webhook ***)",
        )  # fmt: skip
        await eventually(lambda: main.page and main.alerts and main.events)
        assert main.page[0].startswith("The door is open\n(discord did not get it")
        assert main.events[0].status == "failed"
        listed = (await main.ask(LIST_TARGETS, Nothing())).targets
        assert "404" in listed[0].problem
        await main.tell("better now")
        assert (await main.ask(LIST_TARGETS, Nothing())).targets[0].problem == ""


async def test_a_place_that_is_down_is_tried_until_the_deadline(main, server, start):
    async with start():
        await main.keep(server.slack)
        await server.down()
        telling = asyncio.create_task(main.tell("back again", deadline=20))
        await asyncio.sleep(0.8)
        await server.up()
        assert (await telling).status == "sent"
        await server.down()
        result = await main.tell("never", deadline=3.5)
        assert (result.status, "cannot be reached" in result.text) == ("failed", True)
        await server.up()


async def test_what_may_have_arrived_is_not_sent_again(main, server, start):
    async with start():
        await main.keep(server.discord)
        server.script([Cut()])
        end = await main.submit(NOTIFY, Notice(text="perhaps"))
        assert end.state is TaskState.UNKNOWN
        assert end.result.text.startswith("Unknown, sent perhaps: ")
    assert server.attempts == 1


async def test_a_storm_becomes_a_digest(main, server, start):
    async with start(per_minute=5) as notifier:
        await main.keep(server.discord)
        results = await asyncio.gather(*(main.tell(f"notice {n}") for n in range(100)))
        assert sorted({result.status for result in results}) == ["held", "sent"]
        assert len(server.messages) == 5
        late = time.time() + 61
        notifier.holding._now = lambda: late
        notifier.desk.changed.set()
        await server.until(6)
        assert server.texts[-1].startswith("95 notices at once:\n• notice ")
        assert len(server.texts[-1]) <= 2000
        assert [event.status for event in main.events].count("held") == 95


async def test_quiet_hours_hold_what_is_not_critical_over_a_restart(main, server, start):
    hours = f"{time.strftime('%H:%M', time.gmtime(time.time() - 7200))}-{time.strftime('%H:%M', time.gmtime(time.time() + 7200))}"
    async with start(quiet_hours=hours):
        await main.keep(server.telegram)
        assert (await main.tell("washing is done", title="Machine")).status == "held"
        for number in range(3):
            assert (await main.tell(f"battery low {number}", key="battery")).status == "held"
        assert (await main.tell("water!", severity="critical")).status == "sent"
        assert server.texts == ["water!"]
    async with start(quiet_hours=hours) as notifier:
        late = time.time() + 3 * 3600
        notifier.holding._now = lambda: late
        notifier.desk.changed.set()
        await server.until(2)
        assert server.texts[1] == "While it was quiet:\n• Machine washing is done\n• battery low 2 (3 times)"
        await asyncio.sleep(0.1)
        assert len(server.messages) == 2


async def test_long_texts_come_in_pieces(main, server, start):
    async with start():
        await main.keep(server.discord)
        text = "word " * 700
        await main.tell(text.strip(), title="Long")
        assert [len(one) <= 2000 for one in server.texts] == [True, True]
        assert "".join(server.texts).replace("**Long**\n", "").replace(" ", "") == "word" * 700


async def test_people_try_a_place(main, server, start):
    async with start():
        await main.keep(server.discord)
        end = await main.submit(CHAT, ChatRequest(text="test discord"), to="notifier")
        assert (end.result.text, end.result.status) == ("Told on discord", "done")
        assert server.texts == ["This is a test from Wactorz. Notices arrive here."]
        end = await main.submit(CHAT, ChatRequest(text="what do you know?"), to="notifier")
        assert "discord: 127.0.0.1…6xyz, the usual one" in end.result.text


# -- processes that are killed -----------------------------------------------------------------------------------


async def launch(broker, tmp_path, **environment):
    variables = {
        **os.environ, "WACTORZ_STATE_DIR": str(tmp_path), "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port),
        "WACTORZ_LOG_LEVEL": "DEBUG", **environment,
    }  # fmt: skip
    with (tmp_path / "notifier.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wactorz_notifier", env=variables, stdout=log, stderr=log
        )


async def end(process):
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()


@pytest.mark.parametrize("place", ["handler.before_effect", "handler.after_effect", "inbox.after_done_commit"])
async def test_killed_anywhere_a_notice_is_told_once(place, main, server, broker, tmp_path):
    process = await launch(broker, tmp_path)
    try:
        await main.keep(server.discord)
        await end(process)
        process = await launch(broker, tmp_path, WACTORZ_FAILPOINTS=f"{place}:1")
        telling = asyncio.create_task(main.tell("once", deadline=30))
        await asyncio.wait_for(process.wait(), 15)
        process = await launch(broker, tmp_path)
        assert (await telling).status == "sent"
    finally:
        await end(process)
    assert server.texts == ["once"]


async def test_killed_while_sending_it_says_that_nobody_knows(main, server, broker, tmp_path):
    process = await launch(broker, tmp_path)
    try:
        await main.keep(server.discord)
        server.script([Slow(8)])
        telling = asyncio.create_task(main.submit(NOTIFY, Notice(text="once"), deadline=30))
        await server.until(1)
        await end(process)
        process = await launch(broker, tmp_path)
        over = await telling
        assert over.state is TaskState.UNKNOWN
        assert over.result.text.startswith("Unknown, sent perhaps: the notifier was stopped while it was sending")
    finally:
        await end(process)
    assert server.attempts == 1


async def test_nothing_ever_shows_a_secret(main, server, broker, tmp_path):
    heard: list[bytes] = []

    async def probe():
        async with aiomqtt.Client(broker.host, broker.port) as client:
            await client.subscribe("#")
            async for message in client.messages:
                heard.append(f"{message.topic} ".encode() + bytes(message.payload))  # noqa: PERF401  # it never ends

    probing = asyncio.create_task(probe())
    process = await launch(broker, tmp_path)
    try:
        for service in ("discord", "slack", "telegram", "webhook"):
            assert (await main.keep(getattr(server, service), service=service)).result is not None
        await main.keep(server.webhook.replace("http", "json"), name="other")
        key = await main.vault_key()
        await main.submit(STORE_SECRET, StoreSecret(secret=seal("secret:token-9", "token", TEST_TOKEN, key)))
        bad = seal("secret:bad-1", "webhook", f"gopher://{TEST_TOKEN}", key)
        assert (await main.submit(SET_TARGET, SetTarget(secret=bad))).error
        for target in ("discord", "slack", "telegram", "webhook", "other"):
            server.script([Fault(400, text=f"bad token {TEST_TOKEN} at {server.discord}")])
            await main.submit(NOTIFY, Notice(text="x", target=target))
            await main.tell("y", target=target)
        await server.down()
        await main.tell("z", target="telegram", deadline=3)
        await main.ask(LIST_TARGETS, Nothing())
        await main.ask(LIST_SECRETS, Nothing())
        await asyncio.sleep(0.3)
    finally:
        await end(process)
        probing.cancel()
        await server.up()
    assert len(heard) > 20
    told = b"\n".join(heard)
    assert TEST_TOKEN.encode() not in told
    files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert len(files) > 4
    for path in files:
        assert TEST_TOKEN.encode() not in path.read_bytes(), path
    vault = tmp_path / "state" / "notifier" / "vault.json"
    assert vault.stat().st_mode & 0o777 == 0o600
    assert (vault.parent / "vault.key").stat().st_mode & 0o777 == 0o600
    assert sorted(json.loads(vault.read_text())["places"]) == ["discord", "other", "slack", "telegram", "webhook"]
