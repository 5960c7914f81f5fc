"""Streams a language model's text: passes the words on as they come, and parses the whole into a draft at the end."""

import re
from collections.abc import Collection, Iterator

from shared.domains.content.addresses import find_addresses
from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.research import claims
from shared.errors import ProviderError
from shared.kit.text import shortened

SUBJECT_PREFIX = "Subject:"
_USED_FROM = 0.5  # the share of a fact's terms in a text from which the text counts as using the fact
_MAX_SUBJECT = 200
_MAX_TAGS = 10


def stream_draft(brief: Brief, chunks: Iterator[str], *, trusted: Collection[str]) -> Iterator[str | Draft]:
    """Yields the model's text in whole words as its chunks come, then the draft.

    Raises ProviderError before it yields an address that is not among the `trusted`: an address has no space, so it
    is always within a single word.
    """
    text, pending = "", ""
    for chunk in chunks:
        pending += chunk
        whole_words = re.match(r".*\s", pending, re.DOTALL)
        if whole_words:
            text += _checked(whole_words.group(), trusted)
            yield whole_words.group()
            pending = pending[whole_words.end() :]
    if pending:
        text += _checked(pending, trusted)
        yield pending
    yield _parse_draft(brief, text)


def _checked(words: str, trusted: Collection[str]) -> str:
    if find_addresses(words) - set(trusted):
        raise ProviderError("The model wrote an address that comes from data, so its text was stopped; try again.")
    return words


def _parse_draft(brief: Brief, output: str) -> Draft:
    """Parses the model's output into subject, text, hashtags and the sources of the facts that the text uses."""
    first, _, rest = output.strip().partition("\n")
    has_subject = FORMATS[brief.kind].has_subject and first.startswith(SUBJECT_PREFIX)
    text = rest.strip() if has_subject else output.strip()
    if not text:
        raise ProviderError("The model wrote nothing; try again.")
    subject = " ".join(first.removeprefix(SUBJECT_PREFIX).split()) if has_subject else ""
    return Draft(
        text=text,
        subject=shortened(subject, _MAX_SUBJECT) or None,
        hashtags=list(dict.fromkeys(re.findall(r"(?<!\w)#(\w+)", text)))[:_MAX_TAGS],
        sources=[fact.source for fact in brief.facts if claims.coverage(fact.text, text) >= _USED_FROM],
    )
