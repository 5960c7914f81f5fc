"""Registry of embedding models. A new model is one file and one line here."""

from functools import cache

from shared.providers.embed.base import Embedder


@cache
def configured() -> Embedder:
    """The embedding model in use: the one that ships with the code."""
    from shared.providers.embed.potion import Potion

    return Potion()
