"""Registry of embedding models. A new vendor is one file and one line here."""

from functools import cache

from shared import settings
from shared.providers import withholding
from shared.providers.embed.base import Embedder
from shared.providers.vendors import Vendor, first_connected

# The first that is connected embeds the search index.
VENDORS = (
    Vendor("embed_project", "shared.providers.embed.vertex"),
    Vendor("embed_api_key", "shared.providers.embed.openai_compatible", may_be_empty=True),
)


@cache
def built_in() -> Embedder:
    """The embedding model that ships with the code: no key, no network, no cost."""
    from shared.providers.embed.potion import Potion

    return Potion()


def configured() -> Embedder:
    """The embedding model that the settings name for the search index, else the built-in one; in a dry run that too,
    counting a withheld call."""
    config = settings.current()
    vendor = first_connected(VENDORS, config)
    if vendor is None:
        return built_in()
    model: Embedder = vendor.by_settings(config)
    return withholding.offered(model) or built_in()
