"""Vega-Lite specifications. Pure: each takes numbers and answers a specification with its data within.

Colours are those of M. Okabe and K. Ito, which people tell apart who do not see all colours. Counts begin at zero.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shared.domains.analytics import wording

Theme = Literal["light", "dark"]
Spec = dict[str, Any]
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# Without yellow on white, and dark blue on black: too little contrast.
_COLOURS: dict[Theme, tuple[str, ...]] = {
    "light": ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#222222", "#999999"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#e8e8e8", "#999999"),
}
_LIGHT = {"ground": "#ffffff", "ink": "#222222", "grid": "#dddddd", "first": "#0072B2"}
_DARK = {"ground": "#16181d", "ink": "#e8e8e8", "grid": "#3a3f4a", "first": "#56B4E9"}
_WIDTH, _HEIGHT = 640, 280
_BAR = 36  # pixels that a bar has
_DENSE = 100  # points of a line, above which they are drawn small
_FEW = 10  # below, an axis of counts would have fractions
_STEPS = 0.15  # from here on, the ticks of an axis are whole per cents
_UNITS = {"count": "number", "seconds": "seconds", "minutes": "minutes", "USD": "US dollars", "ratio": "per cent"}


def lines(title: str, unit: str, rows: Sequence[Mapping[str, Any]], theme: Theme) -> Spec:
    """Numbers over time. A row is `date`, `value` and `name`; a gap is where there is none."""
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    if not any(row["value"] is not None for row in rows):
        return empty(title, theme)
    encoding: Spec = {
        "x": {"field": "date", "type": "ordinal", "sort": None, "title": "date", "axis": _few_labels(rows)},
        "y": _quantity("value", unit, [row["value"] for row in rows]),
        "tooltip": [{"field": "name"}, {"field": "date"}, {"field": "value"}],
    }
    if len(names) > 1:
        colours = [_COLOURS[theme][number % len(_COLOURS[theme])] for number in range(len(names))]
        shown = {"field": "name", "title": None, "legend": {"symbolType": "stroke"}}
        encoding["color"] = {**shown, "scale": {"domain": names, "range": colours}}
        encoding["strokeDash"] = {**shown, "scale": {"domain": names}}
    dense = len(rows) > _DENSE * len(names)
    look = {"strokeJoin": "round", "strokeWidth": 1 if dense else 2}
    point = {"size": 6} if dense else True  # never none: between two gaps a point is all there is
    mark = {"type": "line", "point": point, "invalid": "break-paths-show-path-domains", **look}
    return _chart(title, rows, {"mark": mark, "encoding": encoding}, theme, _alternative(title, unit, rows))


def bars(title: str, unit: str, rows: Sequence[Mapping[str, Any]], theme: Theme) -> Spec:
    """Numbers side by side, in their order. A row is `name` and `value`, and what stands at the bar (`label`)."""
    shown = [row for row in rows if row["value"] is not None]
    if not shown:
        return empty(title, theme)
    y = {"field": "name", "type": "nominal", "title": None, "sort": None}
    x = _quantity("value", unit, [row["value"] for row in shown])
    layers = [
        {"mark": {"type": "bar"}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4},
            "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
        },
    ]
    view = {"layer": layers, "height": {"step": _BAR}}
    return _chart(title, shown, view, theme, _alternative(title, unit, shown))


def empty(title: str, theme: Theme) -> Spec:
    """What is shown where there is nothing to show."""
    words = "Nothing was counted in this period."
    mark = {"type": "text", "fontSize": 15, "text": words}
    return _chart(title, [{}], {"mark": mark}, theme, f"{title}: nothing was counted in this period.")


def _chart(title: str, rows: Sequence[Mapping[str, Any]], view: Spec, theme: Theme, description: str) -> Spec:
    look = _DARK if theme == "dark" else _LIGHT
    axis = {"labelColor": look["ink"], "titleColor": look["ink"], "gridColor": look["grid"], "domainColor": look["ink"]}
    return {
        "$schema": _SCHEMA,
        "description": description,
        "title": {"text": title, "anchor": "start", "color": look["ink"]},
        "width": _WIDTH,
        "height": _HEIGHT,
        "background": look["ground"],
        "data": {"values": [dict(row) for row in rows]},
        **view,
        "config": {
            "axis": axis,
            "legend": {"labelColor": look["ink"], "titleColor": look["ink"], "labelLimit": 240},
            "line": {"color": look["first"]},
            "point": {"color": look["first"]},
            "bar": {"color": look["first"]},
            "text": {"color": look["ink"]},
            "view": {"stroke": look["grid"]},
        },
    }


def _quantity(field: str, unit: str, values: Sequence[Any]) -> Spec:
    """An axis from zero; of parts, in per cent."""
    most = max((value for value in values if value is not None), default=0)
    axis: Spec = {"format": f".{_places(most)}%"} if unit == "ratio" else {"format": ",d"} if unit == "count" else {}
    if unit == "count" and most < _FEW:
        axis["values"] = list(range(int(most) + 2))
    scale: Spec = {"zero": True}
    if not most:
        scale["domain"] = [0, 1]
    return {"field": field, "type": "quantitative", "title": _UNITS[unit], "scale": scale, "axis": axis}


def _places(most: float) -> int:
    """How many places the per cents of an axis have, so that no two of its labels are the same."""
    return next((places for places in range(4) if most * 10**places >= _STEPS), 4) if most else 0


def _few_labels(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """At most a dozen labels, however many points there are."""
    dates = list(dict.fromkeys(str(row["date"]) for row in rows))
    stride = -(-len(dates) // 12)
    return {"values": dates[::stride], "labelAngle": -40}


def _alternative(title: str, unit: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """What the picture shows, in words."""
    values = [row["value"] for row in rows if row["value"] is not None]
    most = max(rows, key=lambda row: row["value"] if row["value"] is not None else float("-inf"))
    where = most.get("date") or most["name"]
    least, largest = (wording.number(value, unit) for value in (min(values), max(values)))
    return f"{title} in {_UNITS[unit]}: {len(values)} values from {least} to {largest}, most at {where}."


def below_each_other(charts: Sequence[Spec]) -> Spec:
    """Several charts in one picture."""
    first = charts[0]
    shared = ("$schema", "config", "background")
    parts = [{name: value for name, value in chart.items() if name not in shared} for chart in charts]
    described = " ".join(str(chart["description"]) for chart in charts)
    return {**{name: first[name] for name in shared}, "description": described, "vconcat": parts}
