"""Draws Vega-Lite specifications, without any network: vl-convert has Vega and its fonts within."""

from html import escape
from typing import Any

_VERSION = "5.20"
_SCALE = 2.0  # pixels of a PNG for each of the drawing


def svg(spec: dict[str, Any]) -> str:
    """A specification as SVG, with its description for who does not see it."""
    import vl_convert  # 85 MB, and its first call takes a second: few processes need it

    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version=_VERSION)
    words = escape(str(spec.get("description", "")), quote=True)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)


def png(spec: dict[str, Any]) -> bytes:
    """A specification as PNG."""
    import vl_convert

    drawn: bytes = vl_convert.vegalite_to_png(spec, vl_version=_VERSION, scale=_SCALE)
    return drawn
