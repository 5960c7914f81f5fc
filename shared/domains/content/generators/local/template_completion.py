"""A filled template, finished by the local generator: the text as it is, and one thing more that is known."""

from collections.abc import Iterator

from shared.domains.content.brief import Brief, Draft
from shared.domains.content.formats import FORMS, Form
from shared.domains.content.generators.local import material, messages, posts, voice
from shared.domains.content.generators.local.material import Known
from shared.domains.content.generators.local.messages import Line, fitted, text_of


def write(brief: Brief, variant: int) -> Draft:
    """The template's words stay untouched; what is added follows them, another thing in each variant.

    The first adds nothing where there is no fact to add, or no room.
    """
    about, form = material.of(brief), FORMS[brief.kind]
    added = _addition(brief, about, form, variant)
    lines = fitted(form, [Line(brief.text), *([added] if added else [])])
    return Draft(
        text=text_of(lines),
        subject=messages.write(brief, variant).subject if form.has_subject else None,
        sources=[one.fact.source for one in lines if one.fact],
    )


def _addition(brief: Brief, about: Known, form: Form, variant: int) -> Line | None:
    before = "P.S. " if form.family == "message" and form.has_subject else ""
    rank = 1 if variant == 1 else 0
    facts = list(_facts(brief, about, before, rank))
    if variant <= len(facts):
        return facts[variant - 1]
    number = variant - max(1, len(facts))
    if number == 0:
        return None
    asked = messages.question(about, voice.of(brief), number)
    return Line(before + (asked if form.family == "message" else posts.question(number)))


def _facts(brief: Brief, about: Known, before: str, rank: int) -> Iterator[Line]:
    for fact in about.facts:
        if fact.text not in brief.text:
            yield Line(before + material.quote(fact), rank, fact)
    if about.positioning and about.positioning.rstrip(".") not in brief.text:
        yield Line(before + about.positioning, rank)
