import pytest

from wactorz_common.language import speaking
from wactorz_planner import engine, outcomes


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        (engine.OUTSIDE_HOURS, "es war außerhalb ihrer Zeiten"),
        (outcomes.MISSED_ONCE, ("einmal versäumt, weil Wactorz "
         "nicht lief oder die Regel zu der Zeit nicht bereit war")),
        (outcomes.MISSED.format(count=3), ("3-mal versäumt, weil Wactorz nicht lief oder die Regel zu der Zeit nicht "
         "bereit war")),
        ("failed: Das Licht ist weg.", "gescheitert: Das Licht ist weg."),
        ("note: of a person", "note: of a person"),
    ],
)  # fmt: skip
def test_what_is_kept_is_told_in_german(kept, german):
    assert outcomes.told(kept) == kept
    with speaking("de"):
        assert outcomes.told(kept) == german
