"""A log that was cut off no longer fits what was kept of its end."""

import sqlite3
from pathlib import Path

import pytest

from wactorz_common.contracts.policy import AuditQuery
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.anchor import Anchor, Head
from wactorz_home_assistant_actuator.audit import AuditLog

CUT = """DELETE FROM audit WHERE number > 3; DELETE FROM audit_entities WHERE number > 3;
UPDATE audit_head SET number = 3, hash = (SELECT json_extract(line, '$.hash') FROM audit WHERE number = 3)"""


def cut(db: sqlite3.Connection) -> None:
    for statement in CUT.split(";"):
        db.execute(statement)


@pytest.fixture
async def log(store: Store) -> AuditLog:
    opened = AuditLog(store)
    opened.open()
    for number in range(5):
        await opened.note("actuation", entity_ids=(f"light.{number}",))
    return opened


async def test_lines_that_were_cut_off_the_end_are_seen(log: AuditLog, store: Store):
    assert (await log.verify()).intact
    await store.write(cut)
    verdict = await log.verify()
    assert (verdict.intact, verdict.lines, verdict.first_broken) == (False, 3, 4)
    assert "once had a line 5" in verdict.text
    for _ in range(5):
        await log.note("halt")
    verdict = await log.verify()
    assert not verdict.intact, "further lines hide nothing"
    assert "once had a line 5" in verdict.text


async def test_after_a_restart_the_loss_is_a_line_for_good(log: AuditLog, store: Store):
    await store.write(cut)
    again = AuditLog(store)
    assert "its last lines were cut off" in (await again.look_back()).casefold()
    assert await again.look_back() == ""
    verdict = await again.verify()
    assert verdict.intact
    assert "Before line 4 lines were lost" in verdict.text
    (newest,) = (await again.listed(AuditQuery(limit=1))).lines
    assert "once had a line 5" in newest.detail["lost"]


async def test_a_missing_end_is_seen(log: AuditLog, store: Store):
    store.path.with_name("audit-head.json").unlink()
    assert "is missing" in (await log.verify()).text


async def test_a_crash_before_the_end_was_kept_is_no_loss(log: AuditLog, store: Store):
    path = store.path.with_name("audit-head.json")
    before = path.read_text()
    await log.note("halt")
    path.write_text(before)
    assert (await log.verify()).intact
    assert await log.look_back() == ""


async def test_kept_for_its_owner_only(tmp_path: Path):
    anchor = Anchor(tmp_path / "head.json")
    assert anchor.read() is None
    anchor.keep(Head(3, "ab"))
    assert anchor.read() == Head(3, "ab")
    assert (tmp_path / "head.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "head.json").write_text("[]")
    assert anchor.read() is None
