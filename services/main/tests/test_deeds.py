import pytest

from wactorz_common.store import Store
from wactorz_main.deeds import Deeds


@pytest.fixture
async def store(tmp_path):
    made = Store(tmp_path / "state.db")
    made.open()
    yield made
    await made.close()


async def test_the_last_deed_of_a_conversation_is_known_after_a_restart_too(store):
    deeds = Deeds(store)
    assert deeds.last("ann") == ""
    for deed in ("rule-1", "automation:t1"):
        await deeds.note("ann", deed)
    await deeds.note("bob", "rule-2")
    again = Deeds(store)
    again.open()
    assert (again.last("ann"), again.last("bob")) == ("automation:t1", "rule-2")


async def test_what_is_taken_back_uncovers_what_was_before(store):
    deeds = Deeds(store)
    for deed in ("rule-1", "rule-2", "rule-1"):
        await deeds.note("ann", deed)
    assert deeds.last("ann") == "rule-1"
    await deeds.drop("ann", "rule-1")
    assert deeds.last("ann") == "rule-2", "noted twice is kept once"
    await deeds.drop("ann", "unknown")
    await deeds.drop("nobody", "rule-2")
    assert deeds.last("ann") == "rule-2"


async def test_old_deeds_and_old_conversations_make_room(store):
    deeds = Deeds(store)
    for number in range(25):
        await deeds.note("ann", f"rule-{number}")
    for number in range(24, 4, -1):
        await deeds.drop("ann", f"rule-{number}")
    assert deeds.last("ann") == "", "twenty are kept"
    await deeds.note("first", "rule-x")
    for number in range(200):
        await deeds.note(f"place-{number}", "rule-y")
    assert (deeds.last("first"), deeds.last("place-0")) == ("", "rule-y")
