"""The proof that a call is never made twice."""

from pathlib import Path

from wactorz_common.contracts.home import CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.journal import KEPT_SECONDS, Journal

OUTCOME = CallOutcome(
    call=ServiceCall(domain="light", service="turn_on", entity_id=("light.a",), data={"brightness_pct": 40}),
    state=TaskState.DONE, detail="A is at 40 %.",
)  # fmt: skip


async def test_outcomes_survive_and_are_forgotten_in_time(tmp_path: Path):
    store = Store(tmp_path / "state.db")
    store.open()
    journal = Journal(store)
    journal.open()
    await journal.keep("task", 1, OUTCOME, 1000.0)
    await store.close()
    store.open()
    journal.open()
    assert await journal.kept("task") == {1: OUTCOME}
    assert await journal.kept("other") == {}
    await journal.trim(1000.0 + KEPT_SECONDS)
    assert await journal.kept("task") == {1: OUTCOME}
    await journal.trim(1001.0 + KEPT_SECONDS)
    assert await journal.kept("task") == {}
    await store.close()
