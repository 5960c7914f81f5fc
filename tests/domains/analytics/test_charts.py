"""Charts as they are drawn: marks, scales, labels, colours, and what is shown where there is nothing."""

import os
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from shared.domains.analytics.charts import rendering, specs

ROWS = [{"name": "Replies", "date": f"2026-11-{day:02d}", "value": day % 5} for day in range(1, 31)]
_PICTURES = os.environ.get("CHARTS_FOLDER")  # keeps the pictures, to look at


def _drawn(spec: specs.Spec, name: str) -> ElementTree.Element:
    svg = rendering.svg(spec)
    if _PICTURES:
        Path(_PICTURES).mkdir(parents=True, exist_ok=True)
        Path(_PICTURES, f"{name}.svg").write_text(svg)
        Path(_PICTURES, f"{name}.png").write_bytes(rendering.png(spec))
    return ElementTree.fromstring(svg)


def _texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in svg.iter() if each.tag.endswith("text")]


def _marks(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    groups = [each for each in svg.iter() if f"mark-{kind} role-mark" in each.get("class", "")]
    return [mark for group in groups for mark in group]


def test_a_line_has_its_points_units_and_zero() -> None:
    svg = _drawn(specs.lines("Replies", "count", ROWS, "light"), "line")
    texts = _texts(svg)
    assert {"Replies", "date", "number", "0", "2026-11-01"} <= set(texts)
    assert len(_marks(svg, "symbol")) == 30
    assert len(_marks(svg, "line")) == 1
    assert sum(text.startswith("2026-11-") for text in texts) <= 12


def test_a_year_of_days_is_one_thin_line_and_a_point_between_gaps_is_seen() -> None:
    days = [f"2028-{1 + n // 31:02d}-{1 + n % 31:02d}" for n in range(366)]
    rows = [{"name": "Rate", "date": day, "value": 0.5 if n % 3 == 0 else None} for n, day in enumerate(days)]
    svg = _drawn(specs.lines("Rate", "ratio", rows, "dark"), "year")
    assert len(_marks(svg, "symbol")) == 122
    assert sum(text.startswith("2028-") for text in _texts(svg)) <= 12
    assert {line.get("stroke-width") for line in _marks(svg, "line")} == {"1"}


def test_one_bar_does_not_fill_the_picture() -> None:
    svg = _drawn(specs.bars("Stages", "count", [{"name": "Sent", "value": 3, "label": "3"}], "light"), "one")
    assert int(svg.get("viewBox", "").split()[3]) < 120


@pytest.mark.parametrize(("theme", "ground"), [("light", "#ffffff"), ("dark", "#16181d")])
def test_every_colour_stands_out_from_the_ground(theme: specs.Theme, ground: str) -> None:
    lights = [_light(colour) for colour in specs._COLOURS[theme]]
    back = _light(ground)
    assert min((max(each, back) + 0.05) / (min(each, back) + 0.05) for each in lights) > 2


def _light(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_an_hour_that_the_clocks_repeat_stands_behind_the_first() -> None:
    hours = ["2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"]
    rows = [{"name": "Sent", "date": hour, "value": number + 1} for number, hour in enumerate(hours)]
    svg = _drawn(specs.lines("Sent", "count", rows, "light"), "repeated-hour")
    places = [float(mark.get("transform", "").split("(")[1].split(",")[0]) for mark in _marks(svg, "symbol")]
    assert places == sorted(places)
    assert [text for text in _texts(svg) if text.startswith("2026")] == hours


def test_a_gap_is_no_zero() -> None:
    rows = [{**row, "value": None if number in (9, 10) else row["value"]} for number, row in enumerate(ROWS)]
    [line] = _marks(_drawn(specs.lines("Rate", "ratio", rows, "light"), "gap"), "line")
    assert line.get("d", "").count("M") == 2


def test_bars_are_as_long_as_their_numbers_from_zero() -> None:
    rows = [{"name": name, "value": value, "label": str(value)} for name, value in (("A", 10), ("B", 5), ("C", 0))]
    svg = _drawn(specs.bars("Stages", "count", rows, "light"), "bars")
    widths = [float(found[1]) for bar in _marks(svg, "rect") if (found := re.search(r"h([\d.]+)", bar.get("d", "")))]
    assert widths[0] == pytest.approx(2 * widths[1])
    assert widths[2] == 0
    assert {"A", "B", "C", "number"} <= set(_texts(svg))


def test_parts_are_per_cent() -> None:
    rows = [{**row, "value": 0.25} for row in ROWS]
    assert {"0%", "per cent"} <= set(_texts(_drawn(specs.lines("Rate", "ratio", rows, "light"), "ratio")))


@pytest.mark.parametrize("most", [3, 1.4, 0.5, 0.12, 0.1, 0.05, 0.02, 0.009, 0.004, 0.0007])
def test_no_two_labels_of_an_axis_of_parts_are_the_same(most: float) -> None:
    rows = [{**row, "value": most * row["value"] / 4} for row in ROWS]  # type: ignore[operator]
    bars = [{"name": "A", "value": most, "label": ""}]
    for spec in (specs.lines("Rate", "ratio", rows, "light"), specs.bars("Rate", "ratio", bars, "light")):
        labels = [text for text in _texts(_drawn(spec, f"parts-{most}")) if text.endswith("%")]
        assert len(labels) > 3
        assert len(labels) == len(set(labels))


def test_bars_of_nothing_but_zeros_are_bars() -> None:
    rows = [{"name": name, "value": 0, "label": "0 of 200"} for name in ("A", "B")]
    texts = _texts(_drawn(specs.bars("Rate", "ratio", rows, "light"), "zero-bars"))
    assert texts.count("0 of 200") == 2


@pytest.mark.parametrize("spec", [specs.lines("Replies", "count", [], "light"), specs.bars("S", "count", [], "light")])
def test_nothing_says_so(spec: specs.Spec) -> None:
    assert "Nothing was counted in this period." in _texts(_drawn(spec, "empty"))


def test_zeros_alone_are_a_line_on_the_zero() -> None:
    svg = _drawn(specs.lines("Replies", "count", [{**row, "value": 0} for row in ROWS], "light"), "zeros")
    assert {"0", "1"} <= set(_texts(svg))
    assert not any("NaN" in each.get("d", "") for each in svg.iter())


def test_several_lines_differ_in_colour_and_dash_and_are_named() -> None:
    rows: list[Any] = [{**row, "name": name} for name in ("<b>A</b>", "=B", "C" * 200) for row in ROWS]
    svg = _drawn(specs.lines("Replies", "count", rows, "dark"), "several")
    lines = _marks(svg, "line")
    assert len({line.get("stroke") for line in lines}) == 3
    assert len({line.get("stroke-dasharray") for line in lines}) == 3
    assert {"<b>A</b>", "=B"} <= set(_texts(svg))
    ground = next(each for each in svg.iter() if each.tag.endswith("rect"))
    assert ground.get("fill") == "#16181d"


def test_a_picture_says_in_words_what_it_shows() -> None:
    spec = specs.lines("Replies", "count", ROWS, "light")
    assert spec["description"] == "Replies in number: 30 values from 0 to 4, most at 2026-11-04."
    assert ElementTree.fromstring(rendering.svg(spec)).get("aria-label") == spec["description"]
    odd = {**spec, "description": 'A "<b>" & more'}
    assert ElementTree.fromstring(rendering.svg(odd)).get("aria-label") == odd["description"]


def test_a_png_is_one() -> None:
    assert rendering.png(specs.empty("Replies", "dark")).startswith(b"\x89PNG")
