"""Blanks the text of a PDF's page that its readers do not see: drawn without ink, in the color of what is behind it,
too small to read, or beside the page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.providers.extract.colors import Color

_SHOWING = (b"Tj", b"TJ", b"'", b'"')
_FILLING = (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
_ENDING = (*_FILLING, b"n", b"S", b"s")
_WITHOUT_INK = 3  # the text rendering mode, in which scans carry the text that was recognised in them
_FAINT, _TINY = 0.1, 1.5  # opacity; points
_MOST_AREAS = 300  # of what is painted, the last
_SCAN = 500  # pixels on each side of a picture that may be a scan
_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
_PLAIN_SPACES = ("/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/CalGray", "/CalRGB", "/ICCBased")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _State:
    """What `q` keeps and `Q` brings back; a color is None where it cannot be read, as that of a pattern."""

    fill: Color | None = _BLACK
    has_plain_colors: bool = True  # whether its color space counts light or ink as it looks
    mode: int = 0
    alpha: float = 1.0
    size: float = 12.0
    has_own_units: bool = False  # whether the font is drawn in units of its own, which say nothing on its size


class Ink:
    """Sees a page's operators before they are read; `blanked` counts the letters that have no ink."""

    def __init__(self, page: Any, *, shows_inkless: bool = False) -> None:
        self.blanked = 0
        self._shows_inkless = shows_inkless
        self._resources = _plain(page.get("/Resources"))
        self._left, self._bottom, self._right, self._top = (float(edge) for edge in page.cropbox)
        self._state, self._kept = _State(), list[_State]()
        self._forms = 0  # within how many forms, whose coordinates are their own
        self._path: list[Box] = []
        self._areas: list[tuple[Box, Color | None]] = []

    def before(self, operator: bytes, operands: list[Any], place: Sequence[float], letters: Sequence[float]) -> None:
        """Follow an operator, and blank its text if it is not seen. `place` and `letters`: pypdf's two matrices."""
        if operator in _SHOWING:
            if self._is_unseen(operands, place, letters):
                operands[:] = [[]] if operator == b"TJ" else [*operands[:-1], ""]
        elif operator == b"q":
            self._kept.append(self._state)
        elif operator == b"Q":
            self._state = self._kept.pop() if self._kept else self._state
        elif operator == b"Do":
            self._forms += 1
            self._areas.append((_box([(0, 0), (1, 1), (0, 1), (1, 0)], place), None))
        elif operator in _ENDING:
            self._paint(operator in _FILLING)
        elif operands and all(isinstance(operand, int | float) for operand in operands):
            self._follow_figures(operator, [float(operand) for operand in operands], place)
        else:
            self._follow_names(operator, operands)

    def after(self, operator: bytes, *_: Any) -> None:
        """See that a form has ended."""
        self._forms -= operator == b"Do"

    def _follow_figures(self, operator: bytes, figures: list[float], place: Sequence[float]) -> None:
        if operator in (b"g", b"rg", b"k"):
            self._state = replace(self._state, fill=_color(figures), has_plain_colors=True)
        elif operator in (b"sc", b"scn"):
            self._state = replace(self._state, fill=_color(figures) if self._state.has_plain_colors else None)
        elif operator == b"Tr":
            self._state = replace(self._state, mode=int(figures[0]))
        elif operator == b"re" and len(figures) == 4:
            x, y, width, height = figures
            self._path.append(_box([(x, y), (x + width, y), (x, y + height), (x + width, y + height)], place))
        elif operator in (b"m", b"l", b"c", b"v", b"y"):
            corner = _box([(figures[-2], figures[-1])] if len(figures) > 1 else [(0, 0)], place)
            self._path.append(corner if operator == b"m" or not self._path else _joined(self._path.pop(), corner))

    def _follow_names(self, operator: bytes, operands: list[Any]) -> None:
        name = str(operands[0]) if operands else ""
        if operator == b"Tf" and len(operands) == 2:
            kind = _plain(_plain(self._resources.get("/Font")).get(name)).get("/Subtype")
            self._state = replace(self._state, size=float(operands[1]), has_own_units=kind == "/Type3")
        elif operator == b"gs":
            alpha = _plain(_plain(self._resources.get("/ExtGState")).get(name)).get("/ca")
            if isinstance(alpha, int | float):
                self._state = replace(self._state, alpha=float(alpha))
        elif operator == b"cs":
            self._state = replace(self._state, fill=None, has_plain_colors=self._space(name) in _PLAIN_SPACES)
        elif operator in (b"sc", b"scn"):
            self._state = replace(self._state, fill=None)
        elif operator == b"sh":
            self._areas.append(((self._left, self._bottom, self._right, self._top), None))

    def _space(self, name: str) -> str:
        """The kind of a color space: of inks, one may be black where another is white."""
        space = _plain(self._resources.get("/ColorSpace")).get(name, name)
        space = space.get_object() if hasattr(space, "get_object") else space
        return str(space[0]) if isinstance(space, list) and space else str(space)

    def _paint(self, fills: bool) -> None:
        if fills and not self._forms and self._state.alpha > _FAINT:
            self._areas = [*self._areas[-_MOST_AREAS:], *((box, self._state.fill) for box in self._path)]
        self._path = []

    def _is_unseen(self, operands: list[Any], place: Sequence[float], letters: Sequence[float]) -> bool:
        count = _letters(operands)
        if self._state.mode == _WITHOUT_INK and not self._shows_inkless:
            self.blanked += count
            return True
        if self._state.alpha <= _FAINT:
            return True
        return not self._forms and self._is_lost(count, _product(letters, place))

    def _is_lost(self, count: int, matrix: Sequence[float]) -> bool:
        a, b, c, d, x, y = matrix
        size = abs(self._state.size) * abs(a * d - b * c) ** 0.5
        if self._state.has_own_units:
            size = 12.0
        if size <= _TINY or x > self._right or y > self._top or y < self._bottom - size:
            return True
        if x + count * size < self._left:
            return True
        fill, ground = self._state.fill, self._ground(x + size / 10, y + size / 10)
        return fill is not None and ground is not None and self._state.mode == 0 and fill.is_like(ground)

    def _ground(self, x: float, y: float) -> Color | None:
        """What was painted last there."""
        for (left, bottom, right, top), painted in reversed(self._areas):
            if left <= x <= right and bottom <= y <= top:
                return painted
        return _WHITE


