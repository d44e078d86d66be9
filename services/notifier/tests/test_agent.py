"""What the notifier answers; the rest is proven on a broker, in the integration tests."""

import asyncio

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts import notices
from wactorz_common.contracts.chat import CHAT, ChatRequest
from wactorz_common.contracts.home import House
from wactorz_common.contracts.notices import Notice
from wactorz_common.errors import AskTimeout, Expired, Refused
from wactorz_common.handlers import HandlerTable, Task
from wactorz_notifier.agent import NotifierAgent
from wactorz_notifier.settings import NotifierSettings


@pytest.fixture
async def notifier(store, tmp_path):
    bus = Bus(Identity("notifier", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = NotifierAgent(NotifierSettings(state_dir=tmp_path), bus, store)
    made.published, made.alerts = [], []

    async def publish(channel, payload, **_params):
        made.published.append((channel.name, payload))

    async def alert(message, severity="warning"):
        made.alerts.append(message)

    async def ask(*_args, **_options):
        raise AskTimeout("nobody there")

    made.publish, made.alert, made.ask = publish, alert, ask
    await made.on_start()
    yield made
    for task in list(made._background):
        task.cancel()
    await asyncio.gather(*made._background, return_exceptions=True)
    await made.on_stop()


def test_it_answers_everything_about_notices():
    assert set(HandlerTable.of(NotifierAgent).served) == {CHAT.action, *(one.action for one in notices.OPERATIONS)}


async def test_the_key_is_published_with_each_connection(notifier):
    await notifier.on_connected()
    assert notifier.published == [("VAULT_KEY", notifier.vault.key)]


async def test_the_clock_of_the_house_is_kept(notifier):
    await notifier.on_house(House(version=1, time_zone="Europe/Berlin"))
    assert notifier._zone == notifier.recall("time_zone") == "Europe/Berlin"


async def test_what_comes_too_late_is_shown_on_the_page(notifier, monkeypatch):
    async def late(*_args):
        raise Expired("discord was busy")

    monkeypatch.setattr(notifier.desk, "tell", late)
    with pytest.raises(Expired):
        await notifier.notify(Notice(text="hello"), Task("t1", "notify", "notifier"))
    assert [name for name, _ in notifier.published] == ["CHAT_OUT", "NOTICES"]


async def test_trouble_of_a_place_is_told_once_an_hour(notifier):
    place = type("P", (), {"name": "discord"})()
    for problem in ("down", "down", "gone"):
        await notifier._report(place, problem)
    assert (notifier.problems, len(notifier.alerts)) == ({"discord": "gone"}, 1)
    await notifier._report(place, "")
    assert notifier.problems == {}
    await notifier._report(place, "down")
    assert len(notifier.alerts) == 2


@pytest.mark.parametrize("sender", ["planner", "weather", "io-agent", ""])
async def test_only_main_and_the_gateway_may_change_anything(notifier, sender):
    with pytest.raises(Refused, match="Only a person"):
        await notifier.remove_target(notices.TargetName(name="x"), Task("t", "x", "notifier", sender=sender))


@pytest.mark.parametrize("standing", ["talk", "user"])
async def test_a_place_is_tried_for_an_admin_only(notifier, standing):
    request = ChatRequest(text="test discord", person="ann", standing=standing)
    answer = await notifier.chat(request, Task("t1", "chat", "notifier", "io-agent"))
    assert (answer.status, notifier.published) == ("failed", [])
    assert "to try places" in answer.text or "only an admin may try places" in answer.text
