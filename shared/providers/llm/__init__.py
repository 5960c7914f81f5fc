"""Registry of language models. A new vendor is one file and one line here."""

from shared import settings
from shared.providers import withholding
from shared.providers.llm.base import LanguageModel
from shared.providers.vendors import Vendor, first_connected
from shared.settings import Settings

# The first that is connected is used.
VENDORS = (
    Vendor("vertex_project", "shared.providers.llm.vertex"),
    Vendor("llm_api_key", "shared.providers.llm.openai_compatible", may_be_empty=True),
)


def configured() -> LanguageModel | None:
    """The model that the settings name, or None; in a dry run None too, counting a withheld call."""
    return _connected(settings.current())


def checker() -> LanguageModel | None:
    """The model that checks what models have written: LLM_CHECK_MODEL, else the one that the settings name."""
    config = settings.current()
    model = config.llm_check_model
    return _connected(config.model_copy(update={"llm_model": model, "vertex_model": model}) if model else config)


def second() -> LanguageModel | None:
    """The model of LLM_CHECK_MODEL; None without that setting: texts are then checked by rules alone."""
    return checker() if settings.current().llm_check_model else None


def _connected(config: Settings) -> LanguageModel | None:
    vendor = first_connected(VENDORS, config)
    if vendor is None:
        return None
    model: LanguageModel = vendor.by_settings(config)
    return withholding.offered(model)
