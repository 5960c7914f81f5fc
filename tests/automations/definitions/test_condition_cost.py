"""A condition never takes long: what could is refused by name before it is evaluated."""

import time
from typing import Any

import pytest

from shared.automations.definitions import expressions
from shared.automations.definitions.condition_cost import MAX_COST
from shared.errors import Invalid

NUMBERS = list(range(13_000))
LEADS = [{"name": f"Lead {n}", "score": n % 10, "tags": ["a", "b"]} for n in range(2_000)]
LONG = "x" * 200_000
HOSTILE = {
    "nested": "numbers.all(x, numbers.exists(y, y == x))",
    "three deep": "few.all(x, few.all(y, few.all(z, x + y + z > -1)))",
    "copies": "size(numbers.map(x, x)) > 1",
    "copies of lists": "size(few.map(x, few)) > 1",
    "filter": "size(leads.filter(l, l.score > 1)) > 1",
    "membership": "numbers.all(x, x in numbers)",
    "over a map": "lookup.all(k, lookup.all(l, lookup[k] != l))",
    "doubled lists": "size([1]" + ".map(x, [x, x])" * 40 + ") > 0",
    "doubled texts": "['a']" + ".map(x, x + x)" * 40 + "[0] == 'b'",
    "a long sum": "+".join(["long"] * 160) + " == ''",
    "a pattern of data": "few.all(x, 'a'.matches(long))",
    "a large pattern": "few.all(x, 'a'.matches('((a{90}){90})'))",
    "equal lists": "numbers.exists(x, numbers == [x])",
    "in a branch": "true ? numbers.exists(x, numbers.exists(y, y == -x - 1)) : false",
    "behind a comment": "numbers.exists(x, // )\n numbers.exists(y, y == -x - 1))",
    "behind a text": "numbers.exists(x, ')' == r'\\' || numbers.exists(y, y == -x - 1))",
}
DATA: dict[str, Any] = {
    "numbers": NUMBERS,
    "few": NUMBERS[:1_000],
    "leads": LEADS,
    "long": LONG,
    "lookup": {f"k{n}": n for n in range(3_000)},
    "steps": {"search": {"output": {"items": LEADS}}},
    "prospect": {"name": "Ann", "fit_score": 0.9, "tags": ["a", "b"], "email": None},
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_what_could_take_long_is_refused_by_name_at_once(source: str) -> None:
    start = time.process_time()
    with pytest.raises(Invalid, match=rf"could take [\d,]+ operations, and at most {MAX_COST:,} are made"):
        expressions.value(source, DATA)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("numbers.exists(x, x == 12999)", True),
        ("numbers.all(x, x < 100)", False),
        ("size(few.filter(x, x > 10)) == 989", True),
        ("steps.search.output.items.exists(l, l.name.startsWith('Lead 1') && 'b' in l.tags)", True),
        ("few.exists(x, few.exists(y, x + y == 1998))", True),
        ("prospect.fit_score > 0.8 && !(prospect.name in ['Bo']) ? size(prospect.tags) == 2 : false", True),
        ("has(prospect.email) || prospect.email == null", True),
        ("prospect.tags.map(t, {'tag': t, \"n\": size(t) > 1 ? 1 : 2})[0].n == 2", True),
        ("long.matches('x*y')", False),
        ("['ann@acme.io'].all(e, e.matches('^[a-z]{2,}@acme[.]io$'))", True),
        ("+".join(["'a'"] * 100) + " == ''", False),
        ("'''it's''' + r'\\d' == \"it's\\\\d\" // a comment: with ) and ?", True),
    ],
)
def test_usual_conditions_are_evaluated(source: str, result: Any) -> None:
    assert expressions.condition(source)
    assert expressions.value(source, DATA) is result


def test_growth_without_data_is_refused_when_it_is_written() -> None:
    for name in ("doubled lists", "doubled texts"):
        with pytest.raises(Invalid, match=f"at most {MAX_COST:,}"):
            expressions.condition(HOSTILE[name])


@pytest.mark.parametrize("source", ["(" * 400 + "1" + ")" * 400, "-" * 900 + "1", "[1]" + ".map(x, x)" * 80])
def test_a_deep_condition_is_refused_or_evaluated(source: str) -> None:
    try:
        expressions.condition(source)
    except Invalid:
        return
    assert expressions.value(source, {}) is not None


def test_the_estimate_follows_the_time_it_takes() -> None:
    """What is just below the bound takes seconds at most, whatever it is made of."""
    for source, items in (("x.all(a, x.all(b, a != -1 - b))", 900), ("size(x.map(a, a)) > 0", 4_000)):
        start = time.process_time()
        assert expressions.value(source, {"x": list(range(items))}) is True
        assert time.process_time() - start < 5
