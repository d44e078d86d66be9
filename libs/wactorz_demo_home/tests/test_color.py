import pytest

from wactorz_demo_home import color


@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 165, 0)])
def test_hue_and_saturation_round_trip(rgb):
    assert color.hs_to_rgb(*color.rgb_to_hs(rgb)) == rgb


@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
def test_chromaticity_round_trip(rgb):
    back = color.xy_to_rgb(*color.rgb_to_xy(rgb))
    assert all(abs(one - other) <= 6 for one, other in zip(back, rgb, strict=True))


def test_white_is_d65_and_about_6500_kelvin():
    assert color.rgb_to_xy((255, 255, 255)) == (0.313, 0.329)
    assert color.xy_to_kelvin(0.313, 0.329) == pytest.approx(6500, abs=60)


def test_warm_light_is_redder_than_cold_light():
    warm, cold = color.kelvin_to_rgb(2000), color.kelvin_to_rgb(9000)
    assert warm[0] == cold[2] == 255
    assert warm[2] < 50
    assert cold[0] < 230


def test_names():
    assert color.from_name("Red") == (255, 0, 0)
    assert color.from_name("no such color") == (255, 255, 255)
