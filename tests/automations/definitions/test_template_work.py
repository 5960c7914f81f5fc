"""A text's placeholders never take long, and never make much of little: what would is refused by name."""

import resource
import time
from typing import Any

import pytest

from shared.automations.definitions import expressions
from shared.errors import Invalid

DATA: dict[str, Any] = {
    "numbers": list(range(13_000)),
    "few": list(range(1_000)),
    "long": "x" * 300_000,
    "tags": "<b>" * 100_000,
    "lines": "a\n" * 100_000,
    "tabs": "\t" * 20_000,
    "lists": [[n] for n in range(5_000)],
    "leads": [{"name": f"Lead {n}", "score": n % 10, "tags": ["a", "b"]} for n in range(300)],
    "prospect": {"name": "Ann Lee", "company": "Acme", "tags": ["b", "a"], "score": 0.5},
}
HOSTILE = {
    "nested loops": "{% for a in numbers %}{% for b in numbers %}{% endfor %}{% endfor %}",
    "three loops": "{% for a in few %}{% for b in few %}{% for c in few %}{% endfor %}{% endfor %}{% endfor %}",
    "a recursive loop": "{% for a in few recursive %}{{ loop(few) if loop.depth < 9 }}{% endfor %}",
    "a recursive macro": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "doubled by ~": "{% set a = 'xx' %}" + "{% set a = a ~ a %}" * 50 + "{{ a | length }}",
    "doubled by +": "{% set a = 'xx' %}" + "{% set a = a + a %}" * 50 + "{{ a | length }}",
    "doubled lists": "{% set a = [1] %}" + "{% set a = a + a %}" * 50 + "{{ a | length }}",
    "doubled by %": "{% set a = 'xx' %}" + "{% set a = '%s%s' % (a, a) %}" * 50 + "{{ a | length }}",
    "doubled by a block": "{% set a = 'xx' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 50 + "{{ a | length }}",
    "doubled by join": "{% set a = 'xx' %}" + "{% set a = [a, a] | join %}" * 50 + "{{ a | length }}",
    "doubled by replace": "{% set a = 'xx' %}" + "{% set a = a | replace('x', 'xx') %}" * 50 + "{{ a | length }}",
    "shared lists as text": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 50 + "{{ a }}",
    "shared lists as JSON": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 50 + "{{ a | tojson | length }}",
    "shared lists compared": "{% set a, b = [1], [1] %}"
    + "{% set a, b = [a, a], [b, b] %}" * 50
    + "{{ 'same' if a == b }}",
    "in a namespace": "{% set n = namespace(a='x') %}{% for i in few %}{% set n.a = n.a ~ n.a %}{% endfor %}",
    "membership": "{% for a in few %}{{ 'x' if a in numbers }}{% endfor %}",
    "membership by select": "{{ few | select('in', numbers) | list | length }}",
    "filters in a loop": "{% for a in few %}{{ (numbers | sort)[0] }}{% endfor %}",
    "replace makes much": "{{ long | replace('x', long) | length }}",
    "a method makes much": "{{ long.replace('x', long) | length }}",
    "join makes much": "{{ numbers | join(long) | length }}",
    "a method joins": "{{ long.join(long) | length }}",
    "indent makes much": "{{ lines | indent(1000) | length }}",
    "tabs make much": "{{ tabs.expandtabs(20000) | length }}",
    "wordwrap": "{{ (long ~ long ~ long) | wordwrap(1) | length }}",
    "wordwrap in a loop": "{% for a in few %}{{ long | wordwrap(1) | length }}{% endfor %}",
    "striptags in a loop": "{% for a in few %}{{ tags | striptags }}{% endfor %}",
    "urlize": "{{ ('a@' ~ long) | urlize | length }}",
    "a sum of lists": "{{ lists | sum(start=[]) | length }}",
    "title in a loop": "{% for a in few %}{{ (long | title)[0] }}{% endfor %}",
    "batches": "{% for a in few %}{% for b in numbers | batch(2) %}{% endfor %}{% endfor %}",
    "maps": "{{ numbers | map('string') | map('upper') | map('lower') | map('title') | map('trim') | map('upper') "
    "| map('lower') | map('title') | list | length }}"
    "{% for a in few %}{{ numbers | map('upper') | list | length }}{% endfor %}",
    "groups": "{% for a in few %}{{ leads | groupby('score') | length }}{% endfor %}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_takes_or_makes_much_is_refused_by_name(text: str) -> None:
    start, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Invalid, match=r"more than 1,000,000 steps|at most [\d,]+ (characters )?(are made)?|too long"):
        expressions.render(text, DATA)
    assert time.process_time() - start < 8
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200_000  # KiB


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {{ prospect.name.split(' ')[0] }}!", "Hi Ann!"),
        ("{{ prospect.tags | sort | join(', ') }}", "a, b"),
        ("{% for t in prospect.tags %}{{ loop.index }}/{{ loop.length }}{{ t }}{% endfor %}", "1/2b2/2a"),
        ("{{ leads | selectattr('score', 'ge', 9) | map(attribute='name') | first }}", "Lead 9"),
        ("{{ (leads | map(attribute='score') | sum) / (leads | length) }}", "4.5"),
        ("{% for l in leads %}{{ l.name if l.score == 3 and 'a' in l.tags }}{% endfor %}", None),
        ("{{ numbers | length }} {{ numbers | sum }} {{ numbers[-1] }}", "13000 84493500 12999"),
        ("{% set n = namespace(a=0) %}{% for x in few %}{% set n.a = n.a + x %}{% endfor %}{{ n.a }}", "499500"),
        ("{{ 'a' ~ 1 ~ none ~ prospect.tags }}", None),
        ("{{ long | length }} {{ (long | wordwrap(80))[:2] }} {{ long | replace('x', 'y') | first }}", "300000 xx y"),
        ("{{ '<b>x</b>' | striptags }} {{ '%s is %d' % (prospect.name, 3) }}", "x Ann Lee is 3"),
        ("{% for g in leads | groupby('score') %}{{ g.grouper }}:{{ g.list | length }} {% endfor %}", None),
        ("{% for row in few | batch(400) %}{{ row | length }} {% endfor %}", "400 400 200 "),
        ("{% for k, v in prospect.items() if k == 'company' %}{{ v }}{% endfor %}", "Acme"),
        ("{{ 'yes' if prospect.score > 0.4 and prospect.name != 'Bo' else 'no' }}", "yes"),
    ],
)  # fmt: skip
def test_usual_texts_are_filled(text: str, filled: str | None) -> None:
    made = expressions.render(text, DATA)
    assert made
    assert filled is None or made == filled


def test_each_text_has_its_own_measure() -> None:
    text = "{% for a in few %}{% for b in few[:300] %}{% endfor %}{% endfor %}x"
    assert expressions.render([text] * 5, DATA) == ["x"] * 5
