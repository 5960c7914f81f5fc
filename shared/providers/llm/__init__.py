"""Registry of language models. A new vendor is one file and one line here."""

from shared import settings
from shared.providers import withholding
from shared.providers.llm.base import LanguageModel


def configured() -> LanguageModel | None:
    """The model that the settings name, or None; in a dry run None too, counting a withheld call."""
    config = settings.current()
    if config.llm_api_key is None and config.vertex_project is None:
        return None
    from shared.providers.llm import openai_compatible, vertex

    model = vertex.by_settings(config) if config.vertex_project else openai_compatible.by_settings(config)
    return withholding.offered(model)
