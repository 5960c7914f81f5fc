"""Registry of language models. A new vendor is one file and one line here."""

from shared import settings
from shared.providers import withholding
from shared.providers.llm.base import LanguageModel
from shared.providers.vendors import Vendor, first_connected

# The first that is connected is used.
VENDORS = (
    Vendor("vertex_project", "shared.providers.llm.vertex"),
    Vendor("llm_api_key", "shared.providers.llm.openai_compatible", may_be_empty=True),
)


def configured() -> LanguageModel | None:
    """The model that the settings name, or None; in a dry run None too, counting a withheld call."""
    config = settings.current()
    vendor = first_connected(VENDORS, config)
    if vendor is None:
        return None
    model: LanguageModel = vendor.by_settings(config)
    return withholding.offered(model)
