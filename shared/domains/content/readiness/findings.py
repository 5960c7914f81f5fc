"""The findings that keep a text from being sent, and the error that reports them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shared.errors import FieldError, Invalid
from shared.kit.schema import Part

FindingKind = Literal["placeholder", "salutation", "value", "empty"]


class Finding(Part):
    """A defect that keeps a text from being sent, at `start:end` of the field's text."""

    kind: FindingKind
    field: str
    excerpt: str
    start: int
    end: int
    message: str


class NotReady(Invalid):
    """Refuses to send an unfinished text: `findings` locate the defects, `text` has the text to send by field."""

    code = "not-ready"
    title = "Text not ready to be sent"

    def __init__(self, findings: Sequence[Finding], way_out: str, *, text: Mapping[str, Any], recipient: str) -> None:
        errors = [FieldError(finding.field, finding.message) for finding in findings]
        super().__init__(f"Nothing was sent. {summarize_findings(findings)}. {way_out}", errors=errors)
        self.findings = tuple(findings)
        self.text = text
        self.recipient = recipient


def summarize_findings(findings: Sequence[Finding]) -> str:
    """All findings in one sentence, each with its field."""
    return "; ".join(f"{finding.field}: {finding.message}" for finding in findings)
