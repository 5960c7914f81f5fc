"""Cells that last over columns and rows, and terms of definition lists, are read with what they stand for."""

import time

import pytest

from shared.providers.extract import extract, markup

PLANS = """<table><tr><th rowspan=2>Plan</th><th colspan=2>Price</th></tr><tr><th>Month</th><th>Year</th></tr>
<tr><td>Growth</td><td>$7</td><td>$70</td></tr><tr><td>Pro</td><td>$9</td><td>$90</td></tr></table>"""
SALES = """<table><tr><th>Region</th><th>Year</th><th>Sales</th></tr><tr><td rowspan=2>North</td><td>2024</td>
<td>10</td></tr><tr><td>2025</td><td>12</td></tr><tr><td colspan=2>Total</td><td>22</td></tr></table>"""
GROUPS = """<table><tr><th>Plan</th><th>Price</th></tr><tr><td colspan=2>For teams</td></tr>
<tr><td>Growth</td><td>$7</td></tr></table>"""
QUARTERS = """<table><tr><th></th><th colspan=2>2025</th></tr><tr><th>Team</th><th>Q1</th><th>Q2</th></tr>
<tr><td>A</td><td>1</td><td>2</td></tr></table>"""
TERMS = """<dl><dt>Founded</dt><dd>1999 in Basel</dd><dt>Staff:</dt><dd><p>40 people</p></dd><dd>12 engineers</dd>
<dt>What does it cost?</dt><dd>Nothing.</dd></dl>"""


@pytest.mark.parametrize(
    ("table", "lines"),
    [
        (PLANS, ["Plan: Growth; Price Month: $7; Price Year: $70", "Plan: Pro; Price Month: $9; Price Year: $90"]),
        (
            SALES,
            [
                "Region: North; Year: 2024; Sales: 10",
                "Region: North; Year: 2025; Sales: 12",
                "Region: Total; Sales: 22",
            ],
        ),
        (GROUPS, ["For teams", "Plan: Growth; Price: $7"]),
        (QUARTERS, ["Team: A; 2025 Q1: 1; 2025 Q2: 2"]),
        (
            TERMS,
            ["Founded: 1999 in Basel", "Staff: 40 people", "Staff: 12 engineers", "What does it cost?", "Nothing."],
        ),
    ],
)
def test_each_line_says_what_it_is_of(table: str, lines: list[str]) -> None:
    assert markup.text_of(markup.parsed(table).body).replace("\n\n", "\n").split("\n") == lines


def test_they_are_read_alike_within_an_article() -> None:
    filler = "<p>The board has published the prices and the history of the firm for this year.</p>" * 5
    text = extract(f"<html><body><article><h1>Acme</h1>{filler}{PLANS}{TERMS}</article></body></html>".encode()).text
    assert "Plan: Growth; Price Month: $7; Price Year: $70" in text
    assert "Founded: 1999 in Basel" in text


def test_cells_without_end_cost_what_the_page_has() -> None:
    cells = f"<tr><td rowspan=999 colspan=99>{'w' * 70}</td></tr>" * 10_000
    started = time.process_time()
    text = markup.text_of(markup.parsed(f"<table>{cells}</table>").body)
    assert len(text) < 3 * len(cells)
    assert time.process_time() - started < 5