def may_be_scan(page: Any) -> bool:
    """Whether the page has a picture that is large enough for one of a page."""
    pictures = _plain(_plain(page.get("/Resources")).get("/XObject")).values()
    sizes = ((_plain(picture).get("/Width"), _plain(picture).get("/Height")) for picture in pictures)
    return any(isinstance(side, int) and isinstance(other, int) and min(side, other) >= _SCAN for side, other in sizes)


def _plain(value: Any) -> dict[str, Any]:
    """The dictionary that a value is or refers to; an empty one for anything else."""
    value = value.get_object() if hasattr(value, "get_object") else value
    return value if isinstance(value, dict) else {}


def _letters(operands: list[Any]) -> int:
    shown = operands[-1] if operands else ""
    parts = shown if isinstance(shown, list) else [shown]
    return sum(len(part) for part in parts if isinstance(part, str | bytes))


def _color(figures: Sequence[float]) -> Color | None:
    if len(figures) == 1:
        return Color(*(figures[0] * 255,) * 3)
    if len(figures) == 3:
        return Color(*(figure * 255 for figure in figures))
    if len(figures) == 4:
        return Color(*(255 * (1 - min(1.0, figure + figures[3])) for figure in figures[:3]))
    return None


def _product(one: Sequence[float], other: Sequence[float]) -> list[float]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m]


def _box(points: Sequence[tuple[float, float]], matrix: Sequence[float]) -> Box:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x, y in points]
    ys = [b * x + d * y + f for x, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _joined(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
