"""Texts that a step sends, judged against what its author wrote.

A placeholder in the author's own words, or one that an earlier step's template left open, is a fault. One that came
with data is data: a payload may hold braces, `N/A` and anything else.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.automations.actions.base import StepContext
from shared.automations.definitions import expressions
from shared.domains.content.readiness.checks import check_text
from shared.domains.content.readiness.findings import Finding, NotReady
from shared.kit import placeholders

_MISSING = "missing_variables"  # in the output of a step that has filled a template
_WAY_OUT = "Correct the step's settings; what is meant literally stands between {% raw %} and {% endraw %}."


def check(context: StepContext, settings: Mapping[str, Any], *, recipient: str, text: Mapping[str, Any]) -> None:
    """Raises NotReady where one of the filled settings is unfinished; `text` is what would have left.

    What was claimed is not judged again. In a dry run, which leaves holes where it has no value, placeholders alone
    count.
    """
    if context.claimed:
        return
    found = [
        found for name, value in settings.items() for found in _in_value(context, _authored(context, name), value, name)
    ]
    if context.dry:
        found = [finding for finding in found if finding.kind == "placeholder"]
    if found:
        raise NotReady(found, _WAY_OUT, text=text, recipient=recipient)


def _authored(context: StepContext, name: str) -> Any:
    aliases = {"body": ("body", "payload")}
    return next((context.authored[key] for key in aliases.get(name, (name,)) if key in context.authored), None)


def _in_value(context: StepContext, authored: Any, value: Any, field: str) -> Iterator[Finding]:
    """Findings in all texts of a value, each beside what its author wrote in the same place."""
    if authored is None:
        return
    if isinstance(value, dict | list):
        for name, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _in_value(context, _child(authored, name), child, f"{field}.{name}")
    elif isinstance(value, str) and isinstance(authored, str):
        whole = _json(value)
        if whole is None:
            yield from _in_text(context, authored, value, field)
        elif (shape := _json(authored)) is not None:
            yield from _in_value(context, shape, whole, field)
        else:
            found = _in_value(context, authored, whole, field)
            yield from (finding for finding in found if finding.kind == "placeholder")


def _child(authored: Any, name: Any) -> Any:
    """The author's text in a place within; a text that has become a list or an object stands for all of it."""
    if isinstance(authored, dict):
        return authored.get(name)
    if isinstance(authored, list):
        return authored[name] if isinstance(name, int) and name < len(authored) else None
    return authored


def _json(text: str) -> Any:
    """The object or list that a text is the JSON of, else None."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _in_text(context: StepContext, authored: str, text: str, field: str) -> Iterator[Finding]:
    own = [words for words in expressions.literals(authored) if words.strip()]
    written, left_open = _of_templates(context, authored)
    if not own and not written and not left_open:
        return  # it is data, whole
    prose = written or (bool(own) and authored != text)
    for finding in check_text(text, field):
        if finding.kind != "placeholder":
            if prose:
                yield finding
        elif any(finding.excerpt in words for words in own) or left_open.intersection(
            placeholders.names(finding.excerpt)
        ):
            yield finding


def _of_templates(context: StepContext, authored: str) -> tuple[bool, frozenset[str]]:
    """Whether the text uses what a step has written from a template, and the placeholders that may be open in it.

    What a variable holds may come from any earlier step.
    """
    if "{{" not in authored:
        return False, frozenset()
    named, results = expressions.placeholders(authored), context.execution.results
    used = {id for id, result in results.items() if id in named.steps and _MISSING in result.output}
    sources = results.values() if "vars" in named.variables else [results[id] for id in used]
    return bool(used), frozenset(name for result in sources for name in result.output.get(_MISSING, []))
