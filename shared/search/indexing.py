"""Makes segments of entries, with the vectors of what they mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared import log
from shared.errors import AppError
from shared.providers import embed
from shared.providers.embed.base import Embedder
from shared.search.entries import Entry, Key
from shared.search.segments import Segment

_CHARACTERS = 2_000  # of an entry that are embedded: a passage and what names it
_AT_ONCE = 500  # texts


def segment_of(entries: Mapping[Key, Sequence[Entry]], *, waits: bool) -> Segment:
    """Index entries. A vendor's model is asked only where the caller `waits` for it: within a search, what has changed
    a moment ago is found by its words.

    Raises AppError where a vendor that is waited for refuses or does not answer.
    """
    texts = [_text(entry) for some in entries.values() for entry in some]
    model = embed.configured()
    if not texts or (model.name != embed.built_in().name and not waits):
        return Segment.of(entries, None, model.name)
    return Segment.of(entries, _vectors(model, texts), model.name)


def model_name() -> str:
    """The model that embeds what is indexed now."""
    return embed.configured().name


def or_without_vectors(entries: Mapping[Key, Sequence[Entry]]) -> Segment:
    """Index entries, without vectors where the vendor does not answer: words can be found all the same."""
    try:
        return segment_of(entries, waits=True)
    except AppError as error:
        log.warning("documents are indexed without vectors", exception=error)
        return segment_of(entries, waits=False)


def _vectors(model: Embedder, texts: Sequence[str]) -> Any:
    import numpy as np

    return np.concatenate([model.embed(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)])


def _text(entry: Entry) -> str:
    return "\n".join(text for _, text in entry.texts)[:_CHARACTERS]
