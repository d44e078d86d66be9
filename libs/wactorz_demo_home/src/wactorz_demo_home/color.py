"""Colors: conversions between the spaces that lights speak (sRGB, D65 white)."""

import colorsys
import math

_RGB = tuple[int, int, int]

NAMES: dict[str, _RGB] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (255, 0, 0),
    "lime": (0, 255, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 165, 0),
    "pink": (255, 192, 203),
    "purple": (128, 0, 128),
    "violet": (238, 130, 238),
    "turquoise": (64, 224, 208),
    "gold": (255, 215, 0),
    "brown": (165, 42, 42),
    "navy": (0, 0, 128),
    "teal": (0, 128, 128),
    "salmon": (250, 128, 114),
    "lavender": (230, 230, 250),
}


def from_name(name: str) -> _RGB:
    """Return a named color; an unknown name is white, as in Home Assistant."""
    return NAMES.get(name.lower().replace(" ", ""), (255, 255, 255))


def rgb_to_hs(rgb: _RGB) -> tuple[float, float]:
    """Return hue (degrees) and saturation (percent)."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in rgb))
    return round(hue * 360, 3), round(saturation * 100, 3)


def hs_to_rgb(hue: float, saturation: float) -> _RGB:
    """Return the color of a hue (degrees) and saturation (percent) at full value."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, saturation / 100, 1)
    return round(red * 255), round(green * 255), round(blue * 255)


def rgb_to_xy(rgb: _RGB) -> tuple[float, float]:
    """Return the CIE 1931 chromaticity; black counts as white."""
    red, green, blue = (_linear(part / 255) for part in (rgb if any(rgb) else (255, 255, 255)))
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    return round(x / (x + y + z), 3), round(y / (x + y + z), 3)


def xy_to_rgb(x: float, y: float) -> _RGB:
    """Return the brightest color of a CIE 1931 chromaticity."""
    height = y or 1e-9
    big_x, big_z = x / height, (1 - x - y) / height
    linear = (
        3.2406 * big_x - 1.5372 - 0.4986 * big_z,
        -0.9689 * big_x + 1.8758 + 0.0415 * big_z,
        0.0557 * big_x - 0.2040 + 1.0570 * big_z,
    )
    peak = max(linear) or 1.0
    red, green, blue = (round(_gamma(max(0.0, part / peak)) * 255) for part in linear)
    return red, green, blue


def xy_to_kelvin(x: float, y: float) -> int:
    """Return the correlated color temperature by McCamy's formula."""
    n = (x - 0.3320) / ((0.1858 - y) or 1e-9)
    return int(437 * n**3 + 3601 * n**2 + 6861 * n + 5517)


def kelvin_to_rgb(kelvin: int) -> _RGB:
    """Return the color of a black body by the usual logarithmic fit (1,000 to 40,000 K)."""
    heat = min(40000, max(1000, kelvin)) / 100
    red = 255.0 if heat <= 66 else 329.698727446 * (heat - 60) ** -0.1332047592  # noqa: PLR2004  the fit's knee
    if heat <= 66:  # noqa: PLR2004  the fit's knee
        green = 99.4708025861 * math.log(heat) - 161.1195681661
    else:
        green = 288.1221695283 * (heat - 60) ** -0.0755148492
    blue = 0.0 if heat <= 19 else 138.5177312231 * math.log(heat - 10) - 305.0447927307  # noqa: PLR2004  no blue below
    return _byte(red), _byte(green), _byte(blue)


def _byte(value: float) -> int:
    return round(min(255.0, max(0.0, value)))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004  sRGB


def _gamma(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)  # noqa: PLR2004  sRGB
