"""Registry of search engines. A new vendor is one file and one line here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared import settings
from shared.errors import ProviderError
from shared.providers.search.base import SearchEngine
from shared.settings import Settings


@dataclass(frozen=True)
class _Entry:
    """An engine's factory, and whether it is connected; `needs` names the setting that connects it."""

    make: Callable[[], SearchEngine]
    connected: Callable[[Settings], bool]
    needs: str = ""


def _perplexity() -> SearchEngine:
    from shared.providers.search.perplexity import Perplexity

    return Perplexity()


def _firecrawl() -> SearchEngine:
    from shared.providers.search.firecrawl import Firecrawl

    return Firecrawl()


def _wikipedia() -> SearchEngine:
    from shared.providers.search.wikipedia import Wikipedia

    return Wikipedia()


def _google_search() -> SearchEngine:
    from shared.providers.search.google_search import GoogleSearch

    return GoogleSearch(_stand_ins)


# In the order of fallback.
_ENGINES = {
    "perplexity": _Entry(_perplexity, lambda s: s.perplexity_api_key is not None, "PERPLEXITY_API_KEY"),
    "firecrawl": _Entry(
        _firecrawl, lambda s: s.firecrawl_api_key is not None or s.firecrawl_keyless, "FIRECRAWL_API_KEY"
    ),
    "wikipedia": _Entry(_wikipedia, lambda s: True),
    "google_search": _Entry(_google_search, lambda s: True),
}
NAMES = tuple(_ENGINES)


def engine(name: str) -> SearchEngine:
    """The engine of that name. Raises ProviderError where it is unknown or not connected."""
    entry = _ENGINES.get(name)
    if entry is None:
        raise ProviderError(f"There is no engine {name}; choose one of {', '.join(NAMES)}.")
    if not entry.connected(settings.current()):
        raise ProviderError(
            f"{name} is not connected here; it needs {entry.needs}; connect it or choose another engine."
        )
    return entry.make()


def connected() -> list[str]:
    """The names of the connected engines."""
    return [name for name, entry in _ENGINES.items() if entry.connected(settings.current())]


def _stand_ins() -> Iterator[SearchEngine]:
    """The fallbacks of Google: only engines connected by a key, so that no query goes to a service nobody chose."""
    config = settings.current()
    keyed = {"perplexity": config.perplexity_api_key, "firecrawl": config.firecrawl_api_key}
    yield from (engine(name) for name, key in keyed.items() if key)
