"""Answers as text."""

import pytest

from wactorz_cli.render import agents_table, columns, device_text, duration, footnote, home_table, printable


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "-"), (-1, "-"), (5.9, "5 s"), (61, "1 min"), (7300, "2 h"), (200_000, "2 d")]
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_columns_are_aligned_without_trailing_blanks():
    assert columns(("A", "B"), [("long", "x"), ("s", "")]) == "A     B\nlong  x\ns"


def test_agents():
    actors = [{"name": "main", "state": "running", "uptime": 90, "last_seen": 97, "mem": 31.6, "restart_count": 2}]
    cells = [cell.strip() for cell in agents_table(actors, 100).splitlines()[1].split("  ") if cell]
    assert cells == ["main", "running", "1 min", "3 s ago", "32 MB", "2"]
    bare = [{"name": "x", "state": "late", "uptime": None, "last_seen": 0}]
    assert "late" in agents_table(bare, 100)


def test_home():
    device = {
        "entity_id": "sensor.t", "name": "Temperature", "area": "", "state": None, "unit": "°C", "attributes": {"a": 1}
    }  # fmt: skip
    assert "unknown °C" in home_table({"entities": [device]})
    assert device_text({**device, "state": "21"}) == "Temperature (sensor.t): 21 °C\n  a: 1"


def test_footnote_names_source_status_and_cost():
    reply = {"agent": "main", "source": "cloud", "status": "done", "cost_usd": 0.00123}
    assert footnote(reply) == "[main · cloud · $0.0012]"
    assert footnote({"agent": "main", "source": "rules", "status": "unknown"}) == "[main · rules · unknown]"


def test_control_characters_never_reach_the_terminal():
    assert printable("a\x1b]0;evil\x07\x1b[2Jb\x9b1m\tc\nd\r") == "a]0;evil[2Jb1m\tc\nd"
