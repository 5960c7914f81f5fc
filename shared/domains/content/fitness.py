"""Whether a text is fit to leave: without defects that keep it from being sent, and without slips."""

from collections.abc import Iterator

from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS
from shared.domains.content.readiness.checks import check_message, check_text, names_of_recipient
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import is_blank

_SLIPS = (
    (
        lazy_pattern(r"[,;:][,;]|[,;:]\.(?![\w.])|(?<![./])\.\.(?![./])|(?<=\w) ,(?=\s|$)"),
        "stray punctuation",
    ),
    (lazy_pattern(r"“\s?”|„\s?“|«\s?»|(?<!\S)\(\s?\)"), "nothing between its marks"),
    (
        lazy_pattern(r"(?i)\b(the|a|an|of|to|and|at|for|with|your|our|und|von|mit|de|la|el) \1\b(?![-’'])"),
        "the same word twice",
    ),
)
_ENGLISH = lazy_pattern(r"(?i)\b(?:the|you|your|and|with|are|is|this|for)\b")
_ARTICLE = lazy_pattern(
    r"\b[Aa] (?!one\b|once\b|eu|ewe|Eu|One\b)[aeioAEIO][a-z]{3,40}|\b[Aa]n [bcdfgjklmnpqrtvwz][a-z]{3,40}"
)


def find_defects(brief: Brief, text: str, subject: str | None = None) -> list[str]:
    """The reasons why the text is not fit to leave, each half a sentence; none for a fit text."""
    if is_blank(text):
        return ["there is no text"]
    is_message, prospect = FORMATS[brief.kind].family == "message", brief.prospect
    recipient = prospect.name if prospect and is_message else None
    others = names_of_recipient(prospect.company, prospect.email) if prospect and is_message else []
    if subject is None:
        findings = check_text(text, "text", recipient, others)
    else:
        findings = check_message(subject, text, recipient, others)
    slips = _find_slips(text) if is_message else []
    return [*(finding.message for finding in findings), *slips]


def reason_of(defects: list[str]) -> str:
    """The defects as the reason of a score, at most five of them."""
    more = f"; and {len(defects) - 5} more" if len(defects) > 5 else ""
    return f"Not fit to leave: {'; '.join(defects[:5])}{more}."


def _find_slips(text: str) -> Iterator[str]:
    for pattern, kind in _SLIPS:
        if slip := pattern.search(text):
            yield f"“{slip.group()}” is {kind}"
    if len(_ENGLISH.findall(text)) > 2 and (slip := _ARTICLE.search(text)):
        yield f"“{slip.group()}” has the wrong article"
