"""Expressions are read and evaluated as Terraform documents them."""

from typing import Any

import pytest

from infra.deploy.hcl.configuration import paths
from infra.deploy.hcl.evaluate import Missing, value
from infra.deploy.hcl.expressions import SyntaxFault, template
from infra.deploy.hcl.functions import Unknown

SCOPE: dict[str, Any] = {
    "var": {"name": "shop", "on": True, "many": {"b": {"n": 2}, "a": {"n": 1}}},
    "each": {"key": "k", "value": {"list": [1, 2]}},
    "google_x": {"y": Unknown("google_x.y")},
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a-${var.name}-b", "a-shop-b"),
        ("${var.on}", True),
        ("$${var.on}", "${var.on}"),
        ('${"q\\"${var.name}"}', 'q"shop'),
        ("${1 + 2 * 3}", 7),
        ("${(1 + 2) * 3 % 4}", 1),
        ("${!var.on || -1 < 0 && 2 >= 2}", True),
        ("${var.on ? 1 : 2}", 1),
        ("${false ? var.missing : 2}", 2),
        ("${each.value.list[1]}", 2),
        ('${var.many["a"].n}', 1),
        ("${[for key, item in var.many : key if item.n > 1]}", ["b"]),
        ("${{ for key, item in var.many : item.n => key }}", {1: "a", 2: "b"}),
        ("${{ a = 1, b : 2 }}", {"a": 1, "b": 2}),
        ("${{\n a = 1 # one\n \"b-${var.name}\" = 2\n}}", {"a": 1, "b-shop": 2}),
        ("${merge([{ a = 1 }, { b = 2 }]...)}", {"a": 1, "b": 2}),
        ("${[1, 2,]}", [1, 2]),
        ("${try(var.missing, 3)}", 3),
        ("${can(var.missing)}", False),
        ('${replace("a.b", ".", "\\\\.")}', "a\\.b"),
        ("${lookup(var.many, \"c\", null)}", None),
        ("${sort(keys(var.many))}", ["a", "b"]),
        ("${google_x.y.id}", Unknown("google_x.y.id")),
        ("${google_x.y.config[0].uri}", Unknown("google_x.y.config[0].uri")),
    ],
)  # fmt: skip
def test_an_expression_has_the_value_that_terraform_gives_it(text: str, wanted: Any) -> None:
    assert value(text, SCOPE) == wanted


@pytest.mark.parametrize("text", ["${var.}", "${1 +}", "${[1 2]}", "${f(1}", "${{ a = 1 b = 2 }}", "${for x in y : x}"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(SyntaxFault):
        template(text)


@pytest.mark.parametrize("text", ["${var.gone}", "${other.name}", "${each.value.list[7]}", "${shout(1)}"])
def test_what_is_not_there_is_missing(text: str) -> None:
    with pytest.raises(Missing):
        value(text, SCOPE)


def test_references_are_found_everywhere_but_in_the_names_of_loops() -> None:
    text = '${[for k, v in local.a : "${v.n} ${var.b[each.key].c}" if x.y[0].z != k]}'
    assert set(paths(template(text))) == {("local", "a"), ("var", "b", "", "c"), ("each", "key"), ("x", "y", "", "z")}
