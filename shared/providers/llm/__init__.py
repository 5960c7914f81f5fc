"""Language models. A new vendor is one file and one line here."""

from shared import context, settings
from shared.providers.llm.base import LanguageModel


def configured() -> LanguageModel | None:
    """The model that the settings name, or None where they name none; in a dry run none is asked."""
    config = settings.current()
    if config.llm_api_key is None and config.vertex_project is None:
        return None
    call = context.current()
    if call.dry:
        call.withheld += 1
        return None
    from shared.providers.llm import openai_compatible, vertex

    return vertex.by_settings(config) if config.vertex_project else openai_compatible.by_settings(config)
