"""Removes from a page what its readers do not see, by the page's own styles: it is not the page's text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.kit.patterns import lazy_pattern
from shared.providers.extract import style_sheets
from shared.providers.extract.colors import Color, color

SILENT = ("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea",
          "canvas", "datalist", "noframes", "noembed")  # fmt: skip
_PAGE = ("html", "body")
_NO_GROUND = ("", "none", "inherit", "initial", "unset")
_WHITE, _BLACK = Color(255, 255, 255), Color(0, 0, 0)
_HIDDEN = {"display": {"none"}, "content-visibility": {"hidden"}}
_CLOSED = lazy_pattern(
    r"rect\((?:[01](?:px)?[\s,]*){4}\)|inset\((?:[5-9]\d|100)%[\s\d%]*\)|circle\(0[\w%]*(?: at [\w% ]+)?\)|"
    r"polygon\((?:0[\w%]* 0[\w%]*(?:\s*,\s*|(?=\))))+\)"
)
_TURNED = lazy_pattern(
    r"rotate[xy]\(-?90deg\)|"
    r"translate(?:3d|x|y)?\([^()]{0,40}-\s?\d{3,9}(?:\.\d+)?(?:px|pt|em|rem|vw|vh|%)[^()]{0,40}\)"
)
_SCALED = lazy_pattern(r"scale(?:3d|x|y)?\(([\d.,\s%]{1,60})\)")
_CLEARED = lazy_pattern(r"opacity\(\s*(\d{0,9}\.?\d{1,9}%?)\s*\)")
_FIGURE = lazy_pattern(r"(\d{0,9}\.?\d{1,9})(%?)")
_UNIT = r"px|pt|rem|em|ex|ch|vw|vh|vmin|vmax|%|cm|mm|in"
_SIZE = lazy_pattern(rf"([+-]?\d{{0,9}}\.?\d{{1,9}})({_UNIT})?")
_OF_FONT = lazy_pattern(rf"(\d{{0,9}}\.?\d{{1,9}})({_UNIT})|(?<![^\s])(0)(?=/)")
_VARIABLE = lazy_pattern(r"var\([^()]{0,200}\)")
_PIXELS = {"px": 1.0, "": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "%": 10.0, "vw": 12.0,
           "vh": 8.0, "vmin": 8.0, "vmax": 12.0, "cm": 38.0, "mm": 3.8, "in": 96.0}  # fmt: skip
_OF_PARENT = {"em": 16.0, "ex": 8.0, "ch": 8.0, "%": 0.16}  # pixels of a letter
_TINY, _FAINT, _CLOSE = 2.0, 0.1, 1.0  # pixels; the second: opacity
_UNKNOWN = float("inf")
_FAR_OFF = {"left": -100.0, "top": -100.0, "text-indent": -100.0, "right": -900.0, "bottom": -900.0, "inset": -900.0,
            "margin-left": -900.0, "margin-top": -900.0}  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """What an element hands down to those within it."""

    gone: bool = False  # with all that is in it
    visible: bool = True
    tiny: bool = False
    ink: Color | None = None
    ground: Color | None = None
    compared: bool = False  # whether ink and ground are those of the same text

    @property
    def has_text(self) -> bool:
        """Whether text directly in it is seen."""
        if not self.visible or self.tiny or self.ink is None:
            return self.visible and not self.tiny
        blends = self.compared and self.ground is not None and self.ink.is_like(self.ground)
        return not self.ink.is_clear and not blends


def remove(tree: Any) -> None:
    """Empty what is hidden. An element that shows what is in it, but no text, loses its text alone."""
    elements = list(tree.iter("*"))
    seen = _all_seen(elements, style_sheets.read(tree))
    for element in elements:
        parent = element.getparent()
        if parent is not None and not seen[parent].has_text:
            element.tail = None
        if seen[element].gone and parent is not None and not seen[parent].gone:
            empty(element)
        elif not seen[element].has_text:
            element.text = None


def _all_seen(elements: Sequence[Any], sheets: style_sheets.Sheets) -> dict[Any, _Seen]:
    """What is seen of each element. Those that are styled alike, as most are, are looked at once."""
    seen: dict[Any, _Seen] = {}
    alike: dict[tuple[style_sheets.Reasons, _Seen], _Seen] = {}
    page = _Seen(ink=_BLACK, ground=_WHITE) if sheets.complete else _Seen()
    for element in elements:
        parent = element.getparent()
        above = page if parent is None else seen[parent]
        if above.gone or (element.tag not in _PAGE and _is_unread(element)):
            seen[element] = above if above.gone else replace(above, gone=True)
            continue
        key = sheets.reasons(element), above
        if key not in alike:
            alike[key] = _styled(element.tag in _PAGE, sheets.styles(key[0]), above, sheets.complete)
        seen[element] = alike[key]
    return seen


def empty(element: Any) -> None:
    """Remove an element's content. Its tail text stays in place: lxml's `drop_tree` would copy the text before it for
    each element that it drops."""
    element.clear(keep_tail=True)
    element.tag = "span"


def _styled(is_page: bool, styles: Mapping[str, str], above: _Seen, complete: bool) -> _Seen:
    if not styles:
        return above
    if is_page:
        return _painted(styles, above)
    return replace(above, gone=True) if _hides_all(styles) else _handed_down(styles, above, complete)


def _is_unread(element: Any) -> bool:
    """Whether its markup keeps it from readers."""
    if element.tag in SILENT:
        return bool(element.get("type") != "application/ld+json")  # JSON-LD holds the publication date
    if element.tag == "dialog" and element.get("open") is None:
        return True
    hidden = element.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    unheard = (element.get("aria-hidden") or "").lower() == "true"
    return unheard and element.tag not in ("main", "article") and element.find(".//h1") is None


def _hides_all(styles: Mapping[str, str]) -> bool:
    """Whether a style hides the element with all that is in it."""
    if any(styles.get(name) in values for name, values in _HIDDEN.items()):
        return True
    if any(_CLOSED.fullmatch(styles.get(name, "")) for name in ("clip", "clip-path")):
        return True
    cleared = _CLEARED.search(styles.get("filter", ""))
    if min(_share(styles.get("opacity", "")), _share(cleared[1] if cleared else "")) <= _FAINT:
        return True
    transform = styles.get("transform", "")
    scaled = _SCALED.search(transform)
    if scaled and any(_share(part.strip()) <= _FAINT for part in scaled[1].split(",")):
        return True
    return bool(_TURNED.search(transform)) or _is_cut_off(styles) or _is_far_off(styles)


def _is_cut_off(styles: Mapping[str, str]) -> bool:
    if styles.get("overflow", styles.get("overflow-y", "")).split(" ")[0] not in ("hidden", "clip"):
        return False
    names = ["height", "max-height", *(["width", "max-width"] if "flex" not in styles else [])]
    closed = any(_pixels(styles.get(name, "")) <= _CLOSE for name in names)
    return closed or 900 <= _pixels(styles.get("text-indent", "")) < _UNKNOWN


def _is_far_off(styles: Mapping[str, str]) -> bool:
    return any(_pixels(styles.get(name, "")) <= far for name, far in _FAR_OFF.items())


def _handed_down(styles: Mapping[str, str], above: _Seen, complete: bool) -> _Seen:
    """What the element hands down, by its styles and what it is in."""
    painted = _painted(styles, above)
    visibility = styles.get("visibility", "")
    visible = above.visible if visibility in ("", "inherit") else visibility not in ("hidden", "collapse")
    compared = (above.compared and painted.ground == above.ground) or complete or painted.ink != above.ink
    return replace(painted, visible=visible, tiny=_is_tiny(styles, above.tiny), compared=compared)


def _painted(styles: Mapping[str, str], above: _Seen) -> _Seen:
    background = styles.get("background-color") or styles.get("background") or ""
    ground = above.ground
    if "url(" in background or "gradient" in background or styles.get("background-image", "none") != "none":
        ground = None
    elif background not in _NO_GROUND:
        painted = color(background)
        ground = ground if painted and painted.is_clear else painted if painted and painted.alpha == 1.0 else None
    written = styles.get("-webkit-text-fill-color") or styles.get("color") or ""
    ink = above.ink if written in ("", "inherit", "currentcolor") else color(written)
    if "text" in (styles.get("background-clip"), styles.get("-webkit-background-clip")):
        ink = None  # the letters are cut out of the background
    return replace(above, ink=ink, ground=ground)


def _is_tiny(styles: Mapping[str, str], above: bool) -> bool:
    written = _VARIABLE.sub("", styles.get("font-size") or styles.get("font") or "")
    size = (_SIZE if "font-size" in styles else _OF_FONT).search(written)
    if size is None:
        return above and written in ("", "inherit", "smaller", "larger")
    unit = size[2] or ""
    pixels = float(size[1] or 0) * (_OF_PARENT.get(unit) or _PIXELS[unit])
    return (above and unit in _OF_PARENT) or 0 <= pixels <= _TINY


def _pixels(value: str) -> float:
    """A length in pixels, about; infinite where it cannot be read."""
    match = _SIZE.match(value)
    return float(match[1]) * _PIXELS[match[2] or ""] if match else _UNKNOWN


def _share(value: str) -> float:
    """A share of one; one where it cannot be read."""
    match = _FIGURE.fullmatch(value)
    return float(match[1]) / (100 if match[2] else 1) if match else 1.0
