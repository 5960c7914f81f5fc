"""Whether a text can leave: open placeholders, a broken or foreign salutation, words for no value, nothing at all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from shared.domains.content.readiness import missing_values, salutations
from shared.errors import FieldError, Invalid
from shared.kit import placeholders, whitespace
from shared.kit.schema import Part

FindingKind = Literal["placeholder", "salutation", "value", "empty"]
_MAX_EXCERPT = 120
_MAX_FINDINGS = 20
_ONLY_A_PREFIX = re.compile(r"(?:\s|re:|fwd?:|aw:|wg:|[^\w\s])*", re.IGNORECASE)


class Finding(Part):
    """Something that keeps a text from leaving. `start` and `end` are places in the field's text."""

    kind: FindingKind
    field: str
    excerpt: str
    start: int
    end: int
    message: str


class NotReady(Invalid):
    """A text that was about to leave is unfinished: `findings` tell where, `text` is what would have left, by field."""

    code = "not-ready"
    title = "Text not ready to be sent"

    def __init__(self, findings: Sequence[Finding], way_out: str, *, text: Mapping[str, Any], recipient: str) -> None:
        errors = [FieldError(finding.field, finding.message) for finding in findings]
        super().__init__(f"Nothing was sent. {summary(findings)}. {way_out}", errors=errors)
        self.findings = tuple(findings)
        self.text = text
        self.recipient = recipient


def summary(findings: Sequence[Finding]) -> str:
    """All findings in one sentence, each with its field."""
    return "; ".join(f"{finding.field}: {finding.message}" for finding in findings)


def of_message(subject: str, body: str, recipient: str | None = None, beside: Sequence[str] = ()) -> list[Finding]:
    """What keeps a message from leaving, at most 20 findings. `recipient` is the name of the person it is for.

    `beside` are further words that the recipient may be greeted by: the firm's, the address's.
    """
    found: list[Finding] = []
    if _ONLY_A_PREFIX.fullmatch(subject):
        found.append(_finding("empty", "subject", subject, (0, len(subject)), "there is no subject; write one"))
    else:
        found += of_text(subject, "subject")
    if whitespace.is_blank(body):
        found.append(_finding("empty", "body", body, (0, len(body)), "there is no text; write one"))
    else:
        found += of_text(body, "body", recipient, beside)
    return found[:_MAX_FINDINGS]


def of_text(text: str, field: str, recipient: str | None = None, beside: Sequence[str] = ()) -> list[Finding]:
    """What keeps one text from leaving, in the order of its places; nothing is said twice about one place."""
    found: list[Finding] = []
    for finding in sorted(_all(text, field, recipient, beside), key=lambda finding: finding.start):
        if not found or finding.start >= found[-1].end:
            found.append(finding)
    return found[:_MAX_FINDINGS]


def _all(text: str, field: str, recipient: str | None, beside: Sequence[str]) -> Iterator[Finding]:
    open_ones = [placeholder for placeholder in placeholders.find(text) if not placeholder.in_code]
    for placeholder in open_ones:
        span = placeholder.start, placeholder.end
        yield _finding("placeholder", field, text, span, "is an open placeholder; give it a value or take it out")
    greeting = salutations.read(text)
    filled = greeting and not any(placeholder.start < greeting.end for placeholder in open_ones)
    if greeting and filled and (wrong := salutations.problem(greeting, recipient, beside)):
        yield _finding("salutation", field, text, (greeting.start, greeting.end), f"{wrong}; rewrite the salutation")
    for span in missing_values.find(text):
        yield _finding("value", field, text, span, "has no value where one belongs; write it or leave the phrase out")


def _finding(kind: FindingKind, field: str, text: str, span: tuple[int, int], sentence: str) -> Finding:
    excerpt = text[span[0] : span[1]][:_MAX_EXCERPT]
    message = f"“{excerpt}” {sentence}" if excerpt.strip() and kind != "empty" else sentence
    return Finding(kind=kind, field=field, excerpt=excerpt, start=span[0], end=span[1], message=message)
