"""The audit log on disk."""

from pathlib import Path

import pytest

from wactorz_common.contracts.policy import AuditQuery
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.audit import AuditLog


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def log(store: Store, clock: Clock) -> AuditLog:
    opened = AuditLog(store, clock)
    opened.open()
    return opened


async def test_lines_are_found_newest_first(log: AuditLog):
    log.note("actuation", entity_ids=("light.a", "light.b"), trace_id="t1", person="ann", detail={"text": "A is on."})
    log.note("policy", entity_ids=("lock.door",))
    await log.note("actuation", entity_ids=("light.b",), trace_id="t2")
    found = (await log.listed(AuditQuery())).lines
    assert [line.number for line in found] == [3, 2, 1]
    assert found[2].person == "ann"
    assert found[2].entity_ids == ("light.a", "light.b")
    assert found[1].previous == found[2].hash
    assert [line.number for line in (await log.listed(AuditQuery(entity_id="light.b"))).lines] == [3, 1]
    assert [line.number for line in (await log.listed(AuditQuery(trace_id="t1"))).lines] == [1]
    assert [line.number for line in (await log.listed(AuditQuery(kind="policy"))).lines] == [2]
    assert [line.number for line in (await log.listed(AuditQuery(before=3, limit=1))).lines] == [2]


async def test_intact_until_somebody_writes_into_it(log: AuditLog, store: Store):
    for number in range(5):
        log.note(
            "actuation", entity_ids=(f"light.{number}",), detail={"text": f"Über {number}", "value": float("1e-7")}
        )
    verdict = await log.verify()
    assert (verdict.intact, verdict.lines, verdict.first_broken) == (True, 5, None)
    await store.write(lambda db: db.execute("UPDATE audit SET line = replace(line, 'ber 2', 'ber 9')") and None)
    verdict = await log.verify()
    assert (verdict.intact, verdict.first_broken) == (False, 3)
    assert "line 3" in verdict.text


async def test_lines_taken_off_the_end_show(log: AuditLog, store: Store):
    for _ in range(3):
        log.note("halt")
    await store.write(lambda db: db.execute("DELETE FROM audit WHERE number = 3") and None)
    verdict = await log.verify()
    assert (verdict.intact, verdict.first_broken) == (False, 3)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_entities WHERE number = 2",
        "UPDATE audit SET trace_id = 'x' WHERE number = 2",
        "UPDATE audit SET at = 1 WHERE number = 2",
        "UPDATE audit SET line = '[]' WHERE number = 2",
    ],
)
async def test_a_line_hidden_from_lists_shows(log: AuditLog, store: Store, sql: str):
    for _ in range(3):
        log.note("actuation", entity_ids=("light.a",), trace_id="t")
    await store.write(lambda db: db.execute(sql) and None)
    verdict = await log.verify()
    assert (verdict.intact, verdict.first_broken) == (False, 2)


async def test_an_empty_log_is_intact(log: AuditLog):
    assert (await log.verify()).intact


async def test_trimmed_by_age_and_still_intact(log: AuditLog, clock: Clock):
    for _ in range(4):
        log.note("actuation", entity_ids=("light.a",))
        clock.seconds += 100
    assert await log.trim(250) == 2
    assert (await log.verify()).intact
    lines = (await log.listed(AuditQuery())).lines
    assert [line.kind for line in lines] == ["trim", "actuation", "actuation"]
    assert lines[0].detail["through"] == 2
    assert [line.number for line in (await log.listed(AuditQuery(entity_id="light.a"))).lines] == [4, 3]
    assert await log.trim(250) == 0
    clock.seconds += 1_000
    assert await log.trim(250) == 3
    assert (await log.verify()).intact


async def test_goes_on_after_a_restart(tmp_path: Path):
    for number in (1, 2):
        store = Store(tmp_path / "state.db")
        store.open()
        log = AuditLog(store)
        log.open()
        await log.note("halt", person="ann")
        assert (await log.verify()).lines == number
        await store.close()


async def test_what_is_no_json_is_told_as_text(log: AuditLog):
    await log.note("actuation", detail={"path": Path("/x"), "odd": "\ud800", "deep": [{"\udfff": "ü"}]})
    assert (await log.verify()).intact
    assert b"/x" in (await log.listed(AuditQuery())).encode()


async def test_whoever_asks_for_much_does_not_fill_the_log(log: AuditLog):
    await log.note(
        "actuation", detail={"reason": "x" * 1_000_000, "text": "Lamp is on.", "calls": [{"data": "y" * 50_000}]}
    )
    (line,) = (await log.listed(AuditQuery())).lines
    assert len(line.detail["reason"]) == 2_000
    assert (line.detail["text"], line.detail["shortened"]) == ("Lamp is on.", True)
    assert "calls" not in line.detail


async def test_a_line_about_many_devices_still_tells_what_was_sent(log: AuditLog):
    states = {f"light.lamp_number_{number}": {"state": "off", "brightness": 1} for number in range(400)}
    call = {"domain": "light", "service": "turn_off", "context_id": "c1", "before": states, "after": states}
    await log.note("actuation", entity_ids=states, detail={"calls": [call]})
    (line,) = (await log.listed(AuditQuery(entity_id="light.lamp_number_7"))).lines
    assert line.detail["shortened"] is True
    assert line.detail["calls"] == [{"domain": "light", "service": "turn_off", "context_id": "c1"}]


async def test_an_answer_fits_a_message(log: AuditLog):
    for _ in range(100):
        log.note("actuation", detail={"calls": ["y" * 15_000]})
    lines = (await log.listed(AuditQuery(limit=500))).lines
    assert 40 < len(lines) < 60
    assert lines[0].number == 100
    assert (await log.listed(AuditQuery(limit=500, before=lines[-1].number))).lines[0].number == lines[-1].number - 1


async def test_odd_names_are_no_alarm(log: AuditLog):
    log.note(
        "actuation", entity_ids=("light.a b", "light.\ud800", 'light."x"', "light." + "z" * 5_000), trace_id="\ud800"
    )
    await log.note("actuation", entity_ids=(f"light.{number}" for number in range(2_000)))
    verdict = await log.verify()
    assert (verdict.intact, verdict.lines) == (True, 2)
    assert len((await log.listed(AuditQuery(entity_id="light.a b"))).lines) == 1
