"""PINs are kept so that they cannot be read."""

from wactorz_home_assistant_actuator import pins


def test_fits_only_the_same_pin():
    kept = pins.sealed("2468")
    assert pins.fits("2468", kept)
    assert not pins.fits("2469", kept)
    assert not pins.fits("", kept)
    assert "2468" not in kept


def test_the_same_pin_is_kept_differently_each_time():
    assert pins.sealed("2468") != pins.sealed("2468")


def test_another_scheme_fits_nothing():
    assert not pins.fits("2468", "plain$24$68")
