"""What a state must show."""

import pytest

from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.proofs import Changed, Close, Effect, Near


def lamp(**attributes: object) -> State:
    return State("light.a", "on", attributes)


@pytest.mark.parametrize(
    ("wanted", "shown", "met"),
    [
        ((255.0, 0.0, 0.0), (250, 5, 0), True),
        ((100.0, 0.0, 0.0), (255, 0, 0), True),
        ((255.0, 0.0, 0.0), (0, 0, 255), False),
        ((0.0, 0.0, 0.0), (0, 0, 0), True),
        ((255.0, 0.0, 0.0), (250, 5), False),
        ((255.0, 0.0, 0.0), None, False),
        ((255.0, 0.0, 0.0), ("x", 0, 0), False),
    ],
)
def test_colors_come_close(wanted: tuple[float, ...], shown: object, met: bool):
    assert Close("rgb_color", wanted, 25.0).met(lamp(rgb_color=shown)) is met


def test_a_hue_goes_round():
    close = Close("hs_color", (1.0, 100.0), 6.0)
    assert close.met(lamp(hs_color=(358.0, 97.0)))
    assert not close.met(lamp(hs_color=(180.0, 100.0)))
    assert not close.met(lamp(hs_color=(1.0, 50.0)))


def test_numbers_words_and_flags():
    assert Near("brightness", 100.0, 2.0).met(lamp(brightness=101))
    assert not Near("brightness", 100.0, 2.0).met(lamp(brightness=None))
    assert Near("effect", "rainbow").met(lamp(effect="rainbow"))
    assert not Near("oscillating", True).met(lamp(oscillating=False))


def test_a_change_is_seen_only_on_what_is_there():
    changed = Changed("state", "2026-01-01")
    assert changed.met(State("scene.a", "2026-01-02"))
    assert not changed.met(State("scene.a", "2026-01-01"))
    assert not changed.met(State("scene.a", "unavailable"))


def test_strict_takes_the_tolerance_away_where_there_is_one():
    effect = Effect(near=(Near("brightness", 100.0, 2.0), Changed("x", 1), Close("rgb_color", (255.0, 0.0, 0.0), 25.0)))
    assert effect.is_relative
    strict = effect.strictly()
    assert not strict.near[0].met(lamp(brightness=101))
    assert strict.near[1:] == effect.near[1:]
