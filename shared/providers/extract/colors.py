"""Reads the colors of a style, as far as it takes to tell whether a text is seen on what is behind it."""

import colorsys
import re
from dataclasses import dataclass

from shared.kit.patterns import lazy_pattern

_HEX = lazy_pattern(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = lazy_pattern(r"(rgb|hsl)a?\(([^()]{1,100})\)")
_FIGURE = lazy_pattern(r"[+-]?\d{0,9}\.?\d{1,9}%?")
_NAMED = {
    "white": "#fff", "black": "#000", "snow": "#fffafa", "ivory": "#fffff0", "whitesmoke": "#f5f5f5", "azure":
    "#f0ffff", "ghostwhite": "#f8f8ff", "floralwhite": "#fffaf0", "mintcream": "#f5fffa", "aliceblue":
    "#f0f8ff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "red": "#f00", "green": "#008000",
    "blue": "#00f", "navy": "#000080", "yellow": "#ff0", "transparent": "#0000",
}  # fmt: skip
_ALIKE = 16  # steps of 255, in each of the three parts
_CLEAR = 0.1  # the alpha up to which a text is not seen


@dataclass(frozen=True)
class Color:
    red: float
    green: float
    blue: float
    alpha: float = 1.0

    @property
    def is_clear(self) -> bool:
        """Whether a text of it is not seen on anything."""
        return self.alpha <= _CLEAR

    def is_like(self, other: "Color") -> bool:
        """Whether a text of the one is not seen on the other."""
        parts = zip((self.red, self.green, self.blue), (other.red, other.green, other.blue), strict=True)
        return other.alpha == 1.0 and all(abs(one - two) <= _ALIKE for one, two in parts)


def color(value: str) -> Color | None:
    """The color that a value in lower case has, alone or among other words; None where it cannot be read."""
    for word in re.findall(r"[\w#-]+(?:\([^()]{0,200}\))?", value):
        if match := _HEX.fullmatch(_NAMED.get(word, word)):
            return _of_digits(match[1])
        if match := _FUNCTION.fullmatch(word):
            return _of_function(match[1], match[2])
    return None


def _of_digits(digits: str) -> Color:
    pairs = [digit * 2 for digit in digits] if len(digits) < 6 else re.findall("..", digits)
    red, green, blue, *alpha = (int(pair, 16) for pair in pairs)
    return Color(red, green, blue, alpha[0] / 255 if alpha else 1.0)


def _of_function(name: str, content: str) -> Color | None:
    figures = _FIGURE.findall(content)
    if len(figures) not in (3, 4):
        return None
    alpha = _share(figures[3]) if len(figures) == 4 else 1.0
    if name == "hsl":
        hue, saturation, light = float(figures[0].rstrip("%")) % 360 / 360, _share(figures[1]), _share(figures[2])
        red, green, blue = colorsys.hls_to_rgb(hue, light, saturation)
        return Color(red * 255, green * 255, blue * 255, alpha)
    red, green, blue = (_share(figure) * 255 if figure.endswith("%") else float(figure) for figure in figures[:3])
    return Color(red, green, blue, alpha)


def _share(figure: str) -> float:
    return float(figure.rstrip("%")) / 100 if figure.endswith("%") else float(figure)
