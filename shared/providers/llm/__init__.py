"""Language models. A new vendor is one file and one line here."""

from shared import context, settings
from shared.providers.llm.base import LanguageModel


def configured() -> LanguageModel | None:
    """The model that the settings name, or None where no key is set; in a dry run none is asked."""
    config = settings.current()
    if config.llm_api_key is None:
        return None
    call = context.current()
    if call.dry:
        call.withheld += 1
        return None
    from shared.providers.llm.openai_compatible import OpenAICompatible

    return OpenAICompatible(config.llm_base_url, config.llm_api_key, config.llm_model, timeout=config.llm_seconds)
