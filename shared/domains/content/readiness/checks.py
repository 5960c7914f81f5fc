"""Finds what is unfinished in a text: open placeholders, wrong salutations, missing values, no content at all."""

import re
from collections.abc import Iterator, Sequence

from shared.domains.content.readiness.findings import Finding, FindingKind
from shared.domains.content.readiness.missing_values import find_missing_values
from shared.domains.content.readiness.salutations import find_defect, parse_salutation
from shared.domains.content.readiness.stand_ins import find_stand_ins
from shared.kit import placeholders, whitespace
from shared.kit.patterns import lazy_pattern

_MAX_EXCERPT = 120
_MAX_FINDINGS = 20
_ONLY_A_PREFIX = lazy_pattern(r"(?:\s|re:|fwd?:|aw:|wg:|[^\w\s])*", re.IGNORECASE)


def check_message(
    subject: str, body: str, recipient: str | None = None, other_names: Sequence[str] = ()
) -> list[Finding]:
    """Finds the defects that keep a message from being sent, at most 20. `recipient` is the person's name.

    `other_names` are further words that may greet the recipient: those of the company and of the address.
    """
    findings: list[Finding] = []
    if _ONLY_A_PREFIX.fullmatch(subject):
        findings.append(_finding("empty", "subject", subject, (0, len(subject)), "there is no subject; write one"))
    else:
        findings += check_text(subject, "subject")
    if whitespace.is_blank(body):
        findings.append(_finding("empty", "body", body, (0, len(body)), "there is no text; write one"))
    else:
        findings += check_text(body, "body", recipient, other_names)
    return findings[:_MAX_FINDINGS]


def names_of_recipient(company: str | None, address: str | None = None) -> list[str]:
    """The words beside the person's name that may greet the recipient: those of the company and of the address."""
    mailbox = (address or "").partition("@")[0].replace("_", ".").replace("-", ".")
    return f"{company or ''} {mailbox}".replace(".", " ").split()


def check_text(text: str, field: str, recipient: str | None = None, other_names: Sequence[str] = ()) -> list[Finding]:
    """Finds the defects of one text, in the order of their positions, at most 20; none overlaps another."""
    findings: list[Finding] = []
    for finding in sorted(_all_findings(text, field, recipient, other_names), key=lambda finding: finding.start):
        if not findings or finding.start >= findings[-1].end:
            findings.append(finding)
    return findings[:_MAX_FINDINGS]


def _all_findings(text: str, field: str, recipient: str | None, other_names: Sequence[str]) -> Iterator[Finding]:
    open_placeholders = [placeholder for placeholder in placeholders.find(text) if not placeholder.in_code]
    for placeholder in open_placeholders:
        span = placeholder.start, placeholder.end
        yield _finding("placeholder", field, text, span, "is an open placeholder; give it a value or take it out")
    for span in find_stand_ins(text):
        yield _finding("placeholder", field, text, span, "stands for what is not written yet; write it or take it out")
    salutation = parse_salutation(text)
    if salutation and not any(placeholder.start < salutation.end for placeholder in open_placeholders):
        span = salutation.start, salutation.end
        if defect := find_defect(salutation, recipient, other_names):
            yield _finding("salutation", field, text, span, f"{defect}; rewrite the salutation")
    for span in find_missing_values(text):
        yield _finding("value", field, text, span, "has no value where one belongs; write it or leave the phrase out")


def _finding(kind: FindingKind, field: str, text: str, span: tuple[int, int], sentence: str) -> Finding:
    excerpt = text[span[0] : span[1]][:_MAX_EXCERPT]
    message = f"“{excerpt}” {sentence}" if excerpt.strip() and kind != "empty" else sentence
    return Finding(kind=kind, field=field, excerpt=excerpt, start=span[0], end=span[1], message=message)
