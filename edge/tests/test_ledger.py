"""What a node keeps about its guests."""

import time

import pytest

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import StoreError
from wactorz_edge import ledger as module
from wactorz_edge.ledger import Guest, Ledger


@pytest.fixture
def path(tmp_path):
    return tmp_path / "node.db"


def make_guest(name="probe", **fields):
    spec = SpawnSpec(name=name, agent_id="id-1", code="x = 1", further={"key": 1})
    return Guest(name, "id-1", spec, "digest", "shared", **fields)


def test_guests_survive_with_all_that_is_known_of_them(path):
    guest = make_guest(state="backoff", container="c1", volume="v1", deaths=[1.5, 2.5], streak=2, restarts=3)
    Ledger(path).save(guest)
    assert Ledger(path).guests() == [guest]


def test_each_guest_has_a_number_of_its_own(path):
    ledger = Ledger(path)
    guests = [make_guest(name) for name in ("a", "b", "c")]
    for guest in guests:
        ledger.save(guest)
    ledger.save(guests[0])
    assert [guest.number for guest in guests] == [1, 2, 3]
    ledger.forget("b")
    assert [guest.name for guest in ledger.guests()] == ["a", "c"]


def test_a_nonce_is_used_up_over_restarts_and_forgotten_in_time(path):
    ledger = Ledger(path)
    assert ledger.take_nonce("n1", time.time() + 60)
    assert not Ledger(path).take_nonce("n1", time.time() + 60)
    assert ledger.take_nonce("n2", time.time() - 1)
    assert ledger.take_nonce("n3", time.time() + 60)
    left = ledger._connection.execute("SELECT nonce FROM nonces ORDER BY nonce").fetchall()
    assert left == [("n1",), ("n3",)]


def test_refusals_are_bounded(path, monkeypatch):
    monkeypatch.setattr(module, "KEPT_REFUSALS", 10)
    monkeypatch.setattr(module, "_TRIM_EVERY", 5)
    ledger = Ledger(path)
    for number in range(100):
        ledger.refused("r" * 900, str(number), "0" * 64)
    kept = ledger.refusals()
    assert len(kept) <= 15
    assert kept[-1] == ("r" * 500, "99", "0" * 64)


def test_a_full_disk_is_one_sentence(path):
    ledger = Ledger(path)
    ledger._connection.execute("PRAGMA max_page_count = 20")
    guests = [make_guest(str(number), problem="p" * 900) for number in range(1000)]
    with pytest.raises(StoreError, match="disk is full"):
        list(map(ledger.save, guests))
