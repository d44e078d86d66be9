import pytest

from wactorz_common.contracts.notices import Notice
from wactorz_notifier.deciding import Pace, Verdict, decide
from wactorz_notifier.journal import Told

NOW = 1_000_000.0
TOLD = Told(NOW - 30, "m1", NOW - 30)


def verdict(told=None, quiet=None, busy=None, can_edit=True, **notice):
    return decide(Notice(text="x", **notice), NOW, told, quiet_until=quiet, busy_until=busy, can_edit=can_edit)


def test_plain():
    assert verdict() == Verdict("send")
    assert verdict(TOLD) == Verdict("send")


def test_cooldown():
    assert verdict(TOLD, cooldown_seconds=60) == Verdict("suppress", until=NOW + 30)
    assert verdict(TOLD, cooldown_seconds=30) == Verdict("send")
    future = Told(NOW + 3600, "", NOW)
    assert verdict(future, cooldown_seconds=60) == Verdict("send"), "the clock was set back"


def test_quiet_hours_and_storms():
    assert verdict(quiet=NOW + 5) == Verdict("hold", until=NOW + 5, why="quiet")
    assert verdict(quiet=NOW + 5, severity="critical") == Verdict("send")
    assert verdict(busy=NOW + 9) == Verdict("hold", until=NOW + 9, why="storm")
    assert verdict(busy=NOW + 9, quiet=NOW + 5, severity="critical").why == "storm"


def test_an_edit_makes_no_noise_so_that_nothing_holds_it_back():
    assert verdict(TOLD, NOW + 5, NOW + 9, edit=True, cooldown_seconds=60) == Verdict("edit", "m1")
    assert verdict(TOLD, edit=True, can_edit=False) == Verdict("send")
    assert verdict(Told(NOW, "", NOW), edit=True) == Verdict("send")
    assert verdict(Told(NOW, "m1", NOW - 90_000), edit=True) == Verdict("send"), "it is far up in the channel"


@pytest.mark.parametrize("critical", [False, True])
def test_pace(critical):
    pace, room = Pace(3), 6 if critical else 3
    for number in range(room):
        assert pace.busy_until("a", NOW + number, is_critical=critical) is None
        pace.note("a", NOW + number)
    assert pace.busy_until("a", NOW + 10, is_critical=critical) == NOW + 60
    assert pace.busy_until("b", NOW + 10) is None
    assert pace.busy_until("a", NOW + 60, is_critical=critical) is None
