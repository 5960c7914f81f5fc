"""A model's text while it is being written: shown word by word, and taken apart once it is whole."""

import re
from collections.abc import Collection, Iterator

from shared.domains.content.addresses import addresses
from shared.domains.content.brief import Brief, Draft
from shared.domains.content.formats import FORMS
from shared.domains.research import claims
from shared.errors import ProviderError
from shared.kit.text import shortened

SUBJECT = "Subject:"
_RESTS_ON = 0.5  # the share of a fact's telling words from which a text rests on it
_MAX_TAGS = 10


def read(brief: Brief, pieces: Iterator[str], *, trusted: Collection[str]) -> Iterator[str | Draft]:
    """The words as they come, then the whole. Raises ProviderError before an address that is not `trusted` is shown.

    An address has no blank in it, so whole words tell.
    """
    said, held = "", ""
    for piece in pieces:
        held += piece
        whole = re.match(r".*\s", held, re.DOTALL)
        if whole:
            said += _checked(whole.group(), trusted)
            yield whole.group()
            held = held[whole.end() :]
    if held:
        said += _checked(held, trusted)
        yield held
    yield _draft(brief, said)


def _checked(words: str, trusted: Collection[str]) -> str:
    if addresses(words) - set(trusted):
        raise ProviderError("The model wrote an address that comes from data, so its text was stopped; try again.")
    return words


def _draft(brief: Brief, said: str) -> Draft:
    first, _, rest = said.strip().partition("\n")
    has_subject = FORMS[brief.kind].has_subject and first.startswith(SUBJECT)
    text = rest.strip() if has_subject else said.strip()
    if not text:
        raise ProviderError("The model wrote nothing; try again.")
    return Draft(
        text=text,
        subject=shortened(" ".join(first.removeprefix(SUBJECT).split()), 200) or None if has_subject else None,
        hashtags=list(dict.fromkeys(re.findall(r"(?<!\w)#(\w+)", text)))[:_MAX_TAGS],
        sources=[fact.source for fact in brief.knowledge if claims.coverage(fact.text, text) >= _RESTS_ON],
    )
