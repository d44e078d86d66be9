"""Who may ask main what it remembers, and whose words it learns from."""

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.memory import Fact, Forget, MemoryQuery
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_main.command_table import COMMANDS
from wactorz_main.desk import MemoryDesk
from wactorz_main.history import History
from wactorz_main.settings import MainSettings

from .turn_doubles import PLACE, errand_of

TEA, NAME = (Fact(key=key, value=value, at=1.0) for key, value in (("pref_tea", "green tea"), ("person_name", "Ann")))


class Desk(MemoryDesk):
    name, description = "main", "Remembers"


@pytest.fixture
async def desk(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    bus = Bus(Identity("main", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = Desk(MainSettings(state_dir=tmp_path), bus, store)
    made.history = History(store)
    await made.history.open()
    await made.open_desk()
    await made.facts.keep("ann", [TEA, NAME])
    yield made
    await store.close()


def task(sender="gateway", **more):
    return Task("t1", "x", "main", sender, **more)


@pytest.mark.parametrize("sender", ["", "io-agent", "weather", "planner"])
async def test_only_the_door_that_knows_who_asks_hears_or_forgets_anything(desk, sender):
    with pytest.raises(Refused, match="shown to that person only"):
        await desk.on_get_memory(MemoryQuery(person="ann"), task(sender))
    with pytest.raises(Refused, match="shown to that person only"):
        await desk.on_forget(Forget(person="ann"), task(sender))
    assert len(desk.facts.of("ann")) == 2


async def test_a_person_sees_their_own_facts_and_summaries_of_their_own_session(desk):
    await desk.history.remember("t0", PLACE, "I like tea", "Noted.", 1.0)
    untold = await desk.history.untold(PLACE)
    await desk.history.add_summary(PLACE, untold[0].number, untold[-1].number, "Ann likes tea.", 2.0)
    mine = await desk.on_get_memory(MemoryQuery(person="ann", conversation_id="c"), task())
    assert ([one.value for one in mine.facts], mine.summaries) == (["green tea", "Ann"], ("Ann likes tea.",))
    other = await desk.on_get_memory(MemoryQuery(person="bob", conversation_id="c"), task())
    assert (other.facts, other.summaries) == ((), ())


async def test_one_fact_is_forgotten_and_an_unknown_one_is_an_error_only_once(desk):
    left = await desk.on_forget(Forget(person="ann", key="pref_tea"), task())
    assert [one.key for one in left.facts] == ["person_name"]
    with pytest.raises(Refused, match="Nothing called 'pref_tea'"):
        await desk.on_forget(Forget(person="ann", key="pref_tea"), task())
    again = await desk.on_forget(Forget(person="ann", key="pref_tea"), task(recovered=True))
    assert [one.key for one in again.facts] == ["person_name"]


async def test_everything_of_a_person_goes_and_nothing_of_others(desk):
    await desk.facts.keep("bob", [TEA])
    await desk.history.remember("t0", PLACE, "I like tea", "Noted.", 1.0)
    assert (await desk.on_forget(Forget(person="ann", conversation_id="c"), task())).facts == ()
    assert await desk.history.untold(PLACE) == ()
    assert len(desk.facts.of("bob")) == 1


@pytest.mark.parametrize(
    ("sender", "text", "is_heard"),
    [
        ("io-agent", "I like green tea in the morning", True), ("weather", "I like green tea in the morning", False),
        ("io-agent", "/memory", False),
    ],
)  # fmt: skip
async def test_only_what_people_say_themselves_may_hold_facts(desk, agent, sender, text, is_heard):
    errand = errand_of(agent, text)
    errand.task.sender = sender
    await desk.hear(errand)
    assert bool(await desk.facts.waiting()) is is_heard


async def test_commands_are_told_in_the_order_of_the_help(desk):
    told = await desk.on_list_commands(Nothing(), task())
    assert [one.usage for one in told.commands] == [one.usage for one in COMMANDS]
