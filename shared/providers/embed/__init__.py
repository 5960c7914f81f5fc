"""Embedding models. A new one is one file and one line here."""

from functools import cache

from shared.providers.embed.base import Embedder


@cache
def configured() -> Embedder:
    """The model that is always there: it comes with the code."""
    from shared.providers.embed.potion import Potion

    return Potion()
